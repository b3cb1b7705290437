import { control, manifests } from "../control.ts";
import { documentDifference, expectSame } from "../evidence/shipped.ts";

/** Sizes and labels of the engine's pods. */
const OPEN = new Set(["podAnnotations", "podLabels", "resources"]);

export default control({
  id: "workloads.engine-as-shipped",
  title: "The policy engine is installed as this version of the product tested it",
  why: "Where its agents run, which of their settings a map in the cluster may override, who builds their images: an engine that is told otherwise still reports every policy as in force.",
  severity: "medium",
  mapping: { nsaCisa: ["Network separation and hardening"] },
  notApplicable: ({ networkPolicy }) =>
    networkPolicy === "vpc-cni" ? "the VPC CNI's agent is part of its add-on" : undefined,
  evidence: [
    manifests((subject, probe) => {
      for (const [path, text] of subject.shipped()) {
        if (!/^kubernetes\/engine\/.*\.ya?ml$/.test(path)) continue;
        const file = subject.file(path);
        if (file === undefined) {
          probe.wrong({ file: path, line: 1 }, `${path} is missing`, "kubernetes/engine");
          continue;
        }
        probe.checked += 1;
        if (file.text === text) continue;
        const found = subject.yaml(file.text, path) ?? [];
        const wanted = text.split(/^---$/m);
        const difference = found
          .map((each, index) =>
            documentDifference(
              subject,
              each,
              wanted[index] ?? "",
              (at, key) => path.endsWith("/values.yaml") && at.length === 0 && OPEN.has(key),
            ),
          )
          .find((each) => each !== undefined);
        const other = {
          place: { file: path, line: 1 },
          message: `${path} holds other objects than this version writes`,
        };
        expectSame(
          probe,
          path,
          difference ?? (found.length === wanted.length ? undefined : other),
          "kubernetes/engine",
        );
      }
    }),
  ],
  fix: "Bring the file back with create-hardened-eks check --fix, or upgrade first where another version wrote it.",
  mutants: [
    {
      title: "Agents that leave tainted nodes alone",
      of: "bank",
      edits: [{ file: "kubernetes/engine/values.yaml", append: "\ntolerations: []\n" }],
    },
    {
      title: "A map in the cluster may override the agent's settings",
      of: "bank",
      edits: [
        {
          file: "kubernetes/engine/values.yaml",
          append: "\ndaemon:\n  allowedConfigOverrides: enable-policy\n",
        },
      ],
    },
    {
      title: "Another registry",
      edits: [
        {
          file: "kubernetes/engine/installation.yaml",
          replace: "  variant: Calico\n",
          with: "  variant: Calico\n  registry: registry.example/\n",
        },
      ],
    },
  ],
});
