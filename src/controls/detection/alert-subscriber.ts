import { control, terraform } from "../control.ts";
import { resourceOf } from "../evidence/link.ts";
import { ofType } from "../evidence/probe.ts";
import { absent, present } from "../evidence/require.ts";

export default control({
  id: "detection.alert-subscriber",
  title: "The contact of the answers subscribes to the alert topic of every account",
  why: "A topic without a subscriber takes every alarm and tells nobody.",
  severity: "high",
  mapping: { nsaCisa: ["Audit logging and threat detection"] },
  notApplicable: ({ contact }) =>
    contact === undefined
      ? "the answers name no contact: each root below accounts/ asks for alert_email before it plans"
      : undefined,
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.accounts(subject))
        for (const topic of probe.some(root, "alert topic", "aws_sns_topic")) {
          const subscriptions = ofType(root, "aws_sns_topic_subscription").filter(
            (each) => resourceOf(each.get("topic_arn"), "aws_sns_topic") === topic,
          );
          probe.that(
            subscriptions.length > 0,
            topic.place,
            `${topic.address}: nothing in ${root.path} subscribes to it`,
            root.path,
          );
          for (const subscription of subscriptions) {
            probe.expect(subscription, "endpoint", present);
            // A filter drops messages before anybody sees them.
            probe.expect(subscription, "filter_policy", absent);
          }
        }
    }),
  ],
  fix: "Set alert_email of the account, or subscribe whatever calls the people on duty.",
  mutants: [
    {
      title: "No address in one account",
      of: "bank",
      edits: [
        {
          file: "accounts/prod/variables.tf",
          replace: 'default     = "platform@bank.example"',
          with: "default     = null",
        },
      ],
    },
    {
      title: "The address is not handed on",
      of: "startup",
      edits: [
        {
          file: "accounts/dev/main.baseline.tf",
          replace: / {2}alert_email +=.*\n/,
          with: "",
        },
      ],
    },
    {
      title: "A filter that no alert passes",
      of: "bank",
      edits: [
        {
          file: "modules/account-baseline/main.alerts.tf",
          replace: "  endpoint  = var.alert_email\n",
          with: '  endpoint  = var.alert_email\n\n  filter_policy = jsonencode({ urgent = ["yes"] })\n',
        },
      ],
    },
  ],
});
