/** Four repositories that are kept whole under test/golden, to be read. */
import type { Data } from "../../src/options/paths.ts";

export const profiles: Record<string, Data> = {
  /** No answer at all. */
  default: {},
  /** A bank: three accounts, everything known, Cilium, Pod Identity, provider 6. */
  bank: {
    region: "eu-central-1",
    awsProvider: 6,
    environments: {
      dev: { accountId: "111122223333" },
      stage: { accountId: "444455556666" },
      prod: {
        accountId: "777788889999",
        nodes: {
          size: "2xlarge",
          groups: {
            batch: {
              profile: "compute",
              capacity: "spot",
              min: 0,
              desired: 0,
              max: 20,
              labels: { workload: "batch" },
              taints: [{ key: "dedicated", value: "batch", effect: "NO_SCHEDULE" }],
            },
          },
        },
      },
    },
    access: { admins: ["arn:aws:iam::111122223333:role/platform-admin"] },
    identity: "pod-identity",
    networkPolicy: "cilium",
    namespaces: { payments: { podSecurity: "restricted" }, ledger: { podSecurity: "restricted" } },
    addons: ["guardduty", "ebs-csi", "efs-csi", "metrics-server", "snapshot-controller"],
    guardduty: { detector: "delegated" },
    repository: "bank/platform",
    contact: "platform@bank.example",
  },
  /** GovCloud on OpenTofu and GitLab, in VPCs that exist, without a way out. */
  government: {
    iac: "opentofu",
    region: "us-gov-west-1",
    environments: {
      prod: {
        accountId: "111122223333",
        network: { vpc: "existing", cidr: "10.80.0.0/16", egress: "none" },
      },
    },
    access: { admins: ["arn:aws-us-gov:iam::111122223333:role/platform-admin"] },
    networkPolicy: "vpc-cni",
    logs: { retentionDays: 731 },
    ci: "gitlab",
    repository: "agency/platform/eks",
  },
  /** A small team: one account, Graviton on Spot, Amazon Linux, a public endpoint for the office. */
  startup: {
    region: "us-west-2",
    environments: {
      dev: { accountId: "111122223333", nodes: { profile: "burstable", desired: 2 } },
      prod: { accountId: "111122223333", network: { egress: "nat" } },
    },
    nodes: { arch: "arm", os: "al2023", capacity: "spot" },
    access: { endpoint: "restricted", publicCidrs: ["203.0.113.0/24"] },
    namespaces: { web: { podSecurity: "restricted" }, tools: { podSecurity: "baseline" } },
    addons: ["ebs-csi"],
    state: { backend: "local" },
    ci: "none",
    contact: "ops@startup.example",
  },
};
