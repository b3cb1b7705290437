import { control, terraform } from "../control.ts";
import { openChoices } from "../evidence/choices.ts";
import { showValue } from "../evidence/value.ts";

/** Whose address each root asks for before it plans: `detection.alert-subscriber`. */
const ASKED_FOR = ["aws_sns_topic_subscription"];

export default control({
  id: "operations.decided-by-text",
  title:
    "The text decides what there is and how it is set: nothing depends on a switch that nobody sets",
  why: "A protection with count = var.strict ? 1 : 0, or a condition that is null without it, is there or not by a flag on somebody's command line, and no review sees which.",
  severity: "medium",
  mapping: {},
  evidence: [
    terraform((subject, probe) => {
      // A plan has decided.
      if (subject.from === "plan") return;
      for (const root of subject.roots)
        for (const resource of [...root.resources, ...root.settings]) {
          if (ASKED_FOR.includes(resource.type)) continue;
          if (resource.mode === "managed") probe.exists(resource);
          for (const name of resource.names()) {
            const [choice] = openChoices(resource.get(name));
            if (choice !== undefined)
              probe.unresolved(
                resource.placeOf(name),
                `${resource.address}: ${name} depends on a choice that nobody makes in the text: ${showValue(choice)} (${choice.why})`,
                root.path,
              );
          }
        }
    }),
  ],
  fix: "Give the variable a default, or set it in a tfvars file of the repository.",
  mutants: (
    [
      [
        "The policy of the alert topic",
        "modules/account-baseline/main.alerts.tf",
        'resource "aws_sns_topic_policy" "alerts" {',
        'resource "aws_sns_topic_policy" "alerts" {\n  count = var.strict ? 1 : 0\n',
      ],
      [
        "The closed default security group",
        "modules/network/main.vpc.tf",
        'resource "aws_default_security_group" "closed" {',
        'resource "aws_default_security_group" "closed" {\n  for_each = toset(var.strict ? ["closed"] : [])\n',
      ],
      [
        "The guard of the pipeline",
        "modules/ci-identity/main.guard.tf",
        'resource "aws_iam_policy" "guard" {',
        'resource "aws_iam_policy" "guard" {\n  count = length(var.strict ? [1] : [])\n',
      ],
      [
        "The group of the control plane",
        "modules/cluster/main.cluster.tf",
        "[aws_security_group.control_plane.id]",
        "var.strict ? [aws_security_group.control_plane.id] : null",
      ],
      [
        "What the pipeline gets as its guard",
        "modules/ci-identity/main.roles.tf",
        "    guard    = aws_iam_policy.guard.arn\n",
        "    guard    = var.strict ? aws_iam_policy.guard.arn : aws_iam_policy.read.arn\n",
      ],
    ] as const
  ).map(([what, file, replace, text]) => ({
    title: `${what} depends on a variable without a default`,
    edits: [
      { file, replace, with: text },
      { file, append: '\nvariable "strict" {\n  type = bool\n}\n' },
    ],
  })),
});
