import { control, files, manifests } from "../control.ts";
import { deliveries } from "../evidence/kubernetes.ts";

/** A line, with those that continue it. */
const command = (lines: readonly string[], index: number): string => {
  const line = lines[index] ?? "";
  return line.endsWith("\\") ? `${line.slice(0, -1)} ${command(lines, index + 1)}` : line;
};

export default control({
  id: "workloads.local-manifests",
  title: "What is applied to a cluster comes from this repository, as it was reviewed",
  why: "A manifest from an address can be another one tomorrow, and is applied with an administrator's rights.",
  severity: "high",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  evidence: [
    manifests((subject, probe) => {
      // What a kustomization takes from elsewhere, or makes by itself, is noted by the build.
      probe.checked += deliveries(subject, probe).length;
    }),
    files((subject, probe) => {
      for (const path of subject.paths) {
        if (!/^(scripts\/|Makefile$|\.github\/|\.gitlab-ci\.yml$|\.gitlab\/)/.test(path)) continue;
        const lines = (subject.file(path)?.text ?? "").split("\n");
        lines.forEach((_, index) => {
          const line = command(lines, index);
          const isRemote =
            /\bkubectl\b.*\b(apply|create|replace)\b.*https?:\/\//.test(line) ||
            /\b(kubectl kustomize|kustomize build|--kustomize|-k)\s+\S*(https?:|github\.com|git@)/.test(
              line,
            ) ||
            /\b(curl|wget)\b.*\|\s*kubectl\b/.test(line);
          probe.that(
            !isRemote,
            { file: path, line: index + 1 },
            `${path} applies what it fetches from elsewhere`,
          );
        });
      }
    }),
  ],
  fix: "Copy the manifest into kubernetes/, where a diff shows each change of it.",
  mutants: [
    {
      title: "A kustomization takes a folder of another repository",
      edits: [
        {
          file: "kubernetes/base/kustomization.yaml",
          replace: "  - cluster-network-policies\n",
          with: "  - cluster-network-policies\n  - https://github.com/example/agents//deploy?ref=main\n",
        },
      ],
    },
    {
      title: "The engine's objects take one from an address",
      edits: [
        {
          file: "kubernetes/engine/kustomization.yaml",
          replace: "  - api-server.yaml\n",
          with: "  - api-server.yaml\n  - https://example.com/agent.yaml\n",
        },
      ],
    },
    {
      title: "The script applies an address",
      edits: [
        {
          file: "scripts/deploy-platform",
          append: "kubectl apply --server-side \\\n  --filename https://example.com/agent.yaml\n",
        },
      ],
    },
    {
      title: "A chart that kustomize fetches",
      of: "bank",
      edits: [
        {
          file: "kubernetes/overlays/prod/kustomization.yaml",
          append: "helmCharts:\n  - name: agent\n    repo: https://example.com/charts\n",
        },
      ],
    },
  ],
});
