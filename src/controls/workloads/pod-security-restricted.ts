import { control, manifests } from "../control.ts";
import { labelsOf, ofKind } from "../evidence/kubernetes.ts";

const LABEL = "pod-security.kubernetes.io/";

export default control({
  id: "workloads.pod-security-restricted",
  title: "Every workload namespace enforces the restricted Pod Security Standard",
  why: "A privileged pod, or one with the host's namespaces or paths, is root on its node and reads every other pod there.",
  severity: "critical",
  mapping: {
    cisEks: ["4.2.1", "4.2.2", "4.2.3", "4.2.4", "4.2.5"],
    nsaCisa: ["Pod security"],
  },
  waivedBy: ["pod-security"],
  evidence: [
    manifests((subject, probe) => {
      for (const overlay of probe.overlays(subject))
        for (const namespace of ofKind(overlay, "Namespace"))
          for (const mode of ["enforce", "audit", "warn"]) {
            const level = labelsOf(namespace)[LABEL + mode];
            probe.that(
              level === "restricted",
              namespace.placeOf("metadata", "labels", LABEL + mode),
              `namespace ${namespace.name}: ${mode} is ${level ?? "not set"}, it must be restricted`,
              namespace.name,
            );
          }
    }),
  ],
  fix: "Label the namespace with pod-security.kubernetes.io/enforce, audit and warn: restricted.",
  mutants: [
    {
      title: "A component relabels what the overlay includes",
      edits: [
        {
          file: "kubernetes/overlays/prod/kustomization.yaml",
          append: "components:\n  - ../../components/debug\n",
        },
        {
          file: "kubernetes/components/debug/kustomization.yaml",
          create:
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nlabels:\n  - pairs:\n      pod-security.kubernetes.io/enforce: privileged\n",
        },
      ],
    },
    {
      title: "A patch takes all labels away",
      edits: [
        {
          file: "kubernetes/overlays/prod/kustomization.yaml",
          append:
            "patches:\n  - patch: |-\n      apiVersion: v1\n      kind: Namespace\n      metadata:\n        name: production\n        labels:\n          $patch: delete\n",
        },
      ],
    },
    {
      title: "Baseline is enforced instead",
      edits: [
        {
          file: "kubernetes/base/namespaces/production/namespace.yaml",
          replace: "enforce: restricted",
          with: "enforce: baseline",
        },
      ],
    },
    {
      title: "An overlay patches the label away",
      edits: [
        {
          file: "kubernetes/overlays/prod/kustomization.yaml",
          append:
            "patches:\n  - target:\n      kind: Namespace\n    patch: |-\n      - op: replace\n        path: /metadata/labels/pod-security.kubernetes.io~1enforce\n        value: privileged\n",
        },
      ],
    },
  ],
});
