import { control } from "../control.ts";

export default control({
  id: "detection.management-events",
  title: "A CloudTrail trail records the management events of every account",
  why: "EventBridge hears of AssumeRole and of changed access entries from CloudTrail only; without a trail the alarms are silent.",
  severity: "high",
  mapping: { nsaCisa: ["Audit logging and threat detection"] },
  look: "In each account, aws cloudtrail describe-trails and aws cloudtrail get-event-selectors --trail-name <trail> must show a trail, the account's or the organisation's, with IncludeManagementEvents true and ReadWriteType All; aws cloudtrail get-trail-status must say IsLogging true.",
});
