import { control, terraform } from "../control.ts";
import { eachAllowed, labelOf, placeOfCondition } from "../evidence/iam.ts";
import { allows, exactly } from "../evidence/policy.ts";

/** Services that the repository hands roles to. */
const SERVICES =
  /^(ec2\.[a-z0-9.]+|eks\.amazonaws\.com|pods\.eks\.amazonaws\.com|vpc-flow-logs\.amazonaws\.com)$/;

export default control({
  id: "identity.pass-role",
  title: "iam:PassRole is limited to roles of the project and to the services that they are for",
  why: "Whoever may pass any role starts an instance or a function with the strongest one of the account and has it.",
  severity: "critical",
  mapping: {
    nsaCisa: ["Authentication and authorization"],
    trivy: ["AWS-0342"],
  },
  evidence: [
    terraform((subject, probe) => {
      const project = subject.config?.name;
      for (const root of subject.roots)
        eachAllowed(probe, root, (statement) => {
          if (!allows(statement, "iam:PassRole")) {
            probe.that(true, statement.place, "");
            return;
          }
          const what = `${labelOf(statement)} passes`;
          probe.that(
            statement.notResources.length === 0 &&
              statement.resources.every((resource) =>
                project === undefined
                  ? /:role\/[\w+=,.@/-]+/.test(resource)
                  : resource.includes(`:role/${project}-`),
              ),
            statement.placeOf("resources"),
            `${what} ${statement.resources.join(", ") || "roles by their absence"}, it must be roles of ${project ?? "the project"}`,
            root.path,
          );
          const services = exactly(statement, "iam:PassedToService");
          probe.that(
            services !== undefined &&
              services.length > 0 &&
              services.every((service) => SERVICES.test(service)),
            placeOfCondition(statement, "iam:PassedToService"),
            `${what} roles to ${services?.join(", ") ?? "any service (no StringEquals on iam:PassedToService)"}, it must be EC2, EKS, EKS Pod Identity or VPC flow logs`,
            root.path,
          );
        });
    }),
  ],
  fix: "Name the roles by the project's prefix and the services by StringEquals iam:PassedToService.",
  mutants: [
    {
      title: "Any role of the account",
      edits: [
        {
          file: "modules/ci-identity/main.write.tf",
          replace:
            '    actions   = ["iam:PassRole"]\n    resources = ["arn:${var.partition}:iam::${var.account_id}:role/${var.name}-*"]',
          with: '    actions   = ["iam:PassRole"]\n    resources = ["arn:${var.partition}:iam::${var.account_id}:role/*"]',
        },
      ],
    },
    {
      title: "To any service",
      edits: [
        {
          file: "modules/ci-identity/main.write.tf",
          replace:
            / {4}condition \{\n {6}test {5}= "StringEquals"\n {6}variable = "iam:PassedToService"\n[\s\S]*?\n {4}\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "To Lambda as well",
      of: "bank",
      edits: [
        {
          file: "modules/ci-identity/main.write.tf",
          replace: '        "pods.eks.amazonaws.com",\n',
          with: '        "lambda.amazonaws.com",\n        "pods.eks.amazonaws.com",\n',
        },
      ],
    },
    {
      title: "By the break-glass role, with a wildcard in the action",
      of: "startup",
      edits: [
        {
          file: "modules/break-glass/main.role.tf",
          replace: '      "ec2:DescribeInstances",',
          with: '      "ec2:DescribeInstances",\n      "iam:Pass*",',
        },
      ],
    },
  ],
});
