import { control, manifests } from "../control.ts";
import { contains } from "../evidence/cidr.ts";
import { patchedIn } from "../evidence/edits.ts";
import { type Data, data, items, specOf, strings } from "../evidence/kubernetes.ts";
import {
  ciliumSpecs,
  clusterWideFlaws,
  type Flaw,
  METADATA,
  selectionFlaws,
  systemNamespacesOf,
} from "../evidence/network-policies.ts";
import type { Manifest } from "../evidence/subject.ts";

/** Kubernetes' own policies are evaluated at this order of Calico's. */
const NAMESPACED_ORDER = 1000;

/** Ranges that a rule denies whatever the port or the protocol. */
function deniedByCalico(rule: Data): string[] {
  const { action, destination, ...narrower } = rule;
  const { nets, ...others } = data(destination);
  if (action !== "Deny" || Object.keys({ ...narrower, ...others }).length > 0) return [];
  return strings(nets);
}

function deniedByCilium(rule: Data): string[] {
  const { toCIDR, toCIDRSet, ...narrower } = rule;
  if (Object.keys(narrower).length > 0) return [];
  const sets = items(toCIDRSet).map(data);
  return [
    ...strings(toCIDR),
    ...sets.flatMap(({ cidr, except }) =>
      typeof cidr === "string" && items(except).length === 0 ? [cidr] : [],
    ),
  ];
}

function flaws(policy: Manifest, system: readonly string[]): Flaw[] {
  const isCalico = policy.kind === "GlobalNetworkPolicy";
  const { order, types, egress } = specOf(policy);
  const denied = isCalico
    ? items(egress).map(data).flatMap(deniedByCalico)
    : ciliumSpecs(policy).flatMap(({ spec }) =>
        items(spec.egressDeny).map(data).flatMap(deniedByCilium),
      );
  const found = METADATA.filter((address) => !denied.some((range) => contains(range, address))).map(
    (address) => ({
      message: `does not deny ${address} on every port`,
      place: policy.placeOf("spec", isCalico ? "egress" : "egressDeny"),
    }),
  );
  if (isCalico) {
    if (!(typeof order === "number" && order < NAMESPACED_ORDER))
      found.push({
        message: `is evaluated at ${order ?? "the end"}, it must come before ${NAMESPACED_ORDER}, where the policies of a namespace are`,
        place: policy.placeOf("spec", "order"),
      });
    if (!strings(types).includes("Egress"))
      found.push({ message: "is not for Egress", place: policy.placeOf("spec", "types") });
    if (items(egress).some((rule) => data(rule).action !== "Deny"))
      found.push({
        message: "also allows something",
        place: policy.placeOf("spec", "egress"),
      });
  }
  return [...found, ...selectionFlaws(policy, system)];
}

export default control({
  id: "workloads.metadata-deny",
  title: "A cluster-wide policy denies the instance metadata service before any other policy",
  why: "However wide a team's own policy is, a pod does not get the credentials of the node's role.",
  severity: "high",
  mapping: { cisEks: ["5.4.4"], nsaCisa: ["Network separation and hardening"] },
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
          "block-instance-metadata",
          "denies the metadata service",
          (policy) => flaws(policy, system),
        ))
          probe.wrong(place, message, overlay.path);
      }
    }),
  ],
  fix: "Restore kubernetes/base/cluster-network-policies/block-instance-metadata.yaml.",
  mutants: [
    {
      title: "IPv6 is left open",
      edits: [
        {
          file: "kubernetes/base/cluster-network-policies/block-instance-metadata.yaml",
          replace:
            "    - action: Deny\n      destination:\n        nets:\n          - fd00:ec2::254/128\n",
          with: "",
        },
      ],
    },
    {
      title: "After the policies of the namespaces",
      edits: [
        {
          file: "kubernetes/base/cluster-network-policies/block-instance-metadata.yaml",
          replace: "order: 10\n",
          with: "order: 2000\n",
        },
      ],
    },
    {
      title: "Only one port is denied, in one environment",
      edits: patchedIn(
        "prod",
        "  - target:\n      kind: GlobalNetworkPolicy\n      name: block-instance-metadata\n    patch: |-\n      - op: add\n        path: /spec/egress/0/protocol\n        value: TCP\n      - op: add\n        path: /spec/egress/0/destination/ports\n        value: [443]\n",
      ),
    },
    {
      title: "A workload namespace is left out",
      of: "bank",
      edits: [
        {
          file: "kubernetes/base/cluster-network-policies/block-instance-metadata.yaml",
          replace: "          - kube-system\n",
          with: "          - kube-system\n          - payments\n",
        },
      ],
    },
    {
      title: "The policy is replaced by one that allows first",
      edits: [
        {
          file: "kubernetes/base/cluster-network-policies/block-instance-metadata.yaml",
          replace: "  egress:\n",
          with: "  egress:\n    - action: Allow\n      destination:\n        nets:\n          - 169.254.169.254/32\n",
        },
      ],
    },
  ],
});
