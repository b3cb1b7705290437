import { control } from "../control.ts";

export default control({
  id: "detection.alert-delivery",
  title: "Alerts arrive at people who act on them",
  why: "An address that never confirmed its subscription gets nothing, and no file shows that.",
  severity: "high",
  mapping: { nsaCisa: ["Audit logging and threat detection"] },
  look: "In each account, aws sns list-subscriptions-by-topic --topic-arn <output alert_topic_arn of accounts/<account>> must list a subscription with an ARN, not PendingConfirmation; then publish a test message and see that somebody on duty answers.",
});
