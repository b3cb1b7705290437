import { control, terraform } from "../control.ts";
import { answersOf } from "../evidence/nodes.ts";
import { ofType } from "../evidence/probe.ts";
import { absent, matches } from "../evidence/require.ts";
import { textsOf } from "../evidence/value.ts";

const PREFIX = { bottlerocket: "BOTTLEROCKET_", al2023: "AL2023_" } as const;

export default control({
  id: "nodes.image-type",
  title: "Nodes run AWS's image of Bottlerocket or Amazon Linux 2023, the one that was chosen",
  why: "An image of one's own has no patches but those that somebody builds, and the hardening of the user data is written for these two systems.",
  severity: "high",
  mapping: {
    nsaCisa: ["Upgrading and application security practices"],
    trivy: ["AWS-0344"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        for (const group of probe.some(root, "managed node group", "aws_eks_node_group")) {
          const chosen = answersOf(subject.config, root, group)?.os;
          probe.expect(
            group,
            "ami_type",
            chosen === undefined
              ? matches(/^(BOTTLEROCKET|AL2023)_/, "be a type of Bottlerocket or Amazon Linux 2023")
              : matches(
                  new RegExp(`^${PREFIX[chosen]}`),
                  `begin with ${PREFIX[chosen]}, as hardened-eks.yaml says ${chosen}`,
                ),
          );
        }
        // With an image id the group's type no longer counts.
        for (const template of ofType(root, "aws_launch_template"))
          probe.expect(template, "image_id", absent);
        for (const image of root.resources.filter(
          ({ mode, type }) => mode === "data" && type === "aws_ami",
        )) {
          const owners = textsOf(image.get("owners"));
          probe.that(
            owners.length > 0 && owners.every((owner) => /^(amazon|self|\d{12})$/.test(owner)),
            image.placeOf("owners"),
            `${image.address}: owners is ${owners.join(", ") || "not set"}, so anyone's image of that name is taken`,
            root.path,
          );
        }
      }
    }),
  ],
  fix: "Take an ami_type of Bottlerocket or AL2023 in the node group, and remove image_id from the launch template.",
  mutants: [
    {
      title: "Another operating system than the one that was chosen",
      edits: [
        {
          file: "environments/prod/main.nodes.tf",
          replace: '"BOTTLEROCKET_x86_64"',
          with: '"AL2023_x86_64_STANDARD"',
        },
      ],
    },
    {
      title: "The end-of-life Amazon Linux 2",
      of: "startup",
      edits: [
        {
          file: "environments/prod/main.nodes.tf",
          replace: '"AL2023_ARM_64_STANDARD"',
          with: '"AL2_ARM_64"',
        },
        {
          file: "modules/nodes/variables.tf",
          replace: '"AL2023_ARM_64_STANDARD"',
          with: '"AL2_ARM_64", "AL2023_ARM_64_STANDARD"',
        },
      ],
    },
    {
      title: "An image found by its name alone",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: "  ebs_optimized = true\n",
          with: "  ebs_optimized = true\n  image_id      = data.aws_ami.node.id\n",
        },
        {
          file: "modules/nodes/main.launch-templates.tf",
          append:
            '\ndata "aws_ami" "node" {\n  most_recent = true\n\n  filter {\n    name   = "name"\n    values = ["bottlerocket-aws-k8s-*"]\n  }\n}\n',
        },
        {
          file: "modules/nodes/main.node-groups.tf",
          replace: "  ami_type        = each.value.ami_type\n",
          with: "",
        },
      ],
    },
  ],
});
