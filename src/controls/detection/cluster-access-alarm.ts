import { control, terraform } from "../control.ts";
import { expectAlarm, missed } from "../evidence/alarm.ts";
import { data } from "../evidence/kubernetes.ts";

export default control({
  id: "detection.cluster-access-alarm",
  title: "A changed access entry of a cluster raises an alarm",
  why: "Making oneself an access entry is the one call that leads from IAM into a cluster as its administrator.",
  severity: "high",
  mapping: { nsaCisa: ["Audit logging and threat detection"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.accounts(subject))
        expectAlarm(probe, root, {
          name: "cluster access",
          source: "aws.eks",
          wrong: ({ detail, ...pattern }) =>
            missed(pattern, {
              source: ["aws.eks"],
              "detail-type": ["AWS API Call via CloudTrail"],
            }) ??
            missed(data(detail), {
              eventSource: ["eks.amazonaws.com"],
              eventName: [
                "AssociateAccessPolicy",
                "CreateAccessEntry",
                "DeleteAccessEntry",
                "DisassociateAccessPolicy",
                "UpdateAccessEntry",
              ],
            }),
        });
    }),
  ],
  fix: "Restore the rule for the five calls, and its target on the alert topic.",
  mutants: [
    {
      title: "Two calls are left out",
      edits: [
        {
          file: "modules/break-glass/main.alarms.tf",
          replace: '        "CreateAccessEntry",\n        "DeleteAccessEntry",\n',
          with: "",
        },
      ],
    },
    {
      title: "Disabled, with the older argument",
      edits: [
        {
          file: "modules/break-glass/main.alarms.tf",
          replace: '  description = "Access entries of an EKS cluster were changed"\n',
          with: '  description = "Access entries of an EKS cluster were changed"\n  is_enabled  = false\n',
        },
      ],
    },
    {
      title: "Calls of the console only",
      edits: [
        {
          file: "modules/break-glass/main.alarms.tf",
          replace: '      eventSource = ["eks.amazonaws.com"]\n',
          with: '      eventSource           = ["eks.amazonaws.com"]\n      sessionCredentialFromConsole = ["true"]\n',
        },
      ],
    },
    {
      title: "To a topic that is not of this repository",
      edits: [
        {
          file: "accounts/dev/main.break-glass.tf",
          replace: "module.baseline.alert_topic_arn",
          with: '"arn:aws:sns:us-east-1:${var.account_id}:ops"',
        },
      ],
    },
  ],
});
