import { kubernetesAsOf, kubernetesVersions, supportStatus } from "../../catalog/index.ts";
import type { Config } from "../../options/config.ts";
import { control, terraform } from "../control.ts";
import { clustersOf } from "../evidence/cluster.ts";
import { is, oneOf, orAbsent } from "../evidence/require.ts";

/** By the day of the catalog, not of the audit: the same files give the same answer. */
const supported = kubernetesVersions
  .map(({ version }) => version)
  .filter((version) => supportStatus(version, kubernetesAsOf) === "standard");

/** A version that is newer than the catalog counts where the answers ask for it. */
const further = (config: Config | undefined): string[] =>
  config?.allowUnknownVersion === true &&
  supportStatus(config.kubernetes, kubernetesAsOf) === "unknown" &&
  Number(config.kubernetes.split(".")[1]) > Number(kubernetesVersions[0]?.version.split(".")[1])
    ? [config.kubernetes]
    : [];

export default control({
  id: "control-plane.supported-version",
  title: "The control plane runs a Kubernetes version in standard support",
  why: "A version that is out of support gets no fixes for published holes of the API server.",
  severity: "high",
  mapping: {
    securityHub: ["EKS.2"],
    nsaCisa: ["Upgrading and application security practices"],
    checkov: ["CKV_AWS_339"],
  },
  waivedBy: ["extended-support"],
  evidence: [
    terraform((subject, probe) => {
      for (const { cluster } of clustersOf(probe, subject)) {
        probe.expect(cluster, "version", oneOf(...supported, ...further(subject.config)));
        // It upgrades past what the cluster's own insights warn of.
        probe.expect(cluster, "force_update_version", orAbsent(is(false)));
      }
    }),
  ],
  fix: "Raise kubernetes_version one minor at a time, as docs/runbooks/upgrade-kubernetes.md says.",
  mutants: [
    {
      title: "Upgrades past what the cluster's insights warn of",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: 'resource "aws_eks_cluster" "this" {\n',
          with: 'resource "aws_eks_cluster" "this" {\n  force_update_version = true\n\n',
        },
      ],
    },
    {
      title: "One environment stays behind",
      edits: [
        {
          file: "environments/prod/locals.tf",
          replace: 'kubernetes_version = "1.35"',
          with: 'kubernetes_version = "1.32"',
        },
      ],
    },
    {
      title: "A version that nobody knows",
      edits: [
        {
          file: "environments/dev/main.cluster.tf",
          replace: "kubernetes_version = local.kubernetes_version",
          with: 'kubernetes_version = "1.99"',
        },
      ],
    },
    {
      title: "No version: what EKS takes for the default on that day",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "  version  = var.kubernetes_version\n",
          with: "",
        },
      ],
    },
  ],
});
