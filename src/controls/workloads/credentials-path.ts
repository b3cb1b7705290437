import { control, manifests } from "../control.ts";
import { contains } from "../evidence/cidr.ts";
import { inOverlay, inProduction } from "../evidence/edits.ts";
import { ofKind, titleOf, workloadNamespaces } from "../evidence/kubernetes.ts";
import {
  type Allow,
  allowsOf,
  isOnly,
  POD_IDENTITY_AGENT,
  portsText,
  rangeHolds,
} from "../evidence/network-policies.ts";
import type { Subject } from "../evidence/subject.ts";

const isAgentPath = (allow: Allow): boolean => {
  const { peer } = allow;
  return (
    isOnly(allow, 80, "TCP") &&
    ((peer.kind === "range" && (POD_IDENTITY_AGENT as readonly string[]).includes(peer.cidr)) ||
      (peer.kind === "entity" && peer.name === "host"))
  );
};

const isVpcPath = (allow: Allow, vpc: string): boolean =>
  allow.peer.kind === "range" && allow.peer.cidr === vpc && isOnly(allow, 443, "TCP");

/** No one service listens on so many. */
const isWide = ({ ports }: Allow): boolean =>
  ports === undefined || ports.some(({ from, to }) => to - from > 100);

/** What is wrong with a rule that goes to the VPC, or to the node. */
function flaw(allow: Allow, vpc: string, { config }: Subject): string | undefined {
  const { peer } = allow;
  const ports = portsText(allow);
  if (peer.kind === "range" && (rangeHolds(peer, vpc) || contains(peer.cidr, vpc))) {
    if (peer.cidr !== vpc) return `allows ${peer.cidr}, wider than the VPC's ${vpc}`;
    return isVpcPath(allow, vpc) ? undefined : `allows ${ports} to the VPC, it must be TCP 443`;
  }
  if (peer.kind === "range" && contains(vpc, peer.cidr) && isWide(allow))
    return `allows ${ports} to ${peer.cidr}, a part of the VPC`;
  const isAgent = POD_IDENTITY_AGENT.some((address) => rangeHolds(peer, address));
  if (!isAgent && !(peer.kind === "entity" && peer.name === "host")) return undefined;
  if (config?.identity === "irsa") return "allows the node itself, which IRSA does not need";
  return isAgentPath(allow)
    ? undefined
    : `allows ${ports} to the node, it must be TCP 80 of the Pod Identity agent`;
}

export default control({
  id: "workloads.credentials-path",
  title:
    "Pods reach AWS credentials by one narrow rule: HTTPS within the VPC, or the Pod Identity agent",
  why: "A wider rule opens every database and every node of the VPC to a pod that was broken into.",
  severity: "high",
  mapping: { cisEks: ["5.4.4"], nsaCisa: ["Network separation and hardening"] },
  evidence: [
    manifests((subject, probe) => {
      for (const overlay of probe.overlays(subject)) {
        const vpc = subject.config?.environments[overlay.name]?.network.cidr;
        if (vpc === undefined) {
          probe.unresolved(
            overlay.place,
            `hardened-eks.yaml does not say the VPC's range of ${overlay.name}`,
            overlay.path,
          );
          continue;
        }
        for (const manifest of overlay.manifests) {
          probe.checked += 1;
          for (const allow of allowsOf(manifest)) {
            const message = allow.direction === "out" ? flaw(allow, vpc, subject) : undefined;
            if (message !== undefined)
              probe.wrong(allow.place, `${titleOf(manifest)} ${message}`, overlay.path);
          }
        }
      }
      for (const { name, overlay, place, objects } of workloadNamespaces(subject, probe)) {
        if (!ofKind(overlay, "Namespace").some((namespace) => namespace.name === name)) continue;
        const vpc = subject.config?.environments[overlay.name]?.network.cidr ?? "";
        const isPath = (allow: Allow): boolean =>
          allow.direction === "out" &&
          (subject.config?.identity === "pod-identity"
            ? isAgentPath(allow)
            : isVpcPath(allow, vpc));
        probe.that(
          objects.flatMap(allowsOf).some(isPath),
          place,
          subject.config?.identity === "pod-identity"
            ? `namespace ${name} does not allow TCP 80 to the Pod Identity agent`
            : `namespace ${name} does not allow TCP 443 to ${vpc}, the VPC of ${overlay.name}`,
          overlay.path,
        );
      }
    }),
  ],
  fix: "Restore kubernetes/overlays/<env>/allow-aws-credentials.yaml: TCP 443 to the VPC's range, or TCP 80 to the Pod Identity agent.",
  mutants: [
    {
      title: "Every port within the VPC",
      edits: [
        {
          file: "kubernetes/overlays/prod/allow-aws-credentials.yaml",
          replace: "      ports:\n        - protocol: TCP\n          port: 443\n",
          with: "",
        },
      ],
    },
    {
      title: "All private addresses",
      edits: [
        {
          file: "kubernetes/overlays/prod/allow-aws-credentials.yaml",
          replace: "cidr: 10.41.0.0/16",
          with: "cidr: 10.0.0.0/8",
        },
      ],
    },
    {
      title: "A second policy, for the databases and all else",
      edits: inProduction(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: databases\nspec:\n  podSelector: {}\n  policyTypes:\n    - Egress\n  egress:\n    - to:\n        - ipBlock:\n            cidr: 10.40.0.0/15\n      ports:\n        - port: 5432\n",
      ),
    },
    {
      title: "The VPC's two halves",
      edits: inOverlay(
        "dev",
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: vpc\n  namespace: production\nspec:\n  podSelector: {}\n  policyTypes:\n    - Egress\n  egress:\n    - to:\n        - ipBlock:\n            cidr: 10.40.0.0/17\n        - ipBlock:\n            cidr: 10.40.128.0/17\n      ports:\n        - port: 1\n          endPort: 65535\n",
      ),
    },
    {
      title: "The node's every port",
      of: "bank",
      edits: [
        {
          file: "kubernetes/overlays/prod/allow-aws-credentials.yaml",
          replace: /\n {6}toPorts:[\s\S]*?protocol: TCP/,
          with: "",
        },
      ],
    },
  ],
});
