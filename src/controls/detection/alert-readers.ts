import { control, terraform } from "../control.ts";
import { isOwnAccount } from "../evidence/account.ts";
import { ofType } from "../evidence/probe.ts";
import { leavesOf, Reference, textOf } from "../evidence/value.ts";

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
        for (const subscription of ofType(root, "aws_sns_topic_subscription"))
          for (const endpoint of leavesOf(subscription.get("endpoint"))) {
            const text = textOf(endpoint) ?? "";
            const account = /^arn:[^:]+:[^:]+:[^:]*:([^:]+):/.exec(text)?.[1];
            probe.that(
              endpoint instanceof Reference ||
                text === subject.config?.contact ||
                text === "${var.alert_email}" ||
                (account !== undefined && isOwnAccount(root, account)),
              subscription.placeOf("endpoint"),
              `${subscription.address}: ${text} is neither the contact of hardened-eks.yaml nor of this account`,
              root.path,
            );
          }
      }
    }),
  ],
  fix: "Set contact in hardened-eks.yaml, or subscribe a queue or a function of the account.",
  mutants: [
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
