import { control, terraform } from "../control.ts";
import { groupsOfControlPlane, groupsOfNodes, madeHere, valuesAt } from "../evidence/network.ts";
import { belongsTo, isOnly, PORTS, ruleName, rulesOf } from "../evidence/traffic.ts";

import { showValue } from "../evidence/value.ts";

export default control({
  id: "network.control-plane-https",
  title: "The control plane has a security group of its own, which admits TCP 443 only",
  why: "The API server listens on 443; every other port is room for what somebody attaches to the same interfaces. In the nodes' group, whatever breaks out of a pod would be a member of the control plane's.",
  severity: "medium",
  mapping: { nsaCisa: ["Network separation and hardening"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        const nodes = groupsOfNodes(root);
        for (const cluster of probe.some(root, "cluster", "aws_eks_cluster"))
          for (const { value, place } of valuesAt(cluster, "vpc_config.security_group_ids"))
            for (const group of madeHere(
              probe,
              cluster,
              "vpc_config.security_group_ids",
              value,
              place,
              "aws_security_group",
            ))
              probe.that(
                !nodes.includes(group),
                place,
                `${cluster.address} shares ${group.address} with the nodes`,
                root.path,
              );
        const groups = groupsOfControlPlane(root);
        const rules = rulesOf(root).filter(({ direction }) => direction === "in");
        const inbound = rules.filter((rule) => belongsTo(rule, groups) === true);
        probe.that(
          inbound.length > 0,
          root.place,
          `${root.path}: no rule admits anything to the control plane`,
          root.path,
        );
        for (const rule of rules)
          if (belongsTo(rule, groups) === undefined && !isOnly(rule, 443))
            probe.unresolved(
              rule.place,
              `${ruleName(rule)}: its group is ${showValue(rule.group)}, which may be the control plane's`,
              root.path,
            );
        for (const rule of inbound)
          probe.that(
            isOnly(rule, 443),
            rule.placeOf(...PORTS),
            `${ruleName(rule)} must be TCP 443 only`,
            root.path,
          );
      }
    }),
  ],
  fix: "Admit TCP 443 from the groups of nodes and clients, and nothing else.",
  mutants: [
    {
      title: "The port of the old insecure API too",
      edits: [
        {
          file: "modules/cluster/main.security-groups.tf",
          append:
            '\nresource "aws_vpc_security_group_ingress_rule" "control_plane_metrics" {\n  security_group_id            = aws_security_group.control_plane.id\n  description                  = "Metrics of the control plane"\n  referenced_security_group_id = aws_security_group.nodes.id\n  ip_protocol                  = "tcp"\n  from_port                    = 8080\n  to_port                      = 8080\n}\n',
        },
      ],
    },
    {
      title: "A span of ports for the nodes",
      edits: [
        {
          file: "modules/cluster/main.security-groups.tf",
          replace: /(Kubernetes API from the nodes"[\s\S]*?to_port {22}= )443/,
          with: 'Kubernetes API from the nodes"\n  referenced_security_group_id = aws_security_group.nodes.id\n  ip_protocol                  = "tcp"\n  from_port                    = 443\n  to_port                      = 8443',
        },
      ],
    },
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
  ],
});
