import { control, manifests } from "../control.ts";
import { inEngine } from "../evidence/edits.ts";
import { chartValue } from "../evidence/engine.ts";
import { everyObject, groupOf, titleOf } from "../evidence/kubernetes.ts";
import type { Subject } from "../evidence/subject.ts";

/** Values of the chart by engine, and what they must be. Calico's chart turns both on by itself. */
function wanted({ engineValues }: Subject): readonly [string, readonly unknown[]][] {
  const values = engineValues?.data;
  if (chartValue(values, "cni.chainingMode") === undefined)
    return [
      ["goldmane.enabled", [false]],
      ["whisker.enabled", [false]],
    ];
  if (chartValue(values, "hubble.enabled") === false) return [["hubble.enabled", [false]]];
  return [
    ["hubble.relay.enabled", [false, undefined]],
    ["hubble.ui.enabled", [false, undefined]],
    ["hubble.tls.enabled", [true, undefined]],
  ];
}

export default control({
  id: "workloads.flow-viewer",
  title: "No view of the cluster's traffic runs without authentication",
  why: "Goldmane, Whisker and Hubble's relay show whoever reaches them which pod talks to which: a map for an attacker.",
  severity: "medium",
  mapping: { nsaCisa: ["Network separation and hardening"] },
  notApplicable: ({ networkPolicy }) =>
    networkPolicy === "vpc-cni" ? "the VPC CNI's agent has no such view" : undefined,
  evidence: [
    manifests((subject, probe) => {
      const chart = subject.engineValues;
      for (const [path, values] of wanted(subject)) {
        const value = chartValue(chart?.data, path);
        probe.that(
          values.includes(value),
          chart?.placeOf(...path.split(".")) ?? { file: "kubernetes/engine/values.yaml", line: 1 },
          `${path} is ${value ?? "not set"}, it must be ${values[0]}`,
          "kubernetes/engine",
        );
      }
      everyObject(subject, probe, (manifest, scope) => {
        if (
          groupOf(manifest) === "operator.tigera.io" &&
          /^(Goldmane|Whisker)$/.test(manifest.kind)
        )
          probe.wrong(manifest.place, `${titleOf(manifest)} shows all traffic to anyone`, scope);
      });
    }),
  ],
  fix: "Set goldmane.enabled and whisker.enabled (Cilium: hubble.enabled) to false in kubernetes/engine/values.yaml.",
  mutants: [
    {
      title: "Whisker by the chart's default",
      edits: [
        {
          file: "kubernetes/engine/values.yaml",
          replace: "whisker:\n  enabled: false\n",
          with: "",
        },
      ],
    },
    {
      title: "Goldmane as an object of its own",
      edits: inEngine(
        "apiVersion: operator.tigera.io/v1\nkind: Goldmane\nmetadata:\n  name: default\n",
      ),
    },
    {
      title: "Hubble with its page",
      of: "bank",
      edits: [
        {
          file: "kubernetes/engine/values.yaml",
          replace: "hubble:\n  enabled: false\n",
          with: "hubble:\n  enabled: true\n  relay:\n    enabled: true\n  ui:\n    enabled: true\n",
        },
      ],
    },
  ],
});
