import { control, manifests } from "../control.ts";
import { patchedIn } from "../evidence/edits.ts";
import { ofKind } from "../evidence/kubernetes.ts";

export default control({
  id: "workloads.namespaces",
  title: "Every environment makes every namespace that hardened-eks.yaml names",
  why: "A namespace that someone makes by hand instead has no Pod Security level, no default deny and no quota.",
  severity: "high",
  mapping: { cisEks: ["4.5.1"], nsaCisa: ["Network separation and hardening"] },
  evidence: [
    manifests((subject, probe) => {
      for (const overlay of probe.overlays(subject)) {
        const made = ofKind(overlay, "Namespace").map(({ name }) => name);
        probe.that(
          made.length > 0,
          overlay.place,
          `${overlay.path} makes no namespace`,
          overlay.path,
        );
        for (const name of Object.keys(subject.config?.namespaces ?? {}))
          probe.that(
            made.includes(name),
            overlay.place,
            `${overlay.path} does not make the namespace ${name}`,
            overlay.path,
          );
      }
    }),
  ],
  fix: "List base/namespaces/<name> among the resources of kubernetes/base/kustomization.yaml, and the base in every overlay.",
  mutants: [
    {
      title: "A namespace is no longer among the resources",
      of: "bank",
      edits: [
        {
          file: "kubernetes/base/kustomization.yaml",
          replace: "  - namespaces/ledger\n",
          with: "",
        },
      ],
    },
    {
      title: "One environment deletes the Namespace by a patch",
      edits: patchedIn(
        "prod",
        "  - patch: |-\n      $patch: delete\n      apiVersion: v1\n      kind: Namespace\n      metadata:\n        name: production\n",
      ),
    },
    {
      title: "One environment takes its namespaces from elsewhere",
      edits: [
        {
          file: "kubernetes/overlays/prod/kustomization.yaml",
          replace: "  - ../../base\n",
          with: "  - ../../base/cluster-network-policies\n",
        },
      ],
    },
  ],
});
