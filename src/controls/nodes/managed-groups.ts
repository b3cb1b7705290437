import { control, terraform } from "../control.ts";
import { SELF_MANAGED } from "../evidence/nodes.ts";
import { ofType } from "../evidence/probe.ts";
import { absent, is, orAbsent, refersTo } from "../evidence/require.ts";
import { blocksOf } from "../evidence/value.ts";

export default control({
  id: "nodes.managed-groups",
  title: "Instances come from managed node groups, in the newest version of their launch template",
  why: "EKS drains and replaces only what it manages; an instance beside it keeps its old image, and an old template version keeps the old settings whatever the file says.",
  severity: "medium",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        for (const group of probe.some(root, "managed node group", "aws_eks_node_group")) {
          probe.expect(group, "launch_template.id", refersTo("aws_launch_template"));
          probe.expect(group, "launch_template.version", {
            words: "be the template's latest_version",
            test: (value) => {
              const verdict = refersTo("aws_launch_template").test(value);
              return verdict === true ? String(value).endsWith(".latest_version}") : verdict;
            },
          });
        }
        // Nodes of EKS Auto Mode, hybrid nodes and Fargate know nothing of a launch template.
        for (const cluster of ofType(root, "aws_eks_cluster")) {
          for (const block of blocksOf(cluster.get("compute_config")))
            probe.expectIn(cluster, block, "compute_config.enabled", orAbsent(is(false)));
          probe.expect(cluster, "remote_network_config", absent);
        }
        probe.none(
          root,
          "its pods run on nodes that no launch template describes",
          "aws_eks_fargate_profile",
        );
        probe.none(root, "it starts instances that EKS does not manage", ...SELF_MANAGED);
      }
    }),
  ],
  fix: "Turn self-managed instances into a group in environments/<name>/main.nodes.tf, and set launch_template.version to latest_version.",
  mutants: [
    {
      title: "The group stays on the first version of its template",
      edits: [
        {
          file: "modules/nodes/main.node-groups.tf",
          replace: "version = aws_launch_template.node[each.key].latest_version",
          with: 'version = "1"',
        },
      ],
    },
    {
      title: "A self-managed Auto Scaling group beside the managed ones",
      edits: [
        {
          file: "modules/nodes/main.batch.tf",
          create:
            'resource "aws_autoscaling_group" "batch" {\n  name_prefix         = "batch-"\n  min_size            = 0\n  max_size            = 5\n  vpc_zone_identifier = var.subnet_ids\n\n  launch_template {\n    id      = aws_launch_template.node["default"].id\n    version = aws_launch_template.node["default"].latest_version\n  }\n}\n',
        },
      ],
    },
    {
      title: "EKS Auto Mode",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "  upgrade_policy {\n",
          with: '  compute_config {\n    enabled       = true\n    node_pools    = ["general-purpose"]\n    node_role_arn = aws_iam_role.cluster.arn\n  }\n\n  upgrade_policy {\n',
        },
      ],
    },
    {
      title: "Nodes of an office",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "  upgrade_policy {\n",
          with: '  remote_network_config {\n    remote_node_networks {\n      cidrs = ["192.168.0.0/16"]\n    }\n  }\n\n  upgrade_policy {\n',
        },
      ],
    },
    {
      title: "Fargate",
      edits: [
        {
          file: "modules/cluster/main.role.tf",
          append:
            '\nresource "aws_eks_fargate_profile" "all" {\n  cluster_name           = aws_eks_cluster.this.name\n  fargate_profile_name   = "all"\n  pod_execution_role_arn = aws_iam_role.cluster.arn\n  subnet_ids             = var.control_plane_subnet_ids\n\n  selector {\n    namespace = "*"\n  }\n}\n',
        },
      ],
    },
    {
      title: "A bastion in one environment",
      edits: [
        {
          file: "environments/prod/main.bastion.tf",
          create:
            'resource "aws_instance" "bastion" {\n  ami           = "ami-0123456789abcdef0"\n  instance_type = "t3.micro"\n  subnet_id     = module.network.private_subnet_ids[0]\n}\n',
        },
      ],
    },
  ],
});
