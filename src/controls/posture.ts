/** The hardening that holds whatever the options, in the seed's words; each line is proven by test/proof. */
import type { Blueprint } from "../blueprint/types.ts";

export interface Measure {
  id: string;
  title: string;
  /** Read from the Blueprint, never assumed. */
  holds(blueprint: Blueprint): boolean;
}

const every = (
  blueprint: Blueprint,
  test: (environment: Blueprint["environments"][number]) => boolean,
): boolean => blueprint.environments.length > 0 && blueprint.environments.every(test);

export const measures: readonly Measure[] = [
  {
    id: "private-endpoint",
    title: "Kubernetes API private only",
    holds: (b) => every(b, (e) => !e.controlPlane.publicEndpoint),
  },
  {
    id: "restricted-endpoint",
    title: "Public Kubernetes API limited to listed ranges",
    holds: (b) =>
      b.environments.some((e) => e.controlPlane.publicEndpoint) &&
      every(b, (e) => !e.controlPlane.publicEndpoint || e.controlPlane.publicCidrs.length > 0),
  },
  {
    id: "secrets-cmk",
    title: "API data encrypted with an own KMS key: rotation, 30-day window",
    holds: (b) => every(b, (e) => e.secretsKey.rotation && e.secretsKey.deletionWindowDays === 30),
  },
  {
    id: "control-plane-logs",
    title: "All five control-plane logs, kept for a year or more under an own key",
    holds: (b) =>
      every(
        b,
        (e) => e.controlPlane.logTypes.length === 5 && e.controlPlane.logRetentionDays >= 365,
      ),
  },
  {
    id: "node-groups",
    title: "Managed node groups: IMDSv2 required, hop limit 1, encrypted gp3 volumes",
    holds: (b) => every(b, (e) => e.nodeGroups.length > 0),
  },
  {
    id: "workload-identity",
    title: "One IAM role per service account, exact subject",
    holds: (b) => every(b, (e) => e.identities.length > 0),
  },
  {
    id: "pod-security",
    title: "Pod Security Standard restricted on every workload namespace",
    holds: (b) =>
      b.platform.namespaces.length > 0 &&
      b.platform.namespaces.every((namespace) => namespace.podSecurity === "restricted"),
  },
  {
    id: "default-deny",
    title: "Default deny in both directions in the whole cluster, with an engine that enforces it",
    holds: (b) => b.platform.networkPolicy.engine !== "vpc-cni",
  },
  {
    id: "default-deny-namespaces",
    title:
      "Default deny in both directions in every workload namespace, with an engine that enforces it",
    holds: (b) => b.platform.networkPolicy.engine === "vpc-cni",
  },
  {
    id: "guardduty",
    title: "GuardDuty: EKS audit logs and runtime monitoring",
    holds: (b) =>
      b.accounts.every(
        (account) => account.guardDuty !== undefined && account.guardDuty.detector !== "delegated",
      ),
  },
  {
    id: "supported-version",
    title: "Kubernetes version in standard support",
    holds: (b) => b.kubernetes.supportType === "STANDARD",
  },
  {
    id: "pinned-addons",
    title: "Add-ons pinned to exact versions",
    holds: (b) =>
      every(b, (e) =>
        [...e.addons.beforeCompute, ...e.addons.afterCompute].every(
          (addon) => addon.version !== undefined,
        ),
      ),
  },
];

/** The measures that hold for a Blueprint. */
export function postureOf(blueprint: Blueprint): Measure[] {
  return measures.filter((measure) => measure.holds(blueprint));
}
