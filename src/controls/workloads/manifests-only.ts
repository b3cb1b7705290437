import { control, files, terraform } from "../control.ts";
import { allRoots } from "../evidence/probe.ts";

/** Commands that make or change an object from their arguments. */
const CHANGE =
  /^[^#]*\bkubectl\b[^|;&#]*?\s(?:label|annotate|patch|edit|expose|set|create|taint|autoscale)\s/;

/** In a script of one's own: whatever changes the cluster. */
const ANY_CHANGE =
  /^[^#]*\bkubectl\b[^|;&#]*?\s["']?(?:apply|label|annotate|patch|edit|expose|set|create|delete|replace|rollout|run|scale|taint|autoscale)\b/;

export default control({
  id: "workloads.manifests-only",
  title: "Objects of the cluster are in kubernetes/, none is made by Terraform or by a script",
  why: "An object that Terraform makes is past what is checked here, and its provider holds an administrator's token in CI.",
  severity: "medium",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of allRoots(subject)) {
        probe.checked += 1;
        for (const { mode, type, address, place } of [...root.resources, ...root.settings])
          if (
            (mode === "managed" || mode === "data" || mode === "provider") &&
            /^(kubernetes|kubectl|helm|kustomization|kustomize|argocd|flux)(_|$)/.test(type)
          )
            probe.wrong(place, `${address} reaches into the cluster from Terraform`, root.path);
      }
    }),
    files((subject, probe) => {
      const shipped = subject.shipped();
      for (const path of subject.paths) {
        if (!/^(scripts\/|Makefile$|\.github\/|\.gitlab-ci\.yml$|\.gitlab\/)/.test(path)) continue;
        const text = subject.file(path)?.text ?? "";
        // Of what this version writes, apply is the way by which kubernetes/ gets into the cluster.
        const pattern = shipped.has(path) ? CHANGE : ANY_CHANGE;
        const lines = text.split("\n");
        lines.forEach((line, index) => {
          probe.that(
            !pattern.test(line) || shipped.get(path)?.split("\n").includes(line) === true,
            { file: path, line: index + 1 },
            `${path} changes objects of the cluster past kubernetes/`,
          );
        });
      }
    }),
  ],
  fix: "Move the object into kubernetes/, which scripts/deploy-platform applies.",
  mutants: [
    {
      title: "A binding to cluster-admin in Terraform",
      edits: [
        {
          file: "environments/prod/main.cluster.tf",
          append:
            '\nresource "kubernetes_cluster_role_binding_v1" "ops" {\n  metadata {\n    name = "ops"\n  }\n\n  role_ref {\n    api_group = "rbac.authorization.k8s.io"\n    kind      = "ClusterRole"\n    name      = "cluster-admin"\n  }\n\n  subject {\n    kind = "Group"\n    name = "ops"\n  }\n}\n',
        },
      ],
    },
    {
      title: "The script lowers a namespace's level afterwards",
      edits: [
        {
          file: "scripts/deploy-platform",
          append:
            "kubectl label namespace production pod-security.kubernetes.io/enforce=privileged --overwrite\n",
        },
      ],
    },
    {
      title: "A chart in a module",
      edits: [
        {
          file: "modules/addons/main.addons.tf",
          append:
            '\nresource "helm_release" "agent" {\n  name       = "agent"\n  repository = "https://example.com/charts"\n  chart      = "agent"\n}\n',
        },
      ],
    },
  ],
});
