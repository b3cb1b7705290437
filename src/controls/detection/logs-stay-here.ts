import { control, terraform } from "../control.ts";
import { isForAnyone, policyOf } from "../evidence/policy.ts";
import { ofType } from "../evidence/probe.ts";
import { refersTo } from "../evidence/require.ts";

export default control({
  id: "detection.logs-stay-here",
  title: "Logs go nowhere that this repository does not make, and only AWS's services write them",
  why: "The audit log names every secret that was read and who read it; a copy in a stranger's account cannot be called back, and whoever may write into the log can bury in it what he did.",
  severity: "high",
  mapping: { nsaCisa: ["Audit logging and threat detection"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of subject.roots) {
        probe.none(
          root,
          "one policy for the logs of the whole account",
          "aws_cloudwatch_log_account_policy",
        );
        probe.none(
          root,
          "it lets others put events on the bus that the alarms come from",
          "aws_cloudwatch_event_bus_policy",
          "aws_cloudwatch_event_permission",
        );
        for (const filter of ofType(root, "aws_cloudwatch_log_subscription_filter"))
          probe.expect(
            filter,
            "destination_arn",
            refersTo(
              "aws_kinesis_firehose_delivery_stream",
              "aws_kinesis_stream",
              "aws_lambda_function",
            ),
          );
        for (const resource of ofType(root, "aws_cloudwatch_log_resource_policy")) {
          const place = resource.placeOf("policy_document");
          const policy = policyOf(resource, "policy_document");
          if ("unresolved" in policy) {
            probe.unresolved(place, `${resource.address}: ${policy.unresolved}`, root.path);
            continue;
          }
          for (const statement of policy.statements)
            probe.that(
              statement.effect === "Deny" ||
                (!isForAnyone(statement) &&
                  statement.principals.every(({ type }) => type === "Service")),
              statement.placeOf("principals"),
              `${resource.address} lets others than services of AWS at the logs`,
              root.path,
            );
        }
      }
    }),
  ],
  fix: "Send logs to a stream or function of this repository, and name services alone as principals.",
  mutants: [
    {
      title: "A copy of the audit log in another account",
      edits: [
        {
          file: "modules/cluster/main.logs.tf",
          append:
            '\nresource "aws_cloudwatch_log_subscription_filter" "copy" {\n  name            = "copy"\n  log_group_name  = aws_cloudwatch_log_group.control_plane.name\n  filter_pattern  = ""\n  destination_arn = "arn:aws:logs:us-east-1:999999999999:destination:siem"\n}\n',
        },
      ],
    },
    {
      title: "Everybody writes",
      edits: [
        {
          file: "accounts/prod/main.baseline.tf",
          append:
            '\nresource "aws_cloudwatch_log_resource_policy" "open" {\n  policy_name     = "open"\n  policy_document = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "logs:*", Resource = "*" }] })\n}\n',
        },
      ],
    },
    {
      title: "Everybody's events",
      edits: [
        {
          file: "accounts/prod/main.baseline.tf",
          append:
            '\nresource "aws_cloudwatch_event_permission" "open" {\n  principal    = "*"\n  statement_id = "open"\n}\n',
        },
      ],
    },
    {
      title: "All logs of the account",
      edits: [
        {
          file: "accounts/dev/main.baseline.tf",
          append:
            '\nresource "aws_cloudwatch_log_account_policy" "all" {\n  policy_name     = "all"\n  policy_type     = "SUBSCRIPTION_FILTER_POLICY"\n  policy_document = jsonencode({ DestinationArn = "arn:aws:lambda:us-east-1:999999999999:function:read", FilterPattern = "" })\n}\n',
        },
      ],
    },
  ],
});
