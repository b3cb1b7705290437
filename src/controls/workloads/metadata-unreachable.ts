import { control, manifests } from "../control.ts";
import { inBase, inProduction } from "../evidence/edits.ts";
import { everyObject, titleOf } from "../evidence/kubernetes.ts";
import { allowsOf, METADATA, type Peer, rangeHolds } from "../evidence/network-policies.ts";

const reached = (peer: Peer): boolean =>
  peer.kind === "anyone" ||
  (peer.kind === "entity" && /^(all|world)/.test(peer.name)) ||
  METADATA.some((address) => rangeHolds(peer, address));

export default control({
  id: "workloads.metadata-unreachable",
  title: "No policy allows the instance metadata service, on IPv4 or IPv6",
  why: "A pod that reaches it gets the credentials of the node's role and acts as the node.",
  severity: "critical",
  mapping: { cisEks: ["5.4.4"], nsaCisa: ["Network separation and hardening"] },
  evidence: [
    manifests((subject, probe) => {
      everyObject(subject, probe, (manifest, scope) => {
        for (const { direction, peer, place } of allowsOf(manifest))
          if (direction === "out" && reached(peer))
            probe.wrong(
              place,
              `${titleOf(manifest)} allows ${peer.kind === "range" ? peer.cidr : "every address"}, and with it the metadata service`,
              scope,
            );
      });
    }),
  ],
  fix: "Name narrower ranges, or take 169.254.169.254/32 and fd00:ec2::254/128 out of them with except.",
  mutants: [
    {
      title: "Link-local addresses as a whole",
      edits: [
        {
          file: "kubernetes/overlays/prod/allow-aws-credentials.yaml",
          replace: "    - to:\n",
          with: "    - to:\n        - ipBlock:\n            cidr: 169.254.0.0/16\n",
        },
      ],
    },
    {
      title: "Its IPv6 address",
      edits: inProduction(
        "apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata:\n  name: metadata\nspec:\n  order: 1\n  types:\n    - Egress\n  egress:\n    - action: Allow\n      destination:\n        nets:\n          - fd00:ec2::/32\n",
      ),
    },
    {
      title: "A set of addresses that policies choose by label",
      edits: inBase(
        "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkSet\nmetadata:\n  name: aws\n  labels:\n    role: aws\nspec:\n  nets:\n    - 169.254.169.254\n",
      ),
    },
    {
      title: "By a range of Cilium, with another exception",
      of: "bank",
      edits: [
        {
          file: "kubernetes/overlays/prod/allow-aws-credentials.yaml",
          replace: "    - toEntities:\n        - host\n",
          with: "    - toCIDRSet:\n        - cidr: 169.254.168.0/22\n          except:\n            - 169.254.171.0/24\n",
        },
      ],
    },
  ],
});
