import { control, terraform } from "../control.ts";
import { allKeys, grantsOf, isForResources, isGrant, isThrough, whoOf } from "../evidence/keys.ts";
import { allows } from "../evidence/policy.ts";
import { ofType } from "../evidence/probe.ts";

export default control({
  id: "keys.grants",
  title:
    "Grants on a key are made for AWS resources or through one AWS service only, and revoked so or by named roles",
  why: "kms:CreateGrant is kms:Decrypt in disguise: whoever may make a grant gives himself the key, outside every policy that anyone reads. Whoever may revoke the one of a cluster or a volume makes it unreadable.",
  severity: "high",
  mapping: {},
  evidence: [
    terraform((subject, probe) => {
      for (const { root, key } of allKeys(subject, probe))
        for (const { statement } of grantsOf(probe, root, key)) {
          const isBound = isForResources(statement) || isThrough(statement, root);
          const isNamed = whoOf(statement).every(
            ({ who }) => who === "role" || who === "administrators",
          );
          const what = `${key.address}: ${statement.sid || "a statement"}`;
          probe.that(
            !isGrant(statement) || isBound,
            statement.place,
            `${what} allows kms:CreateGrant, it must require kms:GrantIsForAWSResource or kms:ViaService`,
            root.path,
          );
          probe.that(
            !allows(statement, "kms:RevokeGrant") || isBound || isNamed,
            statement.place,
            `${what} allows kms:RevokeGrant, it must name roles or require kms:GrantIsForAWSResource or kms:ViaService`,
            root.path,
          );
        }
      for (const root of subject.roots)
        for (const grant of ofType(root, "aws_kms_grant"))
          probe.wrong(
            grant.place,
            `${grant.address} hands out a key outside its policy`,
            root.path,
          );
    }),
  ],
  fix: "Add a Bool condition on kms:GrantIsForAWSResource, or take kms:CreateGrant and kms:RevokeGrant out of the statement.",
  mutants: [
    {
      title: "Auto Scaling may make any grant",
      edits: [
        {
          file: "modules/keys/main.volumes.tf",
          replace: /\n {4}condition \{\n {6}test {5}= "Bool"[^}]*\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "A pattern of administration that covers CreateGrant",
      edits: [
        {
          file: "modules/keys/main.administration.tf",
          replace: '"kms:CreateAlias",',
          with: '"kms:Create*",',
        },
      ],
    },
    {
      title: "The condition holds for grants that are not for resources",
      of: "bank",
      edits: [
        {
          file: "modules/keys/main.volumes.tf",
          replace: /variable = "kms:GrantIsForAWSResource"\n {6}values {3}= \["true"\]/,
          with: 'variable = "kms:GrantIsForAWSResource"\n      values   = ["true", "false"]',
        },
      ],
    },
    {
      title: "The account may revoke any grant",
      edits: [
        {
          file: "modules/keys/main.administration.tf",
          replace: '"kms:RotateKeyOnDemand",',
          with: '"kms:RevokeGrant",\n      "kms:RotateKeyOnDemand",',
        },
      ],
    },
    {
      title: "A pattern of the alerts' key that covers RevokeGrant",
      of: "government",
      edits: [
        {
          file: "modules/account-baseline/main.alerts.tf",
          replace: '"kms:RotateKeyOnDemand",',
          with: '"kms:R*",',
        },
      ],
    },
    {
      title: "Services are no longer asked for",
      of: "bank",
      edits: [
        {
          file: "modules/keys/main.administration.tf",
          replace:
            /(?<=actions {3}= \["kms:RevokeGrant"\][\s\S]*?)\n {4}condition \{[\s\S]*?\n {4}\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "A grant as a resource",
      edits: [
        {
          file: "environments/prod/main.keys.tf",
          append:
            '\nresource "aws_kms_grant" "backup" {\n  name              = "backup"\n  key_id            = module.keys.volumes_key_arn\n  grantee_principal = "arn:aws:iam::${var.account_id}:role/backup"\n  operations        = ["Decrypt"]\n}\n',
        },
      ],
    },
  ],
});
