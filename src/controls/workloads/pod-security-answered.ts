import { control, manifests } from "../control.ts";
import { labelsOf, ofKind } from "../evidence/kubernetes.ts";

const LEVELS = ["privileged", "baseline", "restricted"];
const ENFORCE = "pod-security.kubernetes.io/enforce";

export default control({
  id: "workloads.pod-security-answered",
  title: "No namespace enforces less than the Pod Security level in hardened-eks.yaml",
  why: "An accepted baseline must not turn into privileged unseen: a pod with the host's paths is root on its node.",
  severity: "critical",
  mapping: {
    cisEks: ["4.2.1", "4.2.2", "4.2.3", "4.2.4"],
    nsaCisa: ["Pod security"],
  },
  evidence: [
    manifests((subject, probe) => {
      for (const overlay of probe.overlays(subject))
        for (const namespace of ofKind(overlay, "Namespace")) {
          const wanted = subject.config?.namespaces[namespace.name]?.podSecurity ?? "restricted";
          const level = labelsOf(namespace)[ENFORCE];
          probe.that(
            LEVELS.indexOf(String(level)) >= LEVELS.indexOf(wanted),
            namespace.placeOf("metadata", "labels", ENFORCE),
            `namespace ${namespace.name}: enforce is ${level ?? "not set"}, hardened-eks.yaml says ${wanted}`,
            overlay.path,
          );
        }
    }),
  ],
  fix: "Set pod-security.kubernetes.io/enforce to the level that hardened-eks.yaml names for the namespace, restricted where it names none.",
  mutants: [
    {
      title: "A namespace with an accepted baseline becomes privileged",
      of: "startup",
      edits: [
        {
          file: "kubernetes/base/namespaces/tools/namespace.yaml",
          replace: "enforce: baseline",
          with: "enforce: privileged",
        },
      ],
    },
    {
      title: "Labels for everything overwrite the level",
      of: "startup",
      edits: [
        {
          file: "kubernetes/overlays/prod/kustomization.yaml",
          append: "labels:\n  - pairs:\n      pod-security.kubernetes.io/enforce: privileged\n",
        },
      ],
    },
    {
      title: "A namespace that no answer names, without a level",
      edits: [
        {
          file: "kubernetes/base/extra.yaml",
          create: "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: sandbox\n",
        },
        {
          file: "kubernetes/base/kustomization.yaml",
          replace: "  - cluster-network-policies\n",
          with: "  - cluster-network-policies\n  - extra.yaml\n",
        },
      ],
    },
  ],
});
