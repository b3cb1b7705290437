import { control, terraform } from "../control.ts";
import { ofType } from "../evidence/probe.ts";
import { absent } from "../evidence/require.ts";
import { opens, PORTS, RULE_TYPES, ruleName, rulesOf } from "../evidence/traffic.ts";

const LOGIN = [22, 3389];

export default control({
  id: "network.no-remote-login",
  title: "No security group opens SSH or RDP to address ranges, and no node has a key pair",
  why: "Sessions go through SSM, with an identity and a log; an SSH port is a second way in that neither IAM nor CloudTrail sees. EKS opens it to 0.0.0.0/0 by itself where a node group names a key pair and no source group.",
  severity: "high",
  mapping: {
    securityHub: ["EC2.13", "EC2.14", "EC2.19"],
    nsaCisa: ["Network separation and hardening", "Authentication and authorization"],
    checkov: ["CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_100"],
    trivy: ["AWS-0107"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        probe.some(root, "security group rule", ...RULE_TYPES);
        for (const group of probe.some(root, "managed node group", "aws_eks_node_group"))
          probe.expect(group, "remote_access", absent);
        for (const template of ofType(root, "aws_launch_template", "aws_instance"))
          probe.expect(template, "key_name", absent);
      }
      for (const root of subject.roots)
        for (const rule of rulesOf(root)) {
          if (rule.direction === "out") continue;
          const byRange = rule.ranges.length > 0 || rule.lists.length > 0;
          const isLogin = LOGIN.some((port) => opens(rule, port)) && rule.protocol !== "udp";
          probe.that(
            !(byRange && isLogin),
            rule.placeOf(...PORTS),
            `${ruleName(rule)} opens SSH or RDP to ${[...rule.ranges, ...rule.lists].join(", ")}`,
            root.path,
          );
          if (rule.unresolved !== undefined)
            probe.unresolved(rule.place, `${rule.resource.address}: ${rule.unresolved}`, root.path);
        }
    }),
  ],
  fix: "Remove the rule and the key pair, and open sessions with `aws ssm start-session`.",
  mutants: [
    {
      title: "SSH from the VPC",
      edits: [
        {
          file: "modules/cluster/main.security-groups.tf",
          append:
            '\nresource "aws_vpc_security_group_ingress_rule" "nodes_ssh" {\n  security_group_id = aws_security_group.nodes.id\n  description       = "SSH from the bastion"\n  cidr_ipv4         = var.vpc_cidr\n  ip_protocol       = "tcp"\n  from_port         = 22\n  to_port           = 22\n}\n',
        },
      ],
    },
    {
      title: "RDP hidden in a span of ports, in the older type",
      edits: [
        {
          file: "environments/dev/main.cluster.tf",
          append:
            '\nresource "aws_security_group_rule" "tools" {\n  type              = "ingress"\n  security_group_id = module.cluster.node_security_group_id\n  description       = "Tools of the office"\n  cidr_blocks       = ["10.0.0.0/8"]\n  protocol          = "tcp"\n  from_port         = 3000\n  to_port           = 4000\n}\n',
        },
      ],
    },
    {
      title: "A key pair on the nodes",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: "  ebs_optimized = true\n",
          with: '  ebs_optimized = true\n  key_name      = "platform"\n',
        },
      ],
    },
    {
      title: "Remote access of the node group",
      edits: [
        {
          file: "modules/nodes/main.node-groups.tf",
          replace: "  update_config {",
          with: '  remote_access {\n    ec2_ssh_key = "platform"\n  }\n\n  update_config {',
        },
      ],
    },
  ],
});
