import { control, manifests } from "../control.ts";
import { inProduction } from "../evidence/edits.ts";
import { everyObject, titleOf, workloadNamespaces } from "../evidence/kubernetes.ts";
import { type Allow, allowsOf, isOnly, portsText, reaches } from "../evidence/network-policies.ts";

const isDns = ({ peer }: Allow): boolean => peer.kind === "pods" && peer.isDns;

function flaw(allow: Allow): string | undefined {
  const { peer } = allow;
  if (peer.kind === "pods" && peer.isDns)
    return isOnly(allow, 53, "UDP", "TCP")
      ? undefined
      : `allows ${portsText(allow)} to kube-dns, it must be port 53 alone`;
  if (peer.kind === "pods" && peer.namespace === "kube-system")
    return "allows traffic to pods of kube-system other than kube-dns";
  // Calico takes no ports there: they are those of the endpoints.
  if (peer.kind === "api") return undefined;
  // Without ports a rule for pods is about those pods; a rule for addresses is about whatever answers there.
  const isAnyResolver =
    peer.kind === "pods" ? allow.ports !== undefined && reaches(allow, 53) : reaches(allow, 53);
  return isAnyResolver
    ? `allows ${portsText(allow)} to other than kube-dns: a resolver too`
    : undefined;
}

export default control({
  id: "workloads.dns",
  title: "Pods resolve names with the cluster's DNS and nowhere else",
  why: "Another resolver is a way out that no policy on names sees: data leaves in the names that are asked for.",
  severity: "medium",
  mapping: { cisEks: ["5.4.4"], nsaCisa: ["Network separation and hardening"] },
  evidence: [
    manifests((subject, probe) => {
      for (const { name, overlay, place, objects } of workloadNamespaces(subject, probe))
        probe.that(
          ["UDP", "TCP"].every((protocol) =>
            objects
              .flatMap(allowsOf)
              .some(
                (allow) => isDns(allow) && allow.ports?.some((port) => port.protocol === protocol),
              ),
          ),
          place,
          `namespace ${name} does not allow DNS, UDP and TCP, to kube-dns in kube-system`,
          overlay.path,
        );
      everyObject(subject, probe, (manifest, scope) => {
        for (const allow of allowsOf(manifest)) {
          const message = allow.direction === "out" ? flaw(allow) : undefined;
          if (message !== undefined)
            probe.wrong(allow.place, `${titleOf(manifest)} ${message}`, scope);
        }
      });
    }),
  ],
  fix: "Allow port 53, UDP and TCP, to pods with k8s-app: kube-dns in kube-system, and to nothing else.",
  mutants: [
    {
      title: "Every pod of kube-system, not only DNS",
      edits: [
        {
          file: "kubernetes/workload-namespace/allow-dns.yaml",
          replace:
            "          podSelector:\n            matchLabels:\n              k8s-app: kube-dns\n",
          with: "",
        },
      ],
    },
    {
      title: "Every port of DNS' pods",
      edits: [
        {
          file: "kubernetes/workload-namespace/allow-dns.yaml",
          replace: / {6}ports:[\s\S]*$/,
          with: "",
        },
      ],
    },
    {
      title: "A resolver outside of the cluster",
      edits: inProduction(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: resolver\nspec:\n  podSelector: {}\n  policyTypes:\n    - Egress\n  egress:\n    - to:\n        - ipBlock:\n            cidr: 9.9.9.9/32\n      ports:\n        - protocol: UDP\n          port: 50\n          endPort: 60\n",
      ),
    },
    {
      title: "The cluster-wide floor lets DNS go to any namespace",
      edits: [
        {
          file: "kubernetes/base/cluster-network-policies/default-deny.yaml",
          replace: '        namespaceSelector: projectcalico.org/name == "kube-system"\n',
          with: "",
        },
      ],
    },
    {
      title: "A Service that may be a resolver",
      edits: inProduction(
        "apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata:\n  name: resolver\nspec:\n  types:\n    - Egress\n  egress:\n    - action: Allow\n      protocol: UDP\n      destination:\n        services:\n          name: resolver\n          namespace: default\n",
      ),
    },
  ],
});
