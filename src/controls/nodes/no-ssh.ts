import { control, terraform } from "../control.ts";
import { ofType } from "../evidence/probe.ts";
import { absent } from "../evidence/require.ts";
import { opens, rulesOf } from "../evidence/traffic.ts";

export default control({
  id: "nodes.no-ssh",
  title: "There is no SSH to a node: no key pair, no remote access, no open port 22",
  why: "An SSH key is a password that nobody rotates; sessions through SSM are bound to an IAM identity and logged.",
  severity: "high",
  mapping: {
    nsaCisa: ["Authentication and authorization"],
    checkov: ["CKV_AWS_24", "CKV_AWS_100"],
    trivy: ["AWS-0107"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        for (const group of probe.some(root, "managed node group", "aws_eks_node_group"))
          probe.expect(group, "remote_access", absent);
        for (const template of probe.some(root, "launch template", "aws_launch_template"))
          probe.expect(template, "key_name", absent);
        for (const instance of ofType(root, "aws_instance"))
          probe.expect(instance, "key_name", absent);
        for (const way of ofType(root, "aws_key_pair", "aws_ec2_instance_connect_endpoint"))
          probe.wrong(way.place, `${way.address}: ${way.type} is a way in by SSH`, root.path);
        for (const rule of rulesOf(root))
          probe.that(
            rule.direction === "out" || !opens(rule, 22),
            rule.place,
            `${rule.resource.address}: ingress on ${rule.from} to ${rule.to} holds port 22`,
            root.path,
          );
      }
    }),
  ],
  fix: "Remove key_name, remote_access, key pairs and rules for port 22; connect with aws ssm start-session.",
  mutants: [
    {
      title: "A key pair for the nodes",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: "  ebs_optimized = true\n",
          with: '  ebs_optimized = true\n  key_name      = "operations"\n',
        },
      ],
    },
    {
      title: "Remote access of the group",
      edits: [
        {
          file: "modules/nodes/main.node-groups.tf",
          replace: "  update_config {\n",
          with: '  remote_access {\n    ec2_ssh_key = "operations"\n  }\n\n  update_config {\n',
        },
      ],
    },
    {
      title: "Port 22 by the older type of rule, in one environment",
      edits: [
        {
          file: "environments/prod/main.ssh.tf",
          create:
            'resource "aws_security_group_rule" "ssh" {\n  type              = "ingress"\n  description       = "SSH from the office"\n  security_group_id = module.cluster.node_security_group_id\n  cidr_blocks       = ["198.51.100.0/24"]\n  protocol          = "tcp"\n  from_port         = 22\n  to_port           = 22\n}\n',
        },
      ],
    },
    {
      title: "A key pair is made for later",
      edits: [
        {
          file: "environments/prod/main.ssh.tf",
          create:
            'resource "aws_key_pair" "operations" {\n  key_name   = "operations"\n  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample operations"\n}\n',
        },
      ],
    },
  ],
});
