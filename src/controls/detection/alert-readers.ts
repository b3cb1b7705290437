import { control, terraform } from "../control.ts";
import { isOwnAccount } from "../evidence/account.ts";
import { ofType } from "../evidence/probe.ts";
import { absent } from "../evidence/require.ts";
import { leavesOf, Reference, textOf, textsOf } from "../evidence/value.ts";

export default control({
  id: "detection.alert-readers",
  title: "Alerts go to the contact of the answers and to what the account owns",
  why: "An alert says where the defence is thin and what it has noticed: whoever reads along knows how long he has.",
  severity: "medium",
  mapping: { nsaCisa: ["Audit logging and threat detection"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of subject.roots) {
        probe.checked += 1;
        const subscriptions = ofType(root, "aws_sns_topic_subscription");
        // Null is an answer: something else subscribes. An address that is asked for has to be used.
        const asked = root.settings.filter((call) => call.names().includes("alert_email"));
        for (const call of asked)
          probe.that(
            call.get("alert_email") === null || subscriptions.length > 0,
            call.placeOf("alert_email"),
            `${root.path}: nothing subscribes the address that it asks for`,
            root.path,
          );
        // Where the answers name nobody, the root asks: whom it is given is who is meant.
        const given = asked.flatMap((call) => textsOf(call.get("alert_email")));
        for (const subscription of subscriptions) {
          // A filter drops messages before anybody sees them.
          probe.that(
            absent.test(subscription.get("filter_policy")) === true,
            subscription.placeOf("filter_policy"),
            `${subscription.address}: it passes on what its filter_policy lets through`,
            root.path,
          );
          for (const endpoint of leavesOf(subscription.get("endpoint"))) {
            const text = textOf(endpoint) ?? "";
            const account = /^arn:[^:]+:[^:]+:[^:]*:([^:]+):/.exec(text)?.[1];
            probe.that(
              endpoint instanceof Reference ||
                text === subject.config?.contact ||
                (subject.config?.contact === undefined && given.includes(text)) ||
                (account !== undefined && isOwnAccount(root, account)),
              subscription.placeOf("endpoint"),
              `${subscription.address}: ${text} is neither the contact of hardened-eks.yaml nor of this account`,
              root.path,
            );
          }
        }
      }
    }),
  ],
  fix: "Set contact in hardened-eks.yaml, or subscribe a queue or a function of the account.",
  mutants: [
    {
      title: "The address is asked for and left out",
      edits: [
        {
          file: "modules/account-baseline/main.alerts.tf",
          replace: "count = var.alert_email == null ? 0 : 1",
          with: "count = 0",
        },
      ],
    },
    {
      title: "Some alerts only",
      edits: [
        {
          file: "modules/account-baseline/main.alerts.tf",
          replace: "  endpoint  = var.alert_email\n",
          with: '  endpoint  = var.alert_email\n\n  filter_policy = jsonencode({ level = ["critical"] })\n',
        },
      ],
    },
    {
      title: "A page on the internet",
      edits: [
        {
          file: "modules/account-baseline/main.alerts.tf",
          append:
            '\nresource "aws_sns_topic_subscription" "hook" {\n  topic_arn = aws_sns_topic.alerts.arn\n  protocol  = "https"\n  endpoint  = "https://hooks.example/alerts"\n}\n',
        },
      ],
    },
    {
      title: "A queue of another account",
      of: "bank",
      edits: [
        {
          file: "accounts/prod/main.baseline.tf",
          append:
            '\nresource "aws_sns_topic_subscription" "copy" {\n  topic_arn = module.baseline.alert_topic_arn\n  protocol  = "sqs"\n  endpoint  = "arn:aws:sqs:eu-central-1:999999999999:alerts"\n}\n',
        },
      ],
    },
  ],
});
