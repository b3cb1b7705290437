import { control, terraform } from "../control.ts";
import { ownNetworks } from "../evidence/network.ts";
import { ofType } from "../evidence/probe.ts";
import { ruleName, rulesOf } from "../evidence/traffic.ts";
import { leavesOf, Reference, resourcesIn } from "../evidence/value.ts";

export default control({
  id: "network.default-group-closed",
  title: "The default security group of the VPC has no rules",
  why: "AWS puts whatever names no group into it, and leaves it with everything open between its members and to the internet.",
  severity: "high",
  mapping: {
    securityHub: ["EC2.2"],
    nsaCisa: ["Network separation and hardening"],
    checkov: ["CKV2_AWS_12"],
    trivy: ["AWS-0173"],
  },
  waivedBy: ["existing-vpc"],
  evidence: [
    terraform((subject, probe) => {
      for (const root of ownNetworks(subject, probe, "the default security group")) {
        const closed = ofType(root, "aws_default_security_group");
        for (const vpc of probe.some(root, "VPC", "aws_vpc"))
          probe.that(
            closed.some((group) => resourcesIn(group.get("vpc_id")).includes(vpc)),
            vpc.place,
            `${vpc.address} keeps the default security group that AWS made, open between its members and to the internet`,
            root.path,
          );
        for (const rule of rulesOf(root)) {
          const isDefault = leavesOf(rule.group).some(
            (leaf) =>
              leaf instanceof Reference &&
              (leaf.resource.type === "aws_default_security_group" ||
                leaf.path.includes("default_security_group_id")),
          );
          probe.that(
            !isDefault,
            rule.place,
            `${ruleName(rule)} is a rule of the default security group`,
            root.path,
          );
        }
      }
    }),
  ],
  fix: "Adopt the group with aws_default_security_group, and give it neither ingress nor egress.",
  mutants: [
    {
      title: "The group is left as AWS makes it",
      edits: [
        {
          file: "modules/network/main.vpc.tf",
          replace: /resource "aws_default_security_group"[\s\S]*?\n}\n/,
          with: "",
        },
      ],
    },
    {
      title: "Its members may talk to one another",
      edits: [
        {
          file: "modules/network/main.vpc.tf",
          replace: "  ingress = []\n",
          with: '  ingress {\n    description = "Between members"\n    self        = true\n    protocol    = "tcp"\n    from_port   = 443\n    to_port     = 443\n  }\n\n',
        },
      ],
    },
    {
      title: "A rule beside it, by the VPC's attribute",
      edits: [
        {
          file: "modules/network/main.vpc.tf",
          append:
            '\nresource "aws_vpc_security_group_egress_rule" "default" {\n  security_group_id = aws_vpc.this.default_security_group_id\n  description       = "HTTPS within the VPC"\n  cidr_ipv4         = var.cidr\n  ip_protocol       = "tcp"\n  from_port         = 443\n  to_port           = 443\n}\n',
        },
      ],
    },
  ],
});
