import { control, manifests } from "../control.ts";
import { inBase, inProduction } from "../evidence/edits.ts";
import { everyObject, titleOf } from "../evidence/kubernetes.ts";
import { type Allow, allowsOf, isUnread } from "../evidence/network-policies.ts";

/** Cilium's names for so many at once that nobody is named. */
const CROWDS = ["all", "cluster", "remote-node", "unmanaged", "init"];

function crowd({ direction, peer }: Allow): string | undefined {
  const way = direction === "out" ? "to" : "from";
  if (peer.kind === "anyone") return `${way} anywhere`;
  if (peer.kind === "pods" && peer.everyNamespace) return `${way} pods of every namespace`;
  if (peer.kind === "entity" && CROWDS.includes(peer.name)) return `${way} the entity ${peer.name}`;
  return undefined;
}

export default control({
  id: "workloads.policy-peers",
  title: "Every rule that allows traffic names whom it is for",
  why: "Policies add up: one rule without a peer, or for every namespace, opens what the default deny closed.",
  severity: "critical",
  mapping: {
    cisEks: ["4.3.2", "5.4.4"],
    nsaCisa: ["Network separation and hardening"],
    trivy: ["KSV-0038"],
  },
  evidence: [
    manifests((subject, probe) => {
      everyObject(subject, probe, (manifest, scope) => {
        if (isUnread(manifest))
          probe.unresolved(
            manifest.place,
            `${titleOf(manifest)} changes how policies work, and is not read here`,
            scope,
          );
        for (const allow of allowsOf(manifest)) {
          const whom = crowd(allow);
          if (whom !== undefined)
            probe.wrong(allow.place, `${titleOf(manifest)} allows traffic ${whom}`, scope);
        }
      });
    }),
  ],
  fix: "Name the pods, with their namespace, or the address range in from or to of the rule.",
  mutants: [
    {
      title: "An empty rule beside the default deny",
      edits: inProduction(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: open\nspec:\n  podSelector: {}\n  policyTypes:\n    - Egress\n  egress:\n    - {}\n",
      ),
    },
    {
      title: "A rule that names a port and nobody",
      edits: [
        {
          file: "kubernetes/workload-namespace/allow-dns.yaml",
          replace: / {4}- to:[\s\S]*? {6}ports:/,
          with: "    - ports:",
        },
      ],
    },
    {
      title: "A rule for every namespace",
      edits: inProduction(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: scrape\nspec:\n  podSelector: {}\n  ingress:\n    - from:\n        - namespaceSelector: {}\n      ports:\n        - port: 9090\n",
      ),
    },
    {
      title: "A label that every namespace has",
      edits: inProduction(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: friends\nspec:\n  podSelector: {}\n  ingress:\n    - from:\n        - namespaceSelector:\n            matchLabels:\n              pod-security.kubernetes.io/enforce: restricted\n      ports:\n        - port: 9090\n",
      ),
    },
    {
      title: "The metadata policy no longer tracks, so it holds for host endpoints only",
      edits: [
        {
          file: "kubernetes/base/cluster-network-policies/block-instance-metadata.yaml",
          replace: "  order: 10\n",
          with: "  order: 10\n  doNotTrack: true\n  applyOnForward: true\n",
        },
      ],
    },
    {
      title: "Calico hands everything over to what allows it",
      edits: inBase(
        "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata:\n  name: first\nspec:\n  order: 1\n  types:\n    - Egress\n  egress:\n    - action: Pass\n",
      ),
    },
    {
      title: "A Cilium policy for the whole cluster",
      of: "bank",
      edits: [
        {
          file: "kubernetes/base/cluster-network-policies/default-deny.yaml",
          replace: "    - {}\n",
          with: "    - fromEntities:\n        - cluster\n",
        },
      ],
    },
    {
      title: "A tier of policies before all others",
      edits: inBase(
        "apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata:\n  name: first\nspec:\n  order: 1\n",
      ),
    },
  ],
});
