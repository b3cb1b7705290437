import { control, terraform } from "../control.ts";
import { grantsOf, isGrant, isUse, keysFor } from "../evidence/keys.ts";

/** Services that publish alarms by themselves; the same names in every partition. */
const PUBLISHERS = ["cloudwatch.amazonaws.com", "events.amazonaws.com"];

export default control({
  id: "keys.alerts-key",
  title: "The alerts key works for the services that publish alarms, and for nobody else",
  why: "Alerts say what the defenders know; whoever may decrypt them reads along, and a key that EventBridge may not use loses them without a sound.",
  severity: "medium",
  mapping: { nsaCisa: ["Audit logging and threat detection"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.accounts(subject))
        for (const key of keysFor(probe, root, "alerts")) {
          const uses = grantsOf(probe, root, key).filter(
            ({ statement }) => isUse(statement) || isGrant(statement),
          );
          for (const { statement } of uses)
            probe.that(
              statement.principals.length > 0 &&
                statement.notPrincipals.length === 0 &&
                statement.principals.every(
                  ({ type, identifiers }) =>
                    type === "Service" && identifiers.every((each) => PUBLISHERS.includes(each)),
                ),
              statement.place,
              `${key.address}: ${statement.sid || "a statement"} lets others use the key than ${PUBLISHERS.join(" and ")}`,
              root.path,
            );
          probe.that(
            uses.some(({ statement }) =>
              statement.principals.some(({ identifiers }) =>
                identifiers.includes("events.amazonaws.com"),
              ),
            ),
            key.placeOf("policy"),
            `${key.address}: EventBridge may not use the key, so no alert arrives`,
            root.path,
          );
        }
    }),
  ],
  fix: "Allow kms:Decrypt and kms:GenerateDataKey* to events.amazonaws.com alone.",
  mutants: [
    {
      title: "A role reads along",
      edits: [
        {
          file: "modules/account-baseline/main.alerts.tf",
          replace: "  # EventBridge hands the message",
          with: '  statement {\n    sid       = "Readers"\n    actions   = ["kms:Decrypt"]\n    resources = ["*"]\n\n    principals {\n      type        = "AWS"\n      identifiers = ["arn:${var.partition}:iam::${var.account_id}:role/reader"]\n    }\n  }\n\n  # EventBridge hands the message',
        },
      ],
    },
    {
      title: "EventBridge is left out",
      edits: [
        {
          file: "modules/account-baseline/main.alerts.tf",
          replace: /\n {2}# EventBridge hands the message[\s\S]*?\n {2}\}\n(?=\})/,
          with: "",
        },
      ],
    },
    {
      title: "Administrators get every action",
      of: "startup",
      edits: [
        {
          file: "modules/account-baseline/main.alerts.tf",
          replace: '"kms:CancelKeyDeletion",',
          with: '"kms:*",',
        },
      ],
    },
  ],
});
