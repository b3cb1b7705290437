import { control, terraform } from "../control.ts";
import {
  type Grant,
  grantedTo,
  grantsOf,
  nameOfRole,
  pipelineRolesOf,
  principalsOfType,
  rolesForPeople,
  trustOf,
} from "../evidence/iam.ts";
import { covers, type Statement } from "../evidence/policy.ts";
import { ofType } from "../evidence/probe.ts";
import type { TerraformRoot } from "../evidence/subject.ts";
import { Reference, type Resource, textsOf } from "../evidence/value.ts";
import { withoutPipeline } from "../reasons.ts";

/** Something that the apply role must not change. */
interface Guarded {
  what: string;
  /** Any of these texts names it. */
  names: string[];
  actions: string[];
}

export default control({
  id: "identity.apply-role-guard",
  title:
    "The apply role is denied its own roles and policies, its issuer, the break-glass role, and the key and the bucket of the states",
  why: "Widening its own trust or policy is the first thing that a hijacked pipeline tries; the next are to let its owner break the glass, and to open the states or make them unreadable.",
  severity: "critical",
  mapping: {
    nsaCisa: ["Authentication and authorization"],
  },
  notApplicable: withoutPipeline,
  evidence: [
    terraform((subject, probe) => {
      for (const { root, plan, apply } of pipelineRolesOf(probe, subject)) {
        const issuers = [...plan, ...apply].flatMap((role) =>
          trustOf(probe, role).flatMap((each) => principalsOfType(each, "Federated")),
        );
        const guarded = [
          ...[...plan, ...apply].map((role) => guardedRole(role)),
          ...rolesForPeople(probe, subject).map(({ role }) =>
            guardedRole(role, subject.config?.name),
          ),
          ...ofType(root, "aws_iam_policy").filter(isUsed(root)).map(guardedPolicy),
          ...[...new Set(issuers)].map(guardedIssuer),
          ...ofType(root, "aws_kms_key").map(guardedKey),
          ...ofType(root, "aws_kms_alias").map(guardedAlias),
          ...ofType(root, "aws_s3_bucket").map(guardedBucket),
          ...ofType(root, "aws_s3_bucket").map(guardedObjects),
        ];
        for (const type of ["aws_kms_key", "aws_s3_bucket"])
          probe.that(
            ofType(root, type).length > 0,
            root.place,
            `${root.path} has no ${type} for the states`,
            root.path,
          );
        for (const role of apply) {
          const grants = grantedTo(probe, subject, role);
          const denials = denialsOf(grants);
          // What was meant to deny, for the place.
          const meant = grants
            .flatMap(({ statements = [] }) => statements)
            .filter(({ effect, notActions }) => effect === "Deny" || notActions.length > 0);
          for (const { what, names, actions } of guarded) {
            const about = denials.filter((denial) => names.some((name) => isOn(denial, name)));
            const open = actions.filter(
              (action) => !about.some((denial) => denies(denial, action)),
            );
            probe.that(
              open.length === 0,
              meant.find((each) => names.some((name) => isOn(each, name)))?.place ?? role.place,
              `${role.address}: nothing denies it ${open.join(", ")} on ${what}`,
              root.path,
            );
          }
        }
      }
    }),
  ],
  fix: "Attach the guard policy, which denies what is not reading, to every role of the pipeline that writes.",
  mutants: [
    {
      title: "The guard is not attached",
      edits: [
        {
          file: "modules/ci-identity/main.roles.tf",
          replace: "    guard    = aws_iam_policy.guard.arn\n",
          with: "",
        },
      ],
    },
    {
      title: "The guard allows",
      edits: [
        {
          file: "modules/ci-identity/main.guard.tf",
          replace: '    sid    = "KeyOfTheState"\n    effect = "Deny"',
          with: '    sid    = "KeyOfTheState"\n    effect = "Allow"',
        },
      ],
    },
    {
      title: "Its own roles are left out",
      of: "bank",
      edits: [
        {
          file: "modules/ci-identity/main.guard.tf",
          replace: "      local.role_arns.apply,\n",
          with: "",
        },
      ],
    },
    {
      title: "One more exception: the bucket's policy",
      edits: [
        {
          file: "modules/ci-identity/main.guard.tf",
          replace: '      "s3:PutObject",\n',
          with: '      "s3:PutObject",\n      "s3:PutBucket*",\n',
        },
      ],
    },
    {
      title: "It holds in another region only",
      of: "government",
      edits: [
        {
          file: "modules/ci-identity/main.guard.tf",
          replace: "    resources = [var.state_bucket_arn,",
          with: '    condition {\n      test     = "StringNotEquals"\n      variable = "aws:RequestedRegion"\n      values   = [var.region]\n    }\n\n    resources = [var.state_bucket_arn,',
        },
      ],
    },
    {
      title: "The break-glass role is left out",
      edits: [
        {
          file: "modules/ci-identity/main.guard.tf",
          replace: /\n {2}statement \{\n {4}sid {4}= "BreakGlass"[\s\S]*?\n {2}\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "The break-glass role's trust is free",
      of: "bank",
      edits: [
        {
          file: "modules/ci-identity/main.guard.tf",
          replace: 'not_actions = [\n      "iam:GetRole",',
          with: 'not_actions = [\n      "iam:UpdateAssumeRolePolicy",\n      "iam:GetRole",',
        },
      ],
    },
    {
      title: "A second role that writes, without the guard",
      edits: [
        {
          file: "bootstrap/main.ci.tf",
          append: `
resource "aws_iam_role" "hotfix" {
  name = "\${local.name}-ci-hotfix"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:\${local.partition}:iam::\${var.account_id}:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = "repo:\${local.repository}:environment:prod"
        }
      }
    }]
  })
}
`,
        },
      ],
    },
  ],
});

/** A role of a module that no root calls does not know the project's name. */
function guardedRole(role: Resource, project = "${var.name}"): Guarded {
  const name = nameOfRole(role).replace("${var.name}", () => project);
  return {
    what: `the role ${name}`,
    names: [`:role/${name}`, `\${${role.address}.arn}`],
    actions: [
      "iam:AttachRolePolicy",
      "iam:DeleteRole",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:PassRole",
      "iam:PutRolePolicy",
      "iam:TagRole",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
    ],
  };
}

const guardedPolicy = (policy: Resource): Guarded => ({
  what: `the policy ${textsOf(policy.get("name"))[0] ?? policy.address}`,
  names: [`:policy/${textsOf(policy.get("name"))[0]}`, `\${${policy.address}.arn}`],
  actions: [
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:SetDefaultPolicyVersion",
  ],
});

const guardedIssuer = (issuer: string): Guarded => ({
  what: `the issuer ${issuer}`,
  names: [issuer],
  actions: [
    "iam:AddClientIDToOpenIDConnectProvider",
    "iam:DeleteOpenIDConnectProvider",
    "iam:UpdateOpenIDConnectProviderThumbprint",
  ],
});

const guardedKey = (key: Resource): Guarded => ({
  what: key.address,
  names: [`\${${key.address}.arn}`],
  actions: [
    "kms:CreateGrant",
    "kms:DisableKey",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "kms:UntagResource",
  ],
});

const guardedAlias = (alias: Resource): Guarded => ({
  what: alias.address,
  names: [`:${textsOf(alias.get("name"))[0]}`, `\${${alias.address}.arn}`],
  actions: ["kms:DeleteAlias", "kms:UpdateAlias"],
});

const guardedBucket = (bucket: Resource): Guarded => ({
  what: bucket.address,
  names: [`\${${bucket.address}.arn}`],
  actions: [
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutReplicationConfiguration",
  ],
});

const guardedObjects = (bucket: Resource): Guarded => ({
  what: `objects of ${bucket.address}`,
  names: [`\${${bucket.address}.arn}/environments/prod/terraform.tfstate`],
  actions: ["s3:DeleteObjectVersion", "s3:PutObjectAcl"],
});

/** Policies that are attached to something. */
const isUsed =
  (root: TerraformRoot) =>
  (policy: Resource): boolean =>
    grantsOf(root).some(({ resource }) => {
      const arn = resource.get("policy_arn");
      return arn instanceof Reference && arn.resource === policy;
    });

/** Denials that hold in any case: without a condition, and there without a doubt. */
const denialsOf = (grants: readonly Grant[]): Statement[] =>
  grants
    .filter(({ resource }) => resource.maybe === undefined)
    .flatMap(({ statements = [] }) => statements)
    .filter(
      ({ effect, conditions, maybe }) =>
        effect === "Deny" && conditions.length === 0 && maybe === undefined,
    );

/** From the kind of thing on: what stands before it is the partition, the account and the region. */
const tail = (arn: string): string =>
  /:(role|policy|alias|oidc-provider)\/.*/.exec(arn)?.[0] ?? arn;

/** Whether a denial is about a thing. */
const isOn = ({ resources, notResources }: Statement, name: string): boolean =>
  notResources.length === 0 &&
  resources.some((resource) => covers(tail(resource), tail(name)) || covers(resource, name));

const denies = ({ actions, notActions }: Statement, action: string): boolean =>
  notActions.length > 0
    ? !notActions.some((pattern) => covers(pattern, action))
    : actions.some((pattern) => covers(pattern, action));
