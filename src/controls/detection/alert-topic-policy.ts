import { control, terraform } from "../control.ts";
import { resourceOf } from "../evidence/link.ts";
import { allows, covers, isForAnyone, policyOf, type Statement } from "../evidence/policy.ts";
import { ofType } from "../evidence/probe.ts";
import type { Resource } from "../evidence/value.ts";

/** Refuses to everyone what comes without TLS; a further condition would let some of it through. */
const refusesClearText = ({ conditions, ...statement }: Statement, topic: Resource): boolean => {
  const [condition] = conditions;
  const isHere = statement.resources.some(
    (resource) => resource === "*" || resource === `\${${topic.address}.arn}`,
  );
  return (
    statement.effect === "Deny" &&
    isHere &&
    isForAnyone({ conditions, ...statement }) &&
    statement.notPrincipals.length === 0 &&
    statement.actions.some((action) => covers(action, "sns:Publish")) &&
    conditions.length === 1 &&
    condition?.test === "Bool" &&
    condition.variable.toLowerCase() === "aws:securetransport" &&
    condition.values.join() === "false"
  );
};

const publishers = ({ principals }: Statement): string[] =>
  principals.flatMap(({ type, identifiers }) => identifiers.map((each) => `${type} ${each}`));

export default control({
  id: "detection.alert-topic-policy",
  title: "Only EventBridge publishes to the alert topic, and only over TLS",
  why: "Whoever may publish can bury a real alarm under false ones, and whoever may subscribe reads along.",
  severity: "medium",
  mapping: {
    nsaCisa: ["Audit logging and threat detection"],
    checkov: ["CKV_AWS_169", "CKV_AWS_385"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.accounts(subject))
        for (const topic of probe.some(root, "alert topic", "aws_sns_topic")) {
          const carriers: Resource[] = [
            ...ofType(root, "aws_sns_topic_policy").filter(
              (each) => resourceOf(each.get("arn"), "aws_sns_topic") === topic,
            ),
            ...(topic.get("policy") === undefined ? [] : [topic]),
          ];
          // Without a policy everyone of the account may publish, TLS or not.
          probe.that(carriers.length > 0, topic.place, `${topic.address} has no policy`, root.path);
          for (const carrier of carriers) {
            const policy = policyOf(carrier, "policy");
            const place = carrier.placeOf("policy");
            if ("unresolved" in policy) {
              probe.unresolved(
                place,
                `${carrier.address}: the policy cannot be read: ${policy.unresolved}`,
                root.path,
              );
              continue;
            }
            const { statements } = policy;
            probe.that(
              statements.some((each) => refusesClearText(each, topic)),
              place,
              `${carrier.address}: no statement refuses everyone's sns:Publish without TLS`,
              root.path,
            );
            probe.that(
              statements.some(
                (each) =>
                  allows(each, "sns:Publish") &&
                  publishers(each).includes("Service events.amazonaws.com"),
              ),
              place,
              `${carrier.address}: EventBridge may not publish`,
              root.path,
            );
            for (const statement of statements)
              if (statement.effect === "Allow")
                probe.that(
                  statement.actions.every((action) => action.toLowerCase() === "sns:publish") &&
                    statement.notActions.length === 0 &&
                    statement.notPrincipals.length === 0 &&
                    publishers(statement).every((each) => each === "Service events.amazonaws.com"),
                  statement.place,
                  `${carrier.address}: ${publishers(statement).join(", ") || "everyone but some"} may ${statement.actions.join(", ") || "do all but some"}`,
                  root.path,
                );
          }
        }
    }),
  ],
  fix: "Restore the two statements of the topic's policy: events.amazonaws.com publishes, and everyone is refused without TLS.",
  mutants: [
    {
      title: "Clear text is allowed",
      edits: [
        {
          file: "modules/account-baseline/main.alerts.tf",
          replace: /\n {2}statement \{\n {4}sid {7}= "TlsOnly"[\s\S]*?\n {2}\}\n(?=\})/,
          with: "",
        },
      ],
    },
    {
      title: "Everyone may subscribe",
      edits: [
        {
          file: "modules/account-baseline/main.alerts.tf",
          replace:
            '    principals {\n      type        = "Service"\n      identifiers = ["events.amazonaws.com"]\n    }\n  }\n\n  statement {\n    sid       = "TlsOnly"',
          with: '    principals {\n      type        = "Service"\n      identifiers = ["events.amazonaws.com"]\n    }\n  }\n\n  statement {\n    sid       = "Subscribers"\n    actions   = ["sns:Subscribe"]\n    resources = [aws_sns_topic.alerts.arn]\n\n    principals {\n      type        = "AWS"\n      identifiers = ["*"]\n    }\n  }\n\n  statement {\n    sid       = "TlsOnly"',
        },
      ],
    },
    {
      title: "The refusal holds for one account only",
      edits: [
        {
          file: "modules/account-baseline/main.alerts.tf",
          replace: '      variable = "aws:SecureTransport"\n      values   = ["false"]\n    }\n',
          with: '      variable = "aws:SecureTransport"\n      values   = ["false"]\n    }\n\n    condition {\n      test     = "StringEquals"\n      variable = "aws:PrincipalAccount"\n      values   = ["999988887777"]\n    }\n',
        },
      ],
    },
    {
      title: "No policy",
      of: "startup",
      edits: [
        {
          file: "modules/account-baseline/main.alerts.tf",
          replace: /resource "aws_sns_topic_policy" "alerts" \{[^}]*\}\n\n/,
          with: "",
        },
        {
          file: "modules/account-baseline/outputs.tf",
          replace: /\n {2}# An event that[^\n]*\n {2}depends_on[^\n]*\n/,
          with: "",
        },
      ],
    },
  ],
});
