import { control, terraform } from "../control.ts";
import { PORTS, PROTOCOL, RULE_TYPES, ruleName, rulesOf } from "../evidence/traffic.ts";

export default control({
  id: "network.named-ports",
  title: "No security group rule spans every protocol or the system ports",
  why: "A rule of protocol -1 or of ports from 0 opens services that nobody thought of when it was written, and those that are installed later.",
  severity: "high",
  mapping: {
    nsaCisa: ["Network separation and hardening"],
    checkov: ["CKV_AWS_277", "CKV_AWS_382"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        probe.some(root, "security group rule", ...RULE_TYPES);
      for (const root of subject.roots)
        for (const rule of rulesOf(root)) {
          const { protocol, from, to } = rule;
          if (rule.unresolved !== undefined)
            probe.unresolved(rule.place, `${rule.resource.address}: ${rule.unresolved}`, root.path);
          else if (protocol.includes("${"))
            probe.unresolved(
              rule.placeOf(...PROTOCOL),
              `${ruleName(rule)}: the protocol is not known`,
              root.path,
            );
          else if (
            probe.that(
              protocol !== "-1" && protocol !== "all",
              rule.placeOf(...PROTOCOL),
              `${ruleName(rule)} opens every protocol and port`,
              root.path,
            ) &&
            /^(tcp|udp|6|17|tcp\|udp|udp\|tcp)$/.test(protocol)
          )
            probe.that(
              from === to || from > 1024,
              rule.placeOf(...PORTS),
              `${ruleName(rule)} spans ports below 1025, it must name one port or begin above them`,
              root.path,
            );
        }
    }),
  ],
  fix: "Write one rule for each protocol and port that is needed.",
  mutants: [
    {
      title: "All traffic between nodes",
      edits: [
        {
          file: "modules/cluster/main.security-groups.tf",
          append:
            '\nresource "aws_vpc_security_group_ingress_rule" "nodes_all" {\n  security_group_id            = aws_security_group.nodes.id\n  description                  = "Everything between nodes"\n  referenced_security_group_id = aws_security_group.nodes.id\n  ip_protocol                  = "-1"\n}\n',
        },
      ],
    },
    {
      title: "Pods' ports from 0",
      edits: [
        {
          file: "modules/cluster/main.security-groups.tf",
          replace: 'protocol = "tcp", from_port = 1025',
          with: 'protocol = "tcp", from_port = 0',
        },
      ],
    },
    {
      title: "Egress of the endpoints' group as AWS would make it, inline",
      edits: [
        {
          file: "modules/endpoints/main.security-group.tf",
          replace: "  vpc_id      = var.vpc_id\n",
          with: '  vpc_id      = var.vpc_id\n\n  egress = [{\n    description      = "Everything"\n    cidr_blocks      = [var.vpc_cidr]\n    ipv6_cidr_blocks = []\n    prefix_list_ids  = []\n    security_groups  = []\n    self             = false\n    protocol         = "-1"\n    from_port        = 0\n    to_port          = 0\n  }]\n',
        },
      ],
    },
    {
      title: "The protocol of an extra egress rule comes in as -1",
      of: "bank",
      edits: [
        {
          file: "environments/prod/main.cluster.tf",
          replace: 'protocol    = "tcp"',
          with: 'protocol    = "-1"',
        },
      ],
    },
  ],
});
