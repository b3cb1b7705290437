import { control, terraform } from "../control.ts";
import { allKeys, grantsOf, rolesBoundIn, whoOf } from "../evidence/keys.ts";
import { allows } from "../evidence/policy.ts";

/** What makes data unreadable, for a time or for good. */
const DESTRUCTIVE = [
  "kms:DeleteImportedKeyMaterial",
  "kms:DisableKey",
  "kms:DisableKeyRotation",
  "kms:ScheduleKeyDeletion",
];

export default control({
  id: "keys.named-administrators",
  title: "Only roles that are named may disable or delete a key",
  why: "Where the account's root principal may, every role with kms:* from IAM may: one over-broad pipeline role makes all data of the cluster unreadable.",
  severity: "high",
  mapping: { securityHub: ["KMS.3"] },
  evidence: [
    terraform((subject, probe) => {
      for (const { root, key } of allKeys(subject, probe)) {
        const grants = grantsOf(probe, root, key);
        for (const { statement } of grants) {
          const found = DESTRUCTIVE.filter((action) => allows(statement, action));
          for (const { who, identifier } of whoOf(statement)) {
            const isNamed =
              who === "role" ||
              who === "administrators" ||
              (who === "account" && rolesBoundIn(statement) !== undefined);
            const message = `${key.address}: ${statement.sid || "a statement"} lets ${identifier} call ${found.join(", ")}, which is for named roles only`;
            if (found.length === 0 || who !== "unknown")
              probe.that(found.length === 0 || isNamed, statement.place, message, root.path);
            else probe.unresolved(statement.place, message, root.path);
          }
        }
        probe.that(
          grants.some(
            ({ statement }) =>
              allows(statement, "kms:CancelKeyDeletion") && allows(statement, "kms:PutKeyPolicy"),
          ),
          key.placeOf("policy"),
          `${key.address}: nobody may undo a deletion and mend the policy`,
          root.path,
        );
      }
    }),
  ],
  fix: "Give kms:DisableKey and kms:ScheduleKeyDeletion to roles by their ARN, and to nobody else.",
  mutants: [
    {
      title: "The account may schedule the deletion",
      edits: [
        {
          file: "modules/keys/main.administration.tf",
          replace: '"kms:RotateKeyOnDemand",',
          with: '"kms:RotateKeyOnDemand",\n      "kms:ScheduleKeyDeletion",',
        },
      ],
    },
    {
      title: "A pattern that covers DisableKey",
      edits: [
        {
          file: "modules/state-backend/main.key.tf",
          replace: '"kms:DescribeKey",',
          with: '"kms:D*Key",',
        },
      ],
    },
    {
      title: "Every role is an administrator",
      of: "bank",
      edits: [
        {
          file: "modules/account-baseline/main.alerts.tf",
          replace: "identifiers = var.key_admin_arns",
          with: 'identifiers = ["arn:${var.partition}:iam::${var.account_id}:root"]',
        },
      ],
    },
    {
      title: "Nobody can undo a deletion",
      edits: [
        {
          file: "modules/keys/main.administration.tf",
          replace: '      "kms:CancelKeyDeletion",\n',
          with: "",
        },
      ],
    },
  ],
});
