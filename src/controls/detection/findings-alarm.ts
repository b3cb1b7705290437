import { control, terraform } from "../control.ts";
import { expectAlarm, listOf, missed } from "../evidence/alarm.ts";
import { data, items } from "../evidence/kubernetes.ts";

/** Medium. Findings about a single credential or pod seldom come higher. */
const MEDIUM = 4;

/** Whether matchers of the severity let everything from medium on through. */
const letsThrough = (matchers: readonly unknown[]): boolean =>
  matchers.some((matcher) => {
    const [operator, value, ...rest] = items(data(matcher).numeric);
    const from = Number(value);
    // A second comparison would be an upper end.
    return rest.length === 0 && operator === ">=" && from <= MEDIUM;
  });

export default control({
  id: "detection.findings-alarm",
  title: "GuardDuty findings of medium severity and above reach the alert topic",
  why: "A finding that stays in a console is read by nobody on the night that it matters.",
  severity: "high",
  mapping: { nsaCisa: ["Audit logging and threat detection"] },
  feature: "guardduty",
  // Findings arrive on the account's own bus too where somebody else owns the detector.
  waivedBy: ["no-guardduty"],
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.accounts(subject))
        expectAlarm(probe, root, {
          name: "GuardDuty",
          source: "aws.guardduty",
          wrong: ({ detail, ...pattern }) => {
            const { severity, ...further } = data(detail);
            const [other] = Object.keys(further);
            if (other !== undefined) return `the pattern leaves out findings by detail.${other}`;
            if (severity !== undefined && !letsThrough(listOf(severity)))
              return `the pattern asks for a severity of ${JSON.stringify(severity)}, it must be numeric ">=" ${MEDIUM} or less`;
            return missed(pattern, {
              source: ["aws.guardduty"],
              "detail-type": ["GuardDuty Finding"],
            });
          },
        });
    }),
  ],
  fix: "Leave alert_minimum_severity at 4 or less, and the rule with its target on the alert topic.",
  mutants: [
    {
      title: "High severity only, in one account",
      edits: [
        {
          file: "accounts/prod/main.guardduty.tf",
          replace: "  alert_topic_arn =",
          with: "  alert_minimum_severity = 7\n\n  alert_topic_arn =",
        },
      ],
    },
    {
      title: "No target",
      of: "bank",
      edits: [
        {
          file: "modules/guardduty/main.findings.tf",
          replace: /resource "aws_cloudwatch_event_target" "findings" \{[\s\S]*\n\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "The rule is disabled",
      edits: [
        {
          file: "modules/guardduty/main.findings.tf",
          replace: "  event_pattern = jsonencode({",
          with: '  state = "DISABLED"\n\n  event_pattern = jsonencode({',
        },
      ],
    },
    {
      title: "Only findings about S3",
      edits: [
        {
          file: "modules/guardduty/main.findings.tf",
          replace: "      severity =",
          with: '      resource = { resourceType = ["S3Bucket"] }\n      severity =',
        },
      ],
    },
  ],
});
