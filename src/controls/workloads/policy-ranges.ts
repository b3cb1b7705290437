import { control, manifests } from "../control.ts";
import { inProduction } from "../evidence/edits.ts";
import { everyObject, titleOf } from "../evidence/kubernetes.ts";
import { allowsOf, type Peer } from "../evidence/network-policies.ts";
import { isWorld } from "../evidence/traffic.ts";

const world = (peer: Peer): string | undefined => {
  if (peer.kind === "range" && isWorld(peer.cidr)) return peer.cidr;
  return peer.kind === "entity" && /^(all|world)/.test(peer.name)
    ? `the entity ${peer.name}`
    : undefined;
};

export default control({
  id: "workloads.policy-ranges",
  title: "No policy allows the internet as a whole",
  why: "A pod that reaches every address fetches the attacker's tools and carries the data out.",
  severity: "high",
  mapping: { cisEks: ["5.4.4"], nsaCisa: ["Network separation and hardening"] },
  evidence: [
    manifests((subject, probe) => {
      everyObject(subject, probe, (manifest, scope) => {
        for (const allow of allowsOf(manifest)) {
          const range = world(allow.peer);
          if (range !== undefined)
            probe.wrong(
              allow.place,
              `${titleOf(manifest)} allows traffic ${allow.direction === "out" ? "to" : "from"} ${range}`,
              scope,
            );
        }
      });
    }),
  ],
  fix: "Name the ranges that are needed, or send the traffic through a proxy that filters names.",
  mutants: [
    {
      title: "HTTPS to everywhere but the metadata service",
      edits: inProduction(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: internet\nspec:\n  podSelector: {}\n  policyTypes:\n    - Egress\n  egress:\n    - to:\n        - ipBlock:\n            cidr: 0.0.0.0/0\n            except:\n              - 169.254.169.254/32\n      ports:\n        - port: 443\n",
      ),
    },
    {
      title: "The two halves of the internet",
      edits: [
        {
          file: "kubernetes/overlays/prod/allow-aws-credentials.yaml",
          replace: "    - to:\n",
          with: "    - to:\n        - ipBlock:\n            cidr: 0.0.0.0/1\n        - ipBlock:\n            cidr: 128.0.0.0/1\n",
        },
      ],
    },
    {
      title: "Cilium's name for the internet",
      of: "bank",
      edits: [
        {
          file: "kubernetes/overlays/prod/allow-aws-credentials.yaml",
          replace: "        - host\n",
          with: "        - host\n        - world\n",
        },
      ],
    },
  ],
});
