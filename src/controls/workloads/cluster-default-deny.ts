import { control, manifests } from "../control.ts";
import { patchedIn } from "../evidence/edits.ts";
import { data, items, specOf, strings } from "../evidence/kubernetes.ts";
import {
  allowsOf,
  ciliumSpecs,
  clusterWideFlaws,
  type Flaw,
  isOnly,
  selectionFlaws,
  systemNamespacesOf,
} from "../evidence/network-policies.ts";
import type { Manifest } from "../evidence/subject.ts";

function flaws(policy: Manifest, system: readonly string[]): Flaw[] {
  const found: Flaw[] = [];
  const flaw = (message: string, ...path: string[]): void => {
    found.push({ message, place: policy.placeOf("spec", ...path) });
  };
  if (policy.kind === "GlobalNetworkPolicy") {
    const { types, tier, doNotTrack, preDNAT } = specOf(policy);
    for (const type of ["Ingress", "Egress"])
      if (!strings(types).includes(type)) flaw(`is not for ${type}`, "types");
    if ((tier ?? "default") !== "default") flaw("is in a tier of its own", "tier");
    if (doNotTrack === true || preDNAT === true) flaw("is for hosts only", "doNotTrack");
  } else
    for (const { spec } of ciliumSpecs(policy))
      for (const section of ["ingress", "egress"] as const) {
        if (items(spec[section]).length === 0) flaw(`has no rule for ${section}`, section);
        if (data(spec.enableDefaultDeny)[section] === false)
          flaw(`turns default deny off for ${section}`, "enableDefaultDeny");
      }
  for (const allow of allowsOf(policy)) {
    const isDns = allow.direction === "out" && allow.peer.kind === "pods" && allow.peer.isDns;
    if (!isDns || !isOnly(allow, 53, "UDP", "TCP"))
      found.push({ message: "allows more than DNS in the cluster", place: allow.place });
  }
  return [...found, ...selectionFlaws(policy, system)];
}

export default control({
  id: "workloads.cluster-default-deny",
  title: "A cluster-wide policy denies all but DNS in every namespace that is not the system's",
  why: "A namespace that someone makes beside this repository is closed from its first pod on.",
  severity: "high",
  mapping: { cisEks: ["4.3.2", "5.4.4"], nsaCisa: ["Network separation and hardening"] },
  waivedBy: ["no-cluster-wide-deny"],
  evidence: [
    manifests((subject, probe) => {
      const system = systemNamespacesOf(subject);
      for (const overlay of probe.overlays(subject)) {
        if (system === undefined) {
          probe.unresolved(
            overlay.place,
            "without valid answers in hardened-eks.yaml the system's namespaces are not known",
            overlay.path,
          );
          continue;
        }
        probe.checked += 1;
        for (const { message, place } of clusterWideFlaws(
          overlay,
          "default-deny",
          "denies by default",
          (policy) => flaws(policy, system),
        ))
          probe.wrong(place, message, overlay.path);
      }
    }),
  ],
  fix: "Restore kubernetes/base/cluster-network-policies/default-deny.yaml.",
  mutants: [
    {
      title: "A workload namespace counts as the system's",
      edits: [
        {
          file: "kubernetes/base/cluster-network-policies/default-deny.yaml",
          replace: '    "kube-system",\n',
          with: '    "kube-system",\n    "production",\n',
        },
      ],
    },
    {
      title: "A label leaves a namespace out",
      edits: [
        {
          file: "kubernetes/base/cluster-network-policies/default-deny.yaml",
          replace: '    "tigera-operator"\n    }\n',
          with: '    "tigera-operator"\n    } && !has(network-exempt)\n',
        },
      ],
    },
    {
      title: "What comes in is no longer denied, in one environment",
      edits: patchedIn(
        "prod",
        "  - target:\n      kind: GlobalNetworkPolicy\n      name: default-deny\n    patch: |-\n      - op: replace\n        path: /spec/types\n        value: [Egress]\n",
      ),
    },
    {
      title: "Cilium does not turn default deny on",
      of: "bank",
      edits: [
        {
          file: "kubernetes/base/cluster-network-policies/default-deny.yaml",
          replace: "  # An empty rule allows nothing",
          with: "  enableDefaultDeny:\n    ingress: false\n    egress: false\n  # An empty rule allows nothing",
        },
      ],
    },
    {
      title: "The policy is not listed",
      of: "bank",
      edits: [
        {
          file: "kubernetes/base/cluster-network-policies/kustomization.yaml",
          replace: "  - default-deny.yaml\n",
          with: "",
        },
      ],
    },
  ],
});
