import { control, terraform } from "../control.ts";

/** Whose address each root asks for before it plans: `detection.alert-subscriber`. */
const ASKED_FOR = ["aws_sns_topic_subscription"];

export default control({
  id: "operations.decided-by-text",
  title: "The text decides which resources there are: none depends on a variable that nobody sets",
  why: "A protection with count = var.strict ? 1 : 0 is there or not by a flag on somebody's command line, and no review sees which.",
  severity: "medium",
  mapping: {},
  evidence: [
    terraform((subject, probe) => {
      // A plan has decided.
      if (subject.from === "plan") return;
      for (const root of subject.roots)
        for (const resource of root.resources)
          if (resource.mode === "managed" && !ASKED_FOR.includes(resource.type))
            probe.exists(resource);
    }),
  ],
  fix: "Give the variable a default, or set it in a tfvars file of the repository.",
  mutants: (
    [
      [
        "The policy of the alert topic",
        "modules/account-baseline/main.alerts.tf",
        'resource "aws_sns_topic_policy" "alerts" {',
        "count = var.strict ? 1 : 0",
      ],
      [
        "The closed default security group",
        "modules/network/main.vpc.tf",
        'resource "aws_default_security_group" "closed" {',
        'for_each = toset(var.strict ? ["closed"] : [])',
      ],
      [
        "The guard of the pipeline",
        "modules/ci-identity/main.guard.tf",
        'resource "aws_iam_policy" "guard" {',
        "count = length(var.strict ? [1] : [])",
      ],
    ] as const
  ).map(([what, file, head, argument]) => ({
    title: `${what} depends on a variable without a default`,
    edits: [
      { file, replace: head, with: `${head}\n  ${argument}\n` },
      { file, append: '\nvariable "strict" {\n  type = bool\n}\n' },
    ],
  })),
});
