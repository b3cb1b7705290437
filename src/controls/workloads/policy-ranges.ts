import { control, manifests } from "../control.ts";
import { contains, rangeOf } from "../evidence/cidr.ts";
import { inProduction } from "../evidence/edits.ts";
import { everyObject, titleOf } from "../evidence/kubernetes.ts";
import { type Allow, allowsOf, type Peer } from "../evidence/network-policies.ts";
import { isWorld } from "../evidence/traffic.ts";

const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"];

/** The widest public part that is still somebody: a /12 of IPv4, a /32 of IPv6. */
const SHARE = { 32: 2 ** -12, 128: 2 ** -32 } as const;

const world = (peer: Peer): string | undefined => {
  if (peer.kind === "range" && isWorld(peer.cidr)) return peer.cidr;
  return peer.kind === "entity" && /^(all|world)/.test(peer.name)
    ? `the entity ${peer.name}`
    : undefined;
};

/** Which part of all addresses the public ranges are together: the internet in pieces. */
function share(allows: readonly Allow[], bits: 32 | 128): number {
  const ranges = new Set(
    allows.flatMap(({ peer }) =>
      peer.kind === "range" && !PRIVATE.some((own) => contains(own, peer.cidr)) ? [peer.cidr] : [],
    ),
  );
  return [...ranges].reduce((sum, text) => {
    const range = rangeOf(text);
    return range?.bits === bits ? sum + 2 ** -range.length : sum;
  }, 0);
}

export default control({
  id: "workloads.policy-ranges",
  title: "No policy allows the internet as a whole, nor a range in on every port",
  why: "A pod that reaches every address fetches the attacker's tools and carries the data out; one that a range reaches on every port answers each scan from there.",
  severity: "high",
  mapping: { cisEks: ["5.4.4"], nsaCisa: ["Network separation and hardening"] },
  evidence: [
    manifests((subject, probe) => {
      everyObject(subject, probe, (manifest, scope) => {
        const allows = allowsOf(manifest);
        for (const { peer, direction, place, ports } of allows) {
          const range = world(peer);
          if (range !== undefined)
            probe.wrong(
              place,
              `${titleOf(manifest)} allows traffic ${direction === "out" ? "to" : "from"} ${range}`,
              scope,
            );
          if (direction === "in" && peer.kind === "range" && ports === undefined)
            probe.wrong(place, `${titleOf(manifest)} lets ${peer.cidr} in on every port`, scope);
        }
        for (const bits of [32, 128] as const)
          if (share(allows, bits) > SHARE[bits])
            probe.wrong(
              manifest.place,
              `${titleOf(manifest)} allows so many addresses of the internet that nobody is named`,
              scope,
            );
      });
    }),
  ],
  fix: "Name the ranges and the ports that are needed, or send the traffic through a proxy that filters names.",
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
      title: "Four large pieces of it",
      edits: inProduction(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: clouds\nspec:\n  podSelector: {}\n  policyTypes:\n    - Egress\n  egress:\n    - to:\n        - ipBlock:\n            cidr: 3.0.0.0/8\n        - ipBlock:\n            cidr: 52.0.0.0/8\n      ports:\n        - port: 443\n",
      ),
    },
    {
      title: "IPv6 of a continent",
      edits: inProduction(
        'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: six\nspec:\n  podSelector: {}\n  policyTypes:\n    - Egress\n  egress:\n    - to:\n        - ipBlock:\n            cidr: "2a00::/16"\n      ports:\n        - port: 443\n',
      ),
    },
    {
      title: "The whole VPC on every port",
      edits: inProduction(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: balancer\nspec:\n  podSelector: {}\n  policyTypes:\n    - Ingress\n  ingress:\n    - from:\n        - ipBlock:\n            cidr: 10.41.0.0/16\n",
      ),
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
