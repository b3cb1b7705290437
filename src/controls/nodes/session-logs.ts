import { control } from "../control.ts";

export default control({
  id: "nodes.session-logs",
  title: "What is typed in a session on a node is recorded",
  why: "CloudTrail names who opened an SSM session, and nothing of what was done in it.",
  severity: "low",
  mapping: { nsaCisa: ["Audit logging and threat detection"] },
  look: "aws ssm get-document --name SSM-SessionManagerRunShell in each account: cloudWatchLogGroupName or s3BucketName must be set, with encryption enabled; the document is the account's, not the cluster's.",
});
