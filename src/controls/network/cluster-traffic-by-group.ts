import { control, terraform } from "../control.ts";
import { groupsOfControlPlane, groupsOfNodes } from "../evidence/network.ts";
import { belongsTo, LISTS, RANGES, ruleName, rulesOf } from "../evidence/traffic.ts";
import { showValue } from "../evidence/value.ts";

export default control({
  id: "network.cluster-traffic-by-group",
  title: "Nodes and control plane admit one another by security group, never by address range",
  why: "A range admits whatever gets an address in it, the pods of a neighbour and a forgotten instance too; a group admits its members.",
  severity: "high",
  mapping: { nsaCisa: ["Network separation and hardening"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        const nodes = groupsOfNodes(root);
        const controlPlane = groupsOfControlPlane(root);
        const rules = rulesOf(root);
        for (const rule of rules) {
          const ofControlPlane = belongsTo(rule, controlPlane);
          // What nodes call is mostly an endpoint or the API server, which has addresses only.
          const owned =
            rule.direction === "in" ? belongsTo(rule, [...nodes, ...controlPlane]) : ofControlPlane;
          if (owned === false) continue;
          const others = [...rule.ranges, ...rule.lists.map(showValue)];
          if (owned === undefined || rule.unresolved !== undefined)
            probe.unresolved(
              rule.place,
              `${ruleName(rule)}: ${rule.unresolved ?? `its group is ${showValue(rule.group)}, which may be the nodes' or the control plane's`}`,
              root.path,
            );
          else
            probe.that(
              others.length === 0 && rule.named,
              rule.placeOf(...RANGES, ...LISTS),
              `${ruleName(rule)} ${others.length === 0 ? "names no group" : `goes by ${others.join(" and ")}`}, it must name a security group`,
              root.path,
            );
        }
        for (const [what, groups] of [
          ["nodes", nodes],
          ["control plane", controlPlane],
        ] as const)
          probe.that(
            rules.some((rule) => rule.direction === "in" && belongsTo(rule, groups) === true),
            root.place,
            `${root.path}: no rule admits anything to the ${what}`,
            root.path,
          );
      }
    }),
  ],
  fix: "Name the other side's group with referenced_security_group_id.",
  mutants: [
    {
      title: "Kubelets are reached from the whole VPC",
      edits: [
        {
          file: "modules/cluster/main.security-groups.tf",
          replace:
            /(nodes_from_control_plane" \{[\s\S]*?)referenced_security_group_id = aws_security_group\.control_plane\.id/,
          with: 'nodes_from_control_plane" {\n  for_each = local.control_plane_calls\n\n  security_group_id            = aws_security_group.nodes.id\n  description                  = each.value.description\n  cidr_ipv4                    = var.vpc_cidr',
        },
      ],
    },
    {
      title: "A range on the group that EKS adds to the control plane",
      edits: [
        {
          file: "modules/cluster/main.security-groups.tf",
          append:
            '\nresource "aws_security_group_rule" "api_from_office" {\n  type              = "ingress"\n  security_group_id = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id\n  description       = "Kubernetes API from the office"\n  cidr_blocks       = ["10.200.0.0/16"]\n  protocol          = "tcp"\n  from_port         = 443\n  to_port           = 443\n}\n',
        },
      ],
    },
    {
      title: "An inline range on the nodes' group, by a dynamic block",
      of: "government",
      edits: [
        {
          file: "modules/cluster/main.security-groups.tf",
          replace:
            '  description = "Nodes of ${var.name} and their pods"\n  vpc_id      = var.vpc_id\n',
          with: '  description = "Nodes of ${var.name} and their pods"\n  vpc_id      = var.vpc_id\n\n  dynamic "ingress" {\n    for_each = { metrics = 9100 }\n\n    content {\n      description = "Scrapes of ${ingress.key}"\n      cidr_blocks = [var.vpc_cidr]\n      protocol    = "tcp"\n      from_port   = ingress.value\n      to_port     = ingress.value\n    }\n  }\n',
        },
      ],
    },
  ],
});
