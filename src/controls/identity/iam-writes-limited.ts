import { control, terraform } from "../control.ts";
import {
  eachAllowed,
  isAdministrators,
  isOpen,
  labelOf,
  placeOfCondition,
} from "../evidence/iam.ts";
import { allows, conditionOf } from "../evidence/policy.ts";

/** What makes or changes a role, a policy or an issuer. */
const WRITES = [
  "iam:AttachRolePolicy",
  "iam:CreateOpenIDConnectProvider",
  "iam:CreatePolicy",
  "iam:CreatePolicyVersion",
  "iam:CreateRole",
  "iam:CreateSAMLProvider",
  "iam:DeleteRole",
  "iam:DeleteRolePermissionsBoundary",
  "iam:DetachRolePolicy",
  "iam:PutRolePolicy",
  "iam:SetDefaultPolicyVersion",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateRole",
];

export default control({
  id: "identity.iam-writes-limited",
  title:
    "Only roles, policies and cluster issuers of the project can be changed, and only known policies attached",
  why: "A pipeline that may attach any policy to any role attaches AdministratorAccess to its own, or to the one of the next person who logs in.",
  severity: "critical",
  mapping: {
    nsaCisa: ["Authentication and authorization"],
    checkov: ["CKV_AWS_109", "CKV_AWS_110", "CKV_AWS_286", "CKV_AWS_289"],
  },
  evidence: [
    terraform((subject, probe) => {
      const project = subject.config?.name;
      const prefix = project === undefined ? "[\\w+=,.@-]{3,}-" : `${project}-`;
      const scope = new RegExp(`:(role|policy)/${prefix}|:oidc-provider/oidc\\.eks\\.`);
      const own = new RegExp(`^arn:[^:]*:iam::[^:*?]+:policy/${prefix}`);
      for (const root of subject.roots)
        eachAllowed(probe, root, (statement) => {
          const writes = WRITES.filter((action) => allows(statement, action));
          const [write] = writes;
          const what = labelOf(statement);
          probe.that(
            write === undefined ||
              (statement.notResources.length === 0 &&
                statement.resources.every((resource) => scope.test(resource))),
            statement.placeOf("resources"),
            `${what} allows ${write} on ${statement.resources.join(", ") || "everything but some"}, it must be on what belongs to ${project ?? "the project"}`,
            root.path,
          );
          if (!allows(statement, "iam:AttachRolePolicy")) return;
          const policies = conditionOf(statement, "iam:PolicyARN", (test) =>
            /^(Arn(Equals|Like)|String(Equals|Like))$/.test(test),
          );
          probe.that(
            policies !== undefined && policies.length > 0,
            statement.placeOf("condition"),
            `${what} attaches any policy (no condition on iam:PolicyARN)`,
            root.path,
          );
          for (const policy of policies ?? []) {
            const aws = /^arn:[^:]*:iam::aws:policy\/(.+)$/.exec(policy)?.[1];
            probe.that(
              aws === undefined
                ? own.test(policy)
                : !isOpen(aws) && /^[\w/-]+$/.test(aws) && !isAdministrators(aws),
              placeOfCondition(statement, "iam:PolicyARN"),
              `${what} attaches ${policy}, it must be a policy of the project or one of AWS by its name, and none for administrators`,
              root.path,
            );
          }
        });
    }),
  ],
  fix: "Limit resources to the project's prefix, and attaching by ArnLike iam:PolicyARN to the policies in use.",
  mutants: [
    {
      title: "Any policy may be attached",
      edits: [
        {
          file: "modules/ci-identity/main.write.tf",
          replace:
            / {4}condition \{\n {6}test {5}= "ArnLike"\n {6}variable = "iam:PolicyARN"\n[\s\S]*?\n {4}\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "Any policy of AWS",
      of: "bank",
      edits: [
        {
          file: "modules/ci-identity/main.write.tf",
          replace:
            '[for policy in sort(var.attachable_policies) : "arn:${var.partition}:iam::aws:policy/${policy}"]',
          with: '["arn:${var.partition}:iam::aws:policy/*"]',
        },
      ],
    },
    {
      title: "AdministratorAccess among those that bootstrap/ names",
      edits: [
        {
          file: "bootstrap/main.ci.tf",
          replace: "  state_bucket_arn = module.state.bucket_arn\n",
          with: '  state_bucket_arn = module.state.bucket_arn\n\n  attachable_policies = ["AmazonEKSClusterPolicy", "job-function/SystemAdministrator"]\n',
        },
      ],
    },
    {
      title: "Every role of the account",
      of: "government",
      edits: [
        {
          file: "modules/ci-identity/main.write.tf",
          replace:
            '      "arn:${var.partition}:iam::${var.account_id}:policy/${var.name}-*",\n      "arn:${var.partition}:iam::${var.account_id}:role/${var.name}-*",\n',
          with: '      "arn:${var.partition}:iam::${var.account_id}:policy/${var.name}-*",\n      "arn:${var.partition}:iam::${var.account_id}:role/*",\n',
        },
      ],
    },
  ],
});
