import { control, terraform } from "../control.ts";
import { rangesOfVpc } from "../evidence/network.ts";
import {
  LISTS,
  noteUnclear,
  RANGES,
  RULE_TYPES,
  reachOf,
  ruleName,
  rulesOf,
} from "../evidence/traffic.ts";

export default control({
  id: "network.no-public-ingress",
  title: "No security group rule lets the internet in",
  why: "Nodes, control plane and endpoints serve nobody outside; one rule from 0.0.0.0/0 puts whatever listens there in reach of every scanner as soon as a route or a load balancer leads to it.",
  severity: "critical",
  mapping: {
    securityHub: ["EC2.18", "EC2.19"],
    nsaCisa: ["Network separation and hardening"],
    checkov: ["CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_260", "CKV_AWS_277"],
    trivy: ["AWS-0107"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        probe.some(root, "security group rule", ...RULE_TYPES);
      for (const root of subject.roots) {
        const vpc = rangesOfVpc(subject, root);
        for (const rule of rulesOf(root)) {
          if (rule.direction === "out") continue;
          const open = rule.ranges.filter((range) => reachOf(range, vpc) === "internet");
          probe.that(
            open.length === 0,
            rule.placeOf(...RANGES, ...LISTS),
            `${ruleName(rule)} lets ${open.join(" and ")} in`,
            root.path,
          );
          noteUnclear(probe, root, rule, vpc);
        }
      }
    }),
  ],
  fix: "Name the security group of the caller (referenced_security_group_id) instead of an address range.",
  mutants: [
    {
      title: "The API of the control plane is opened to 0.0.0.0/0",
      edits: [
        {
          file: "modules/cluster/main.security-groups.tf",
          append:
            '\nresource "aws_vpc_security_group_ingress_rule" "control_plane_from_office" {\n  security_group_id = aws_security_group.control_plane.id\n  description       = "Kubernetes API from the office"\n  cidr_ipv4         = "0.0.0.0/0"\n  ip_protocol       = "tcp"\n  from_port         = 443\n  to_port           = 443\n}\n',
        },
      ],
    },
    {
      title: "Half of the internet, in the older resource type, in one environment",
      edits: [
        {
          file: "environments/prod/main.cluster.tf",
          append:
            '\nresource "aws_security_group_rule" "debug" {\n  type              = "ingress"\n  security_group_id = module.cluster.node_security_group_id\n  description       = "Debug access"\n  cidr_blocks       = ["0.0.0.0/1"]\n  protocol          = "tcp"\n  from_port         = 30000\n  to_port           = 32767\n}\n',
        },
      ],
    },
    {
      title: "An inline rule whose range hides behind a local",
      edits: [
        {
          file: "modules/endpoints/main.security-group.tf",
          replace: "  vpc_id      = var.vpc_id\n",
          with: '  vpc_id      = var.vpc_id\n\n  ingress {\n    description      = "HTTPS"\n    ipv6_cidr_blocks = local.callers\n    protocol         = "tcp"\n    from_port        = 443\n    to_port          = 443\n  }\n',
        },
        {
          file: "modules/endpoints/main.security-group.tf",
          append: '\nlocals {\n  callers = ["::/0"]\n}\n',
        },
      ],
    },
    {
      title: "The world in a prefix list",
      edits: [
        {
          file: "environments/prod/main.cluster.tf",
          append:
            '\nresource "aws_ec2_managed_prefix_list" "partners" {\n  name           = "partners"\n  address_family = "IPv4"\n  max_entries    = 1\n\n  entry {\n    cidr = "0.0.0.0/0"\n  }\n}\n\nresource "aws_vpc_security_group_ingress_rule" "partners" {\n  security_group_id = module.cluster.node_security_group_id\n  description       = "Partners"\n  prefix_list_id    = aws_ec2_managed_prefix_list.partners.id\n  ip_protocol       = "tcp"\n  from_port         = 8443\n  to_port           = 8443\n}\n',
        },
      ],
    },
  ],
});
