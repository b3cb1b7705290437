import { control, manifests } from "../control.ts";
import { labelsOf, ofKind } from "../evidence/kubernetes.ts";

export default control({
  id: "workloads.pod-security-version",
  title: "Pod Security Standards are pinned to the cluster's minor version",
  why: "A standard that follows latest changes with a control plane upgrade; one pinned too old admits what was since forbidden.",
  severity: "medium",
  mapping: { nsaCisa: ["Pod security"] },
  evidence: [
    manifests((subject, probe) => {
      const wanted = subject.config === undefined ? undefined : `v${subject.config.kubernetes}`;
      for (const overlay of probe.overlays(subject))
        for (const namespace of ofKind(overlay, "Namespace"))
          for (const mode of ["enforce", "audit", "warn"]) {
            const label = `pod-security.kubernetes.io/${mode}-version`;
            const version = labelsOf(namespace)[label];
            probe.that(
              wanted === undefined ? /^v1\.\d+$/.test(String(version)) : version === wanted,
              namespace.placeOf("metadata", "labels", label),
              `namespace ${namespace.name}: ${mode}-version is ${version ?? "not set, so latest"}, it must be ${wanted ?? "a minor version"}`,
              overlay.path,
            );
          }
    }),
  ],
  fix: "Set pod-security.kubernetes.io/enforce-version, audit-version and warn-version to v and the answer kubernetes.",
  mutants: [
    {
      title: "The newest standard, whatever it is",
      edits: [
        {
          file: "kubernetes/base/namespaces/production/namespace.yaml",
          replace: "enforce-version: v1.35",
          with: "enforce-version: latest",
        },
      ],
    },
    {
      title: "The pin is gone",
      edits: [
        {
          file: "kubernetes/base/namespaces/production/namespace.yaml",
          replace: "    pod-security.kubernetes.io/audit-version: v1.35\n",
          with: "",
        },
      ],
    },
    {
      title: "One environment patches an old version in",
      of: "bank",
      edits: [
        {
          file: "kubernetes/overlays/prod/kustomization.yaml",
          append:
            "patches:\n  - patch: |-\n      apiVersion: v1\n      kind: Namespace\n      metadata:\n        name: ledger\n        labels:\n          pod-security.kubernetes.io/enforce-version: v1.24\n",
        },
      ],
    },
  ],
});
