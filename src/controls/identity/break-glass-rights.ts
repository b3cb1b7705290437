import { control, terraform } from "../control.ts";
import { grantsOf, modulesAlone, rolesForPeople } from "../evidence/iam.ts";
import { conditionOf, type Statement } from "../evidence/policy.ts";
import {
  type Bound,
  both,
  expectWithin,
  inRegion,
  matching,
  ofProject,
  type Right,
} from "../evidence/rights.ts";

const onNodes: Bound = (statement: Statement, { subject }) =>
  conditionOf(
    statement,
    "ssm:resourceTag/eks:cluster-name",
    (test) => test === "StringLike",
  )?.every((value) => value === `${subject.config?.name}-*` || value === "${var.name}-*") === true;

const ownSession: Bound = (statement: Statement) =>
  conditionOf(
    statement,
    "ssm:resourceTag/aws:ssmmessages:session-id",
    (test) => test === "StringLike",
  )?.join() === "${aws:userid}";

/** What an emergency takes: a way into the cluster, a session on a node, and eyes. */
const RIGHTS: readonly Right[] = [
  {
    bound: ofProject,
    actions: [
      "eks:AssociateAccessPolicy",
      "eks:CreateAccessEntry",
      "eks:DeleteAccessEntry",
      "eks:Describe*",
      "eks:DisassociateAccessPolicy",
      "eks:List*",
      "eks:UpdateAccessEntry",
    ],
  },
  {
    bound: both(onNodes, matching(/^arn:[^:*?]+:ec2:[^:*?]+:[^:*?]+:instance\/\*$/)),
    actions: ["ssm:StartSession"],
  },
  {
    bound: matching(
      /:document\/(SSM-SessionManagerRunShell|AWS-StartPortForwardingSessionToRemoteHost)$/,
    ),
    actions: ["ssm:StartSession"],
  },
  { bound: ownSession, actions: ["ssm:ResumeSession", "ssm:TerminateSession"] },
  {
    bound: inRegion,
    actions: [
      "cloudtrail:LookupEvents",
      "ec2:Describe*",
      "eks:ListClusters",
      "ssm:DescribeInstanceInformation",
    ],
  },
];

export default control({
  id: "identity.break-glass-rights",
  title: "The break-glass role enters clusters and nodes of the project, and nothing else",
  why: "It is given in a hurry and to few questions: with rights on keys, states or alarms it would also be the way to hide what was done with it.",
  severity: "high",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  evidence: [
    terraform((subject, probe) => {
      const people = new Set(rolesForPeople(probe, subject).map(({ role }) => role));
      const homes = [
        ...subject.roots.map((root) => ({ root, resources: root.resources })),
        ...modulesAlone(subject).map(({ resources }) => ({ root: undefined, resources })),
      ].filter(({ resources }) => resources.some((each) => people.has(each)));
      for (const { root, resources } of homes)
        for (const { role, statements = [], aws, place, unresolved } of grantsOf({ resources })) {
          if (role === undefined || !people.has(role)) continue;
          const doubt = aws ?? unresolved;
          if (doubt !== undefined)
            probe.unresolved(
              place,
              `${role.address} gets ${doubt}, which is not read here`,
              root?.path,
            );
          for (const statement of statements)
            expectWithin(
              probe,
              RIGHTS,
              role,
              statement,
              { subject, root },
              "which no emergency takes, or not so far",
            );
        }
    }),
  ],
  fix: "Leave it access entries, sessions on the project's nodes, and Describe and Lookup in its region.",
  mutants: [
    {
      title: "Commands on every instance",
      edits: [
        {
          file: "modules/break-glass/main.role.tf",
          replace: '"ssm:ResumeSession",',
          with: '"ssm:ResumeSession",\n      "ssm:SendCommand",',
        },
      ],
    },
    {
      title: "Sessions on every instance of the account",
      of: "startup",
      edits: [
        {
          file: "modules/break-glass/main.role.tf",
          replace:
            'variable = "ssm:resourceTag/eks:cluster-name"\n      values   = ["${var.name}-*"]',
          with: 'variable = "ssm:resourceTag/eks:cluster-name"\n      values   = ["*"]',
        },
      ],
    },
    {
      title: "Sessions of others",
      edits: [
        {
          file: "modules/break-glass/main.role.tf",
          replace: 'values   = ["$${aws:userid}"]',
          with: 'values   = ["*"]',
        },
      ],
    },
    {
      title: "The alarm about itself can be switched off",
      of: "bank",
      edits: [
        {
          file: "modules/break-glass/main.role.tf",
          replace: '"ec2:DescribeInstances",',
          with: '"ec2:DescribeInstances",\n      "events:DisableRule",',
        },
      ],
    },
    {
      title: "Clusters of every project",
      of: "government",
      edits: [
        {
          file: "modules/break-glass/main.role.tf",
          replace: ":cluster/${var.name}-*",
          with: ":cluster/*",
        },
      ],
    },
  ],
});
