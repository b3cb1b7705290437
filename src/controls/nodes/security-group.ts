import { control, terraform } from "../control.ts";
import { ofType } from "../evidence/probe.ts";
import { absent, shown } from "../evidence/require.ts";
import { blocksOf, placesOf, Reference, type Value } from "../evidence/value.ts";

const list = (value: Value | undefined): Value[] => (Array.isArray(value) ? value : []);

export default control({
  id: "nodes.security-group",
  title: "Nodes carry the security group of this repository and no other",
  why: "EKS would attach its cluster group, whose members reach each other and the control plane on every port; a second group adds its rules to those that were reviewed.",
  severity: "high",
  mapping: { nsaCisa: ["Network separation and hardening"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        const clusterGroups = ofType(root, "aws_eks_cluster")
          .flatMap((cluster) => blocksOf(cluster.get("vpc_config")))
          .flatMap((block) => list(block.security_group_ids))
          .flatMap((value) => (value instanceof Reference ? [value.resource.address] : []));
        for (const template of probe.some(root, "launch template", "aws_launch_template")) {
          probe.expect(template, "vpc_security_group_ids", absent);
          probe.expect(template, "security_group_names", absent);
          const interfaces = blocksOf(template.get("network_interfaces"));
          probe.that(
            interfaces.length < 2,
            template.placeOf("network_interfaces"),
            `${template.address}: it has ${interfaces.length} network_interfaces, EKS takes one`,
            root.path,
          );
          if (interfaces.length === 0)
            probe.wrong(
              template.place,
              `${template.address}: it has no network_interfaces, so EKS attaches the cluster's group`,
              root.path,
            );
          for (const block of interfaces) {
            const known = placesOf(block);
            // An interface of its own is in a subnet, with groups and addresses, that nothing here describes.
            for (const argument of ["subnet_id", "network_interface_id"])
              probe.expectIn(template, block, `network_interfaces.${argument}`, absent);
            const groups = list(block.security_groups);
            const [only] = groups;
            const place =
              known?.arguments.get("security_groups") ?? template.placeOf("network_interfaces");
            probe.that(
              groups.length === 1 &&
                only instanceof Reference &&
                only.resource.type === "aws_security_group" &&
                !clusterGroups.includes(only.resource.address),
              place,
              `${template.address}: network_interfaces.security_groups is ${shown(block.security_groups)}, it must be the nodes' aws_security_group of this repository alone`,
              root.path,
            );
          }
        }
      }
    }),
  ],
  fix: "Set security_groups of the launch template's network interface to the nodes' security group alone.",
  mutants: [
    {
      title: "A second interface, in a subnet of its own",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: "  network_interfaces {\n",
          with: '  network_interfaces {\n    device_index = 1\n    subnet_id    = "subnet-0123456789abcdef0"\n  }\n\n  network_interfaces {\n',
        },
      ],
    },
    {
      title: "No group is named",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: "    security_groups             = [var.security_group_id]\n",
          with: "",
        },
      ],
    },
    {
      title: "A second group beside ours",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: "[var.security_group_id]",
          with: '[var.security_group_id, "sg-0123456789abcdef0"]',
        },
      ],
    },
    {
      title: "EKS's cluster group in one environment",
      edits: [
        {
          file: "modules/cluster/outputs.tf",
          append:
            '\noutput "cluster_security_group_id" {\n  description = "Group that EKS makes."\n  value       = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id\n}\n',
        },
        {
          file: "environments/prod/main.nodes.tf",
          replace: "module.cluster.node_security_group_id",
          with: "module.cluster.cluster_security_group_id",
        },
      ],
    },
    {
      title: "The control plane's group",
      edits: [
        {
          file: "environments/prod/main.nodes.tf",
          replace: "module.cluster.node_security_group_id",
          with: "module.cluster.control_plane_security_group_id",
        },
      ],
    },
  ],
});
