import { control, terraform } from "../control.ts";
import { clustersOf } from "../evidence/cluster.ts";
import { resourceOf } from "../evidence/link.ts";
import { ofType } from "../evidence/probe.ts";
import { isWorld, rulesOf } from "../evidence/traffic.ts";
import { blocksOf, leavesOf, placesOf, showValue } from "../evidence/value.ts";

export default control({
  id: "control-plane.security-group",
  title:
    "The control plane has a security group of its own, which lets in HTTPS and nothing from the world",
  why: "With the nodes' or the VPC's default group every pod and instance in it reaches the control plane's interfaces on every port.",
  severity: "medium",
  mapping: { nsaCisa: ["Network separation and hardening"] },
  evidence: [
    terraform((subject, probe) => {
      for (const { root, cluster } of clustersOf(probe, subject)) {
        const onNodes = ofType(root, "aws_launch_template", "aws_instance").flatMap((one) => [
          ...leavesOf(one.get("vpc_security_group_ids")),
          ...blocksOf(one.get("network_interfaces")).flatMap((each) =>
            leavesOf(each.security_groups),
          ),
        ]);
        const taken = new Set(onNodes.map((value) => resourceOf(value, "aws_security_group")));
        for (const block of blocksOf(cluster.get("vpc_config"))) {
          const place = placesOf(block)?.arguments.get("security_group_ids") ?? cluster.place;
          const values = leavesOf(block.security_group_ids);
          probe.that(
            values.length > 0,
            place,
            `${cluster.address}: security_group_ids is not set`,
            root.path,
          );
          for (const value of values) {
            const group = resourceOf(value, "aws_security_group");
            if (group === undefined) {
              probe.unresolved(
                place,
                `${cluster.address}: ${showValue(value)} is no security group of this repository`,
                root.path,
              );
              continue;
            }
            const isOwn = probe.that(
              !taken.has(group),
              place,
              `${cluster.address}: ${group.address} is the nodes' group too`,
              root.path,
            );
            if (!isOwn) continue;
            for (const rule of rulesOf(root)) {
              const isOurs =
                rule.resource === group || resourceOf(rule.group, "aws_security_group") === group;
              if (rule.direction !== "in" || !isOurs) continue;
              const unknown = rule.ranges.find((range) => range.includes("${"));
              if (unknown !== undefined)
                probe.unresolved(
                  rule.place,
                  `${rule.resource.address} lets ${unknown} in, which cannot be resolved from the text`,
                  root.path,
                );
              const ports = rule.protocol === "tcp" && rule.from === 443 && rule.to === 443;
              probe.that(
                ports && !rule.ranges.some(isWorld),
                rule.place,
                ports
                  ? `${rule.resource.address} lets ${rule.ranges.join(", ")} reach the control plane`
                  : `${rule.resource.address} opens more than TCP 443 of the control plane`,
                root.path,
              );
            }
          }
        }
      }
    }),
  ],
  fix: "Give the cluster aws_security_group.control_plane, and each caller a rule for TCP 443 by its group.",
  mutants: [
    {
      title: "The nodes' group on the control plane",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "[aws_security_group.control_plane.id]",
          with: "[aws_security_group.control_plane.id, aws_security_group.nodes.id]",
        },
      ],
    },
    {
      title: "No group: EKS's own one alone",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "    security_group_ids      = [aws_security_group.control_plane.id]\n",
          with: "",
        },
      ],
    },
    {
      title: "The world on 443, in the older way to write it",
      edits: [
        {
          file: "environments/prod/main.vpn.tf",
          create:
            'resource "aws_security_group_rule" "vpn" {\n  type              = "ingress"\n  security_group_id = module.cluster.control_plane_security_group_id\n  description       = "VPN"\n  cidr_blocks       = ["0.0.0.0/0"]\n  protocol          = "tcp"\n  from_port         = 443\n  to_port           = 443\n}\n',
        },
      ],
    },
    {
      title: "The nodes on every port",
      edits: [
        {
          file: "modules/cluster/main.security-groups.tf",
          replace:
            '  description                  = "Kubernetes API from the nodes"\n  referenced_security_group_id = aws_security_group.nodes.id\n  ip_protocol                  = "tcp"\n  from_port                    = 443\n  to_port                      = 443\n',
          with: '  description                  = "Kubernetes API from the nodes"\n  referenced_security_group_id = aws_security_group.nodes.id\n  ip_protocol                  = "-1"\n',
        },
      ],
    },
  ],
});
