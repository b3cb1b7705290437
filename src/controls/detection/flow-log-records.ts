import { control, terraform } from "../control.ts";
import { grantedTo } from "../evidence/iam.ts";
import { resourceOf } from "../evidence/link.ts";
import { allows } from "../evidence/policy.ts";
import { is, matches, orAbsent, type Requirement, refersTo } from "../evidence/require.ts";
import { vpcsOf } from "../evidence/vpc.ts";

/** The default format has them all. */
const FIELDS = ["srcaddr", "dstaddr", "srcport", "dstport", "protocol", "start", "action"];

/** What the delivery of a record calls. */
const WRITES = ["logs:CreateLogStream", "logs:PutLogEvents"];

const wanted: readonly (readonly [string, Requirement])[] = [
  ["traffic_type", is("ALL")],
  ["log_destination_type", orAbsent(is("cloud-watch-logs"))],
  ["log_destination", refersTo("aws_cloudwatch_log_group")],
  ["iam_role_arn", refersTo("aws_iam_role")],
  // Ten minutes, the default, lose the order of events.
  ["max_aggregation_interval", is(60)],
  [
    "log_format",
    orAbsent(
      matches(
        new RegExp(FIELDS.map((field) => `(?=[\\s\\S]*\\$\\{${field}\\})`).join("")),
        `hold ${FIELDS.join(", ")}`,
      ),
    ),
  ],
];

export default control({
  id: "detection.flow-log-records",
  title:
    "Flow logs record accepted and refused traffic, with addresses and ports, in a log group of this repository",
  why: "Refused traffic shows who tried, accepted traffic who got through; half of it, or in a place nobody guards, answers neither.",
  severity: "medium",
  mapping: {
    nsaCisa: ["Network separation and hardening", "Audit logging and threat detection"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        // That there is one at all is asked by detection.flow-logs: a VPC's owner may keep it elsewhere.
        probe.checked += 1;
        for (const { flowLogs } of vpcsOf(root)) {
          // One that is in order is enough: a second one may go to somebody else.
          const isComplete = flowLogs.some((log) =>
            wanted.every(([argument, requirement]) => requirement.test(log.get(argument)) === true),
          );
          for (const log of flowLogs) {
            const role = resourceOf(log.get("iam_role_arn"), "aws_iam_role");
            if (role === undefined) continue;
            const statements = grantedTo(probe, subject, role).flatMap(
              (grant) => grant.statements ?? [],
            );
            const missing = WRITES.filter(
              (action) => !statements.some((each) => allows(each, action)),
            );
            probe.that(
              missing.length === 0,
              role.place,
              `${role.address} may not call ${missing.join(", ")}, so ${log.address} arrives nowhere`,
              root.path,
            );
          }
          if (isComplete) probe.checked += 1;
          else
            for (const log of flowLogs)
              for (const [argument, requirement] of wanted)
                probe.expect(log, argument, requirement);
        }
      }
    }),
  ],
  fix: 'Set traffic_type = "ALL" and a log group of this repository as log_destination, and leave log_format out.',
  mutants: [
    {
      title: "Their role may not write",
      edits: [
        {
          file: "modules/flow-logs/main.role.tf",
          replace: '      "logs:PutLogEvents",\n',
          with: "",
        },
      ],
    },
    {
      title: "Ten minutes in one record",
      edits: [
        {
          file: "modules/flow-logs/main.flow-logs.tf",
          replace: "  max_aggregation_interval = 60\n",
          with: "",
        },
      ],
    },
    {
      title: "Refused traffic only",
      edits: [
        {
          file: "modules/flow-logs/main.flow-logs.tf",
          replace: 'traffic_type         = "ALL"',
          with: 'traffic_type         = "REJECT"',
        },
      ],
    },
    {
      title: "A format without addresses",
      edits: [
        {
          file: "modules/flow-logs/main.flow-logs.tf",
          replace: "  max_aggregation_interval = 60\n",
          with: '  max_aggregation_interval = 60\n  log_format               = "$${version} $${interface-id} $${bytes} $${action}"\n',
        },
      ],
    },
    {
      title: "To a bucket of somebody else",
      of: "government",
      edits: [
        {
          file: "modules/flow-logs/main.flow-logs.tf",
          replace: /log_destination_type = .*\n.*\n.*iam_role_arn.*\n/,
          with: 'log_destination_type = "s3"\n  log_destination      = "arn:aws-us-gov:s3:::flow-records"\n',
        },
      ],
    },
  ],
});
