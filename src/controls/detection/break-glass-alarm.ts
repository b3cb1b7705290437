import { control, terraform } from "../control.ts";
import { expectAlarm, listOf, missed } from "../evidence/alarm.ts";
import { data, strings } from "../evidence/kubernetes.ts";
import { policyOf } from "../evidence/policy.ts";
import { ofType } from "../evidence/probe.ts";
import type { TerraformRoot } from "../evidence/subject.ts";
import { textOf } from "../evidence/value.ts";

/** Names of the account's roles that people, not services, may assume. */
const rolesOfPeople = (root: TerraformRoot): string[] =>
  ofType(root, "aws_iam_role").flatMap((role) => {
    const policy = policyOf(role, "assume_role_policy");
    const isForPeople =
      "unresolved" in policy ||
      policy.statements.some(({ principals }) => principals.some(({ type }) => type !== "Service"));
    return isForPeople ? [textOf(role.get("name")) ?? role.address] : [];
  });

const ARN = /^arn:[^:]+:iam::(?:\d{12}|\$\{var\.account_id\}):role\/(?:.*\/)?([^/*?]+)$/;

export default control({
  id: "detection.break-glass-alarm",
  title: "Whoever assumes the break-glass role raises an alarm",
  why: "The role gets its holder into every cluster of the account past the pipeline; unseen, it is the intruder's way too.",
  severity: "high",
  mapping: { nsaCisa: ["Audit logging and threat detection"] },
  evidence: [
    terraform((subject, probe) => {
      const told = subject.config === undefined ? [] : [`${subject.config.name}-break-glass`];
      for (const root of probe.accounts(subject)) {
        const roles = [...new Set([...told, ...rolesOfPeople(root)])];
        expectAlarm(probe, root, {
          name: "break-glass",
          source: "aws.sts",
          // CloudTrail marks AssumeRole as read-only, which plain ENABLED leaves out.
          state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
          wrong: ({ detail, ...pattern }) => {
            const { requestParameters, ...further } = data(detail);
            const { roleArn, ...rest } = data(requestParameters);
            const names = strings(listOf(roleArn)).map((arn) => ARN.exec(arn)?.[1]);
            const unseen = roles.filter((role) => !names.includes(role));
            if (roleArn !== undefined && unseen.length > 0)
              return `the pattern does not name the role ${unseen.join(", ")} of this account`;
            const [other] = Object.keys(rest);
            return other === undefined
              ? (missed(pattern, {
                  source: ["aws.sts"],
                  "detail-type": ["AWS API Call via CloudTrail"],
                }) ??
                  missed(further, {
                    eventSource: ["sts.amazonaws.com"],
                    eventName: ["AssumeRole"],
                  }))
              : `the pattern also asks for requestParameters.${other}`;
          },
        });
      }
    }),
  ],
  fix: "Restore the rule, its state, its target and the role's name of the break-glass module.",
  mutants: [
    {
      title: "A state that does not see AssumeRole",
      edits: [
        {
          file: "modules/break-glass/main.alarms.tf",
          replace: 'state = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"',
          with: 'state = "ENABLED"',
        },
      ],
    },
    {
      title: "The role has another name than the alarm",
      edits: [
        {
          file: "modules/break-glass/main.role.tf",
          replace: '"${var.name}-break-glass"',
          with: '"${var.name}-emergency"',
        },
        {
          file: "accounts/prod/terraform.tfvars",
          create: 'break_glass_user_arns = ["arn:aws:iam::111122223333:user/on-call"]\n',
        },
      ],
    },
    {
      title: "The alarm's role is another one",
      edits: [
        {
          file: "modules/break-glass/main.alarms.tf",
          replace: ":role/${var.name}-break-glass",
          with: ":role/break-glass/${var.name}",
        },
      ],
    },
    {
      title: "The target's rule is another one",
      edits: [
        {
          file: "modules/break-glass/main.alarms.tf",
          replace: "rule      = aws_cloudwatch_event_rule.assumed.name",
          with: "rule      = aws_cloudwatch_event_rule.cluster_access.name",
        },
      ],
    },
    {
      title: "One account without break glass",
      of: "bank",
      edits: [
        { file: "accounts/stage/main.break-glass.tf", remove: true },
        {
          file: "accounts/stage/outputs.tf",
          replace: "module.break_glass.role_arn",
          with: "null",
        },
      ],
    },
  ],
});
