import { control, terraform } from "../control.ts";
import {
  boundariesOf,
  type Grant,
  grantedTo,
  nameOfRole,
  pipelineRolesOf,
  rolesForPeople,
  rolesIn,
} from "../evidence/iam.ts";
import {
  allows,
  covers,
  exactly,
  type Policy,
  policyOf,
  type Statement,
} from "../evidence/policy.ts";
import { onlyIf } from "../evidence/state.ts";
import { certainTextsOf, type Resource, textsOf } from "../evidence/value.ts";
import { withoutPipeline } from "../reasons.ts";

/** What gives a role something, or takes its boundary for another. */
const BOUND = [
  "iam:AttachRolePolicy",
  "iam:CreateRole",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
];

/** What makes more of oneself. */
const ESCALATIONS = [
  "account:PutAlternateContact",
  "iam:AddUserToGroup",
  "iam:AttachRolePolicy",
  "iam:AttachUserPolicy",
  "iam:CreateAccessKey",
  "iam:CreateLoginProfile",
  "iam:CreatePolicyVersion",
  "iam:CreateRole",
  "iam:CreateUser",
  "iam:DeleteRolePermissionsBoundary",
  "iam:PassRole",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
  "iam:SetDefaultPolicyVersion",
  "iam:UpdateAssumeRolePolicy",
  "organizations:LeaveOrganization",
  "sso:CreateAccountAssignment",
];

/** What lets somebody in, destroys, or blinds; no workload calls it. */
const LOSSES = [
  "cloudtrail:DeleteTrail",
  "cloudtrail:PutEventSelectors",
  "cloudtrail:StopLogging",
  "cloudtrail:UpdateTrail",
  "eks:AssociateAccessPolicy",
  "eks:CreateAccessEntry",
  "eks:DeleteCluster",
  "guardduty:DeleteDetector",
  "guardduty:UpdateDetector",
  "kms:DisableKey",
  "kms:DisableKeyRotation",
  "kms:PutKeyPolicy",
  "kms:ScheduleKeyDeletion",
  "logs:DeleteLogGroup",
  "logs:DeleteLogStream",
  "logs:DeleteRetentionPolicy",
  "logs:DisassociateKmsKey",
];

export default control({
  id: "identity.permissions-boundary",
  title:
    "Roles that the pipeline makes have a permissions boundary without IAM, other roles and the states",
  why: "Whoever may make roles makes one that may do everything and takes it; then the guard around the pipeline's own role keeps nobody out.",
  severity: "critical",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  notApplicable: withoutPipeline,
  evidence: [
    terraform((subject, probe) => {
      for (const { root, apply } of pipelineRolesOf(probe, subject)) {
        const boundaries = boundariesOf(root);
        probe.that(
          boundaries.length > 0,
          root.place,
          `${root.path} has no policy for the boundary of roles that is attached to nobody`,
          root.path,
        );
        for (const boundary of boundaries) {
          const wrong = (message: string): void =>
            probe.wrong(boundary.placeOf("policy"), `${boundary.address} ${message}`, root.path);
          const policy: Policy = policyOf(boundary, "policy");
          if ("unresolved" in policy) {
            probe.unresolved(
              boundary.placeOf("policy"),
              `${boundary.address} cannot be read (${policy.unresolved})`,
              root.path,
            );
            continue;
          }
          const { statements } = policy;
          const open = ESCALATIONS.filter(
            (action) =>
              statements.some((each) => allows(each, action)) && !isDenied(statements, action, "*"),
          );
          if (open.length > 0) wrong(`lets roles call ${open.join(", ")}`);
          if (
            statements.some((each) => allows(each, "sts:AssumeRole")) &&
            !isDenied(statements, "sts:AssumeRole", OWN_ROLES)
          )
            wrong("lets roles assume others of the account");
          if (
            statements.some((each) => allows(each, "s3:GetObject")) &&
            !isDenied(statements, "s3:GetObject", STATES)
          )
            wrong("lets roles read the states");
          const losses = LOSSES.filter(
            (action) =>
              statements.some((each) => allows(each, action)) && !isDenied(statements, action, "*"),
          );
          if (losses.length > 0) wrong(`lets roles call ${losses.join(", ")}`);
          const linked = statements.find(
            (each) =>
              allows(each, "iam:CreateServiceLinkedRole") &&
              !isDenied(statements, "iam:CreateServiceLinkedRole", "*") &&
              exactly(each, "iam:AWSServiceName")?.every((name) => /^[\w.-]+$/.test(name)) !== true,
          );
          if (linked !== undefined) wrong("lets roles make service-linked roles of any service");
        }
        const isBoundary = (text: string): boolean =>
          boundaries.some((boundary) => isPolicy(text, boundary));
        for (const role of apply) {
          const denials = denialsOf(grantedTo(probe, subject, role));
          const free = BOUND.filter(
            (action) =>
              !denials.some(
                (each) =>
                  names(each, action, "*") &&
                  onlyIf(each, "StringNotEquals", "iam:PermissionsBoundary", (values) =>
                    values.every(isBoundary),
                  ),
              ),
          );
          probe.that(
            free.length === 0,
            role.place,
            `${role.address}: nothing denies it ${free.join(", ")} on roles without the boundary`,
            root.path,
          );
          probe.that(
            denials.some(
              (each) =>
                each.conditions.length === 0 &&
                names(each, "iam:DeleteRolePermissionsBoundary", "*"),
            ),
            role.place,
            `${role.address}: nothing denies it iam:DeleteRolePermissionsBoundary`,
            root.path,
          );
        }
      }
    }),
    terraform((subject, probe) => {
      const ofPeople = new Set(rolesForPeople(probe, subject).map(({ role }) => role));
      const project = subject.config?.name ?? "[\\w-]+";
      const boundary = new RegExp(
        `^arn:[a-z-]+:iam::(\\d{12}|\\$\\{var\\.account_id\\}):policy/${project}-ci-boundary$`,
      );
      // Accounts have the break-glass role only, which is a person's to make.
      for (const root of [...probe.environments(subject), ...probe.accounts(subject)])
        for (const role of rolesIn(root).filter((each) => !ofPeople.has(each)))
          probe.that(
            certainTextsOf(role.get("permissions_boundary")).some((text) => boundary.test(text)),
            role.placeOf("permissions_boundary"),
            `${nameOfRole(role)} (${role.address}) does not have the boundary of bootstrap/, so the pipeline may not make it`,
            root.path,
          );
    }),
  ],
  fix: "Give the role permissions_boundary = local.permissions_boundary_arn, and let the guard deny IAM calls for roles without it.",
  mutants: [
    {
      title: "A role without it",
      edits: [
        {
          file: "environments/prod/main.cluster.tf",
          replace: "  permissions_boundary_arn = local.permissions_boundary_arn\n",
          with: "",
        },
      ],
    },
    {
      title: "A role of somebody's own beside the modules",
      of: "bank",
      edits: [
        {
          file: "environments/dev/main.identities.tf",
          append: `
resource "aws_iam_role" "reports" {
  name = "\${local.name}-reports"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
`,
        },
      ],
    },
    {
      title: "New roles need none",
      edits: [
        {
          file: "modules/ci-identity/main.guard.tf",
          replace: '      "iam:CreateRole",\n',
          with: "",
        },
      ],
    },
    {
      title: "Any policy of the project is a boundary",
      of: "government",
      edits: [
        {
          file: "modules/ci-identity/main.guard.tf",
          replace:
            'test     = "StringNotEquals"\n      variable = "iam:PermissionsBoundary"\n      values   = [local.boundary_arn]',
          with: 'test     = "StringNotLike"\n      variable = "iam:PermissionsBoundary"\n      values   = ["arn:${var.partition}:iam::${var.account_id}:policy/${var.name}-*"]',
        },
      ],
    },
    {
      title: "It can be taken off",
      edits: [
        {
          file: "modules/ci-identity/main.guard.tf",
          replace: '"iam:DeleteRolePermissionsBoundary"',
          with: '"iam:DeleteUserPermissionsBoundary"',
        },
      ],
    },
    {
      title: "It lets roles change IAM",
      of: "bank",
      edits: [
        {
          file: "modules/ci-identity/main.boundary.tf",
          replace: '      "iam:*",\n',
          with: "",
        },
      ],
    },
    {
      title: "It lets roles become others",
      edits: [
        {
          file: "modules/ci-identity/main.boundary.tf",
          replace: 'actions   = ["sts:AssumeRole"]',
          with: 'actions   = ["sts:GetFederationToken"]',
        },
      ],
    },
    {
      title: "Access entries of clusters are within it",
      edits: [
        {
          file: "modules/ci-identity/main.boundary.tf",
          replace: '      "eks:CreateAccessEntry",\n',
          with: "",
        },
      ],
    },
    {
      title: "Service-linked roles of any service",
      of: "government",
      edits: [
        {
          file: "modules/ci-identity/main.boundary.tf",
          replace:
            /\n {4}condition \{\n {6}test {5}= "StringEquals"\n {6}variable = "iam:AWSServiceName"[\s\S]*?\n {4}\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "Whether it denies them is known when somebody runs it",
      edits: [
        {
          file: "modules/ci-identity/main.boundary.tf",
          replace: /statement \{\n {4}sid {4}= "NoLosses"\n {4}effect = "Deny"([\s\S]*?)\n {2}\}\n/,
          with: 'dynamic "statement" {\n    for_each = var.strict ? [1] : []\n\n    content {\n      effect    = "Deny"\n      actions   = ["kms:*", "logs:*", "guardduty:*", "eks:*", "cloudtrail:*"]\n      resources = ["*"]\n    }\n  }\n',
        },
        {
          file: "modules/ci-identity/main.boundary.tf",
          append: '\nvariable "strict" {\n  type = bool\n}\n',
        },
      ],
    },
    {
      title: "A role that may be made without",
      edits: [
        {
          file: "modules/cluster/main.role.tf",
          replace: /permissions_boundary( *)= (.*)/,
          with: "permissions_boundary = var.strict ? var.permissions_boundary_arn : null",
        },
        {
          file: "modules/cluster/main.role.tf",
          append: '\nvariable "strict" {\n  type = bool\n}\n',
        },
      ],
    },
    {
      title: "The ceiling is given to the pipeline itself",
      edits: [
        {
          file: "modules/ci-identity/main.roles.tf",
          replace: "    guard    = aws_iam_policy.guard.arn\n",
          with: "    guard    = aws_iam_policy.guard.arn\n    boundary = aws_iam_policy.boundary.arn\n",
        },
      ],
    },
  ],
});

const OWN_ROLES = /^arn:[^:]*:iam::(\*|\d{12}|\$\{var\.account_id\}):role\/\*$/;
const STATES = /(^\$\{[^{}]*aws_s3_bucket\.[^{}]*\.arn\}|:s3:::[^/*]+-tfstate-[^/*]+)\/\*$/;

/** Whether an ARN is that of a policy of the root, by its name. */
const isPolicy = (text: string, policy: Resource): boolean =>
  text === `\${${policy.address}.arn}` ||
  textsOf(policy.get("name")).some(
    (name) =>
      /^arn:[a-z-]+:iam::(\d{12}|\$\{var\.account_id\}):policy\//.test(text) &&
      text.endsWith(`:policy/${name}`),
  );

/** Whether a denial is about an action on a resource. */
const names = (
  { effect, actions, notActions, resources, notResources }: Statement,
  action: string,
  on: string | RegExp,
): boolean =>
  effect === "Deny" &&
  notResources.length === 0 &&
  resources.some(
    (resource) =>
      resource === "*" || (typeof on === "string" ? resource === on : on.test(resource)),
  ) &&
  (notActions.length > 0
    ? !notActions.some((pattern) => covers(pattern, action))
    : actions.some((pattern) => covers(pattern, action)));

const isDenied = (statements: readonly Statement[], action: string, on: string | RegExp): boolean =>
  statements.some((each) => each.conditions.length === 0 && names(each, action, on));

/** Denials that are there without a doubt. */
const denialsOf = (grants: readonly Grant[]): Statement[] =>
  grants
    .filter(({ resource }) => resource.maybe === undefined)
    .flatMap(({ statements = [] }) => statements)
    .filter(({ effect, maybe }) => effect === "Deny" && maybe === undefined);
