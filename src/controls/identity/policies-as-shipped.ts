import { control, files } from "../control.ts";
import { terraformFiles } from "../evidence/hcl.ts";
import { once } from "../evidence/once.ts";
import { expectSame } from "../evidence/shipped.ts";
import { GUARDED, guardedModules } from "../evidence/shipped-blocks.ts";

/** Two of one name are one in AWS: the later one is in force. */
const OVERWRITE = new Set(["aws_cloudwatch_event_rule", "aws_iam_role_policy"]);

/** What follows the repository's name in names that these modules give. */
const namesOf = once((subject): string[] =>
  [...subject.shipped()]
    .filter(([path]) => GUARDED.test(path))
    .flatMap(([, text]) => [...text.matchAll(/"\$\{var\.name\}(-[\w-]+)"/g)])
    .map(([, end = ""]) => end),
);

export default control({
  id: "identity.policies-as-shipped",
  title:
    "Who may use keys, topics, logs and the emergency, and which events are heard, is said as this version says it",
  why: "A refusal that a service meets, a condition that it does not fill in, or a path in a name stops alarms, flow logs and audit logs, and nothing fails: there is only silence where somebody should have heard.",
  severity: "medium",
  mapping: {},
  evidence: [
    files((subject, probe) => {
      probe.checked += [...subject.shipped().keys()].filter((path) => GUARDED.test(path)).length;
      for (const { folder, wanted, found } of guardedModules(subject)) {
        for (const [name, { text, place }] of wanted) {
          const part = found.get(name);
          const isLocals = name === "locals";
          const isSame = part?.text === text || (isLocals && part?.text.includes(text) === true);
          expectSame(
            probe,
            place.file,
            isSame
              ? undefined
              : {
                  place: part?.place ?? { file: place.file, line: 1 },
                  message: `${folder}: ${name} is not what this version writes`,
                },
            name,
          );
        }
        for (const [name, { place }] of found) {
          const [, type = ""] = name.split(".");
          if (OVERWRITE.has(type) && !wanted.has(name))
            probe.wrong(
              place,
              `${folder}: ${name} may stand in place of one that this version writes`,
              name,
            );
        }
      }
      // From another root of the same account a rule of this name is the same rule.
      for (const { path, blocks } of terraformFiles(subject))
        for (const { labels, place, lines } of blocks) {
          if (labels[0] !== "aws_cloudwatch_event_rule" || GUARDED.test(path)) continue;
          const ends = namesOf(subject);
          const name = lines().find(({ text }) => /^\s*name\s*=/.test(text))?.text ?? "";
          probe.that(
            !ends.some((end) => name.includes(`${end}"`)),
            place,
            `${labels.join(".")} may stand in place of a rule that this version writes: ${name.trim()}`,
          );
        }
    }),
  ],
  fix: "Bring the file back with create-hardened-eks check --fix, or upgrade first where another version wrote it. What you add of your own belongs in a module of its own.",
  mutants: [
    {
      title: "A refusal that the service meets",
      edits: [
        {
          file: "modules/account-baseline/main.alerts.tf",
          replace: /data "aws_iam_policy_document" "\w+" \{\n/,
          with: '$&  statement {\n    sid       = "OnlyThisAccount"\n    effect    = "Deny"\n    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]\n    resources = ["*"]\n\n    principals {\n      type        = "*"\n      identifiers = ["*"]\n    }\n\n    condition {\n      test     = "StringNotEquals"\n      variable = "aws:PrincipalAccount"\n      values   = [var.account_id]\n    }\n  }\n\n',
        },
      ],
    },
    {
      title: "Roles with a path, which no rule hears of",
      edits: [
        {
          file: "modules/break-glass/main.role.tf",
          replace: /(resource "aws_iam_role" "\w+" \{\n)/,
          with: '$1  path = "/emergency/"\n',
        },
      ],
    },
    {
      title: "The same rule again, disabled",
      edits: [
        {
          file: "modules/break-glass/main.alarms.tf",
          append:
            '\nresource "aws_cloudwatch_event_rule" "again" {\n  name          = "${var.name}-break-glass-assumed"\n  state         = "DISABLED"\n  event_pattern = jsonencode({ source = ["aws.sts"] })\n}\n',
        },
      ],
    },
    {
      title: "The same rule again, from another root",
      edits: [
        {
          file: "environments/prod/main.nodes.tf",
          append:
            '\nresource "aws_cloudwatch_event_rule" "findings" {\n  name          = "acme-platform-guardduty-findings"\n  event_pattern = jsonencode({ source = ["aws.guardduty"], detail = { severity = [10] } })\n}\n',
        },
      ],
    },
    {
      title: "Streams that the role may not write to",
      edits: [
        {
          file: "modules/flow-logs/main.role.tf",
          replace: "aws_cloudwatch_log_group.this.arn}:*",
          with: "aws_cloudwatch_log_group.this.arn}/*",
        },
      ],
    },
    {
      title: "Administrators for a month",
      edits: [
        {
          file: "modules/keys/main.administration.tf",
          replace: /(\n {2}statement \{\n)/,
          with: '$1    condition {\n      test     = "DateLessThan"\n      variable = "aws:CurrentTime"\n      values   = ["2026-12-31T00:00:00Z"]\n    }\n\n',
        },
      ],
    },
  ],
});
