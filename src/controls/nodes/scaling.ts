import { isProduction } from "../../options/defaults.ts";
import { control, terraform } from "../control.ts";
import { answersOf } from "../evidence/nodes.ts";
import { atLeast, atMost } from "../evidence/require.ts";

/** For a group that hardened-eks.yaml does not name. */
const MOST = 10;

export default control({
  id: "nodes.scaling",
  title:
    "Node groups have the least and the most nodes that were answered, and production starts from two",
  why: "With one node its failure is the failure of everything; without a ceiling a stolen token buys machines until somebody reads the bill.",
  severity: "low",
  mapping: {},
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        for (const group of probe.some(root, "managed node group", "aws_eks_node_group")) {
          const answers = answersOf(subject.config, root, group);
          const least = answers?.min ?? (isProduction(root.name) ? 2 : 1);
          probe.expect(group, "scaling_config.min_size", atLeast(least));
          probe.expect(group, "scaling_config.desired_size", atLeast(least));
          probe.expect(group, "scaling_config.max_size", atMost(answers?.max ?? MOST));
        }
    }),
  ],
  fix: "Set min_size and max_size of the group as hardened-eks.yaml says, or change the answer there.",
  mutants: [
    {
      title: "One node in production",
      edits: [
        {
          file: "environments/prod/main.nodes.tf",
          replace: "min_size       = 2",
          with: "min_size       = 1",
        },
      ],
    },
    {
      title: "No ceiling to speak of",
      edits: [
        {
          file: "environments/prod/main.nodes.tf",
          replace: "max_size       = 10",
          with: "max_size       = 450",
        },
      ],
    },
    {
      title: "The module ignores the least size",
      edits: [
        {
          file: "modules/nodes/main.node-groups.tf",
          replace: "min_size     = each.value.min_size",
          with: "min_size     = 0",
        },
      ],
    },
    {
      title: "A further group with one node",
      edits: [
        {
          file: "environments/prod/main.nodes.tf",
          replace: "      disk_size_gib  = 100\n    }\n",
          with: '      disk_size_gib  = 100\n    }\n    extra = {\n      ami_type       = "BOTTLEROCKET_x86_64"\n      instance_types = ["m7i.large"]\n      min_size       = 1\n      desired_size   = 1\n      max_size       = 3\n    }\n',
        },
      ],
    },
  ],
});
