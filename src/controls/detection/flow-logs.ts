import { control, terraform } from "../control.ts";
import { vpcsOf } from "../evidence/vpc.ts";

export default control({
  id: "detection.flow-logs",
  title: "The traffic of every VPC is recorded",
  why: "Which address a compromised pod talked to, and what else tried, is known from flow records or not at all.",
  severity: "medium",
  mapping: {
    securityHub: ["EC2.6"],
    nsaCisa: ["Network separation and hardening", "Audit logging and threat detection"],
    checkov: ["CKV2_AWS_11"],
    trivy: ["AWS-0178"],
  },
  waivedBy: ["existing-vpc"],
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        const vpcs = vpcsOf(root);
        if (vpcs.length === 0) probe.wrong(root.place, `${root.path} has no VPC`, root.path);
        for (const { name, place, flowLogs } of vpcs) {
          const [doubtful] = flowLogs.map(({ maybe }) => maybe);
          if (flowLogs.length > 0 && flowLogs.every(({ maybe }) => maybe !== undefined))
            probe.unresolved(
              place,
              `${name}: whether its flow log exists is not known (${doubtful?.name})`,
              root.path,
            );
          else probe.that(flowLogs.length > 0, place, `${name} has no flow log`, root.path);
        }
      }
    }),
  ],
  fix: "Give the VPC the flow-logs module; in an existing VPC that has none, set create_flow_log = true.",
  mutants: [
    {
      title: "Of one subnet instead of the VPC",
      edits: [
        {
          file: "modules/network/main.vpc.tf",
          replace: / {2}vpc_id {9}= aws_vpc\.this\.id\n {2}kms_key_arn/,
          with: "  vpc_id         = aws_subnet.intra[keys(var.zones)[0]].id\n  kms_key_arn",
        },
        {
          file: "modules/flow-logs/main.flow-logs.tf",
          replace: "vpc_id               = var.vpc_id",
          with: "subnet_id            = var.vpc_id",
        },
      ],
    },
    {
      title: "A second VPC without any",
      edits: [
        {
          file: "environments/prod/main.tools.tf",
          create: 'resource "aws_vpc" "tools" {\n  cidr_block = "10.99.0.0/16"\n}\n',
        },
      ],
    },
    {
      title: "None in one environment, by a switch",
      edits: [
        {
          file: "modules/network/main.vpc.tf",
          replace: '  source = "../flow-logs"\n',
          with: '  source = "../flow-logs"\n  count  = var.egress == "nat" ? 0 : 1\n',
        },
        {
          file: "modules/network/outputs.tf",
          replace: "module.flow_logs.log_group_name",
          with: "one(module.flow_logs[*].log_group_name)",
        },
      ],
    },
  ],
});
