import { control, manifests } from "../control.ts";
import { patchedIn } from "../evidence/edits.ts";
import {
  type Data,
  data,
  groupOf,
  isData,
  items,
  specOf,
  strings,
  workloadNamespaces,
} from "../evidence/kubernetes.ts";
import type { Manifest } from "../evidence/subject.ts";

const isEveryPod = (selector: unknown): boolean => {
  const { matchLabels, matchExpressions }: Data = data(selector);
  return (
    isData(selector) &&
    Object.keys(data(matchLabels)).length === 0 &&
    items(matchExpressions).length === 0
  );
};

const isDefaultDeny = (policy: Manifest): boolean => {
  const { podSelector, policyTypes, ingress, egress } = specOf(policy);
  const types = strings(policyTypes);
  return (
    isEveryPod(podSelector) &&
    types.includes("Ingress") &&
    types.includes("Egress") &&
    items(ingress).length === 0 &&
    items(egress).length === 0
  );
};

export default control({
  id: "workloads.default-deny",
  title: "Every workload namespace denies all traffic that no policy allows, in both directions",
  why: "Without it one broken-into pod talks to every other pod, and takes what it finds out to any address.",
  severity: "critical",
  mapping: {
    cisEks: ["4.3.2", "5.4.4"],
    nsaCisa: ["Network separation and hardening"],
    checkov: ["CKV2_K8S_6"],
    trivy: ["KSV-0038"],
  },
  evidence: [
    manifests((subject, probe) => {
      for (const { name, overlay, place, objects } of workloadNamespaces(subject, probe)) {
        const policies = objects.filter(
          (each) => each.kind === "NetworkPolicy" && groupOf(each) === "networking.k8s.io",
        );
        const almost = policies.find((policy) => policy.name === "default-deny");
        probe.that(
          policies.some(isDefaultDeny),
          almost?.placeOf("spec") ?? place,
          almost === undefined
            ? `namespace ${name} has no policy that selects every pod, for Ingress and Egress, and allows nothing`
            : `default-deny of ${name} must select every pod, for Ingress and Egress, and allow nothing`,
          overlay.path,
        );
      }
    }),
  ],
  fix: "Give the namespace a NetworkPolicy with podSelector {}, policyTypes Ingress and Egress, and no rules.",
  mutants: [
    {
      title: "For tools on a developer's machine, so no cluster gets it",
      edits: [
        {
          file: "kubernetes/workload-namespace/default-deny.yaml",
          replace: "metadata:\n",
          with: 'metadata:\n  annotations:\n    config.kubernetes.io/local-config: "true"\n',
        },
      ],
    },
    {
      title: "A patch takes its whole spec away",
      edits: patchedIn(
        "prod",
        "  - patch: |-\n      apiVersion: networking.k8s.io/v1\n      kind: NetworkPolicy\n      metadata:\n        name: default-deny\n      spec:\n        $patch: delete\n",
      ),
    },
    {
      title: "A component lets it choose no pod",
      edits: [
        {
          file: "kubernetes/overlays/prod/kustomization.yaml",
          append: "components:\n  - ../../components/x\n",
        },
        {
          file: "kubernetes/components/x/kustomization.yaml",
          create:
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n  - target:\n      kind: NetworkPolicy\n      name: default-deny\n    patch: |-\n      - op: replace\n        path: /spec/podSelector\n        value:\n          matchLabels:\n            nobody: has-this\n",
        },
      ],
    },
    {
      title: "Only what comes in is denied",
      edits: [
        {
          file: "kubernetes/workload-namespace/default-deny.yaml",
          replace: "    - Egress\n",
          with: "",
        },
      ],
    },
    {
      title: "Pods without a label are left out",
      edits: [
        {
          file: "kubernetes/workload-namespace/default-deny.yaml",
          replace: "podSelector: {}",
          with: 'podSelector:\n    matchLabels:\n      isolated: "true"',
        },
      ],
    },
    {
      title: "The policy is no longer listed",
      edits: [
        {
          file: "kubernetes/workload-namespace/kustomization.yaml",
          replace: "  - default-deny.yaml\n",
          with: "",
        },
      ],
    },
    {
      title: "One environment adds an open rule by a patch",
      edits: patchedIn(
        "prod",
        "  - target:\n      kind: NetworkPolicy\n      name: default-deny\n    patch: |-\n      - op: add\n        path: /spec/egress\n        value: [{}]\n",
      ),
    },
  ],
});
