import { control, manifests } from "../control.ts";
import { inEngine } from "../evidence/edits.ts";
import { chartValue } from "../evidence/engine.ts";
import { deliveries, ofKind, specOf } from "../evidence/kubernetes.ts";

/** What the Installation must say, and what else is as good. */
const WANTED: readonly [string, readonly unknown[]][] = [
  ["variant", ["Calico", undefined]],
  ["kubernetesProvider", ["EKS"]],
  ["cni.type", ["AmazonVPC"]],
  ["calicoNetwork.bgp", ["Disabled"]],
  ["calicoNetwork.linuxDataplane", ["Iptables", "Nftables", "BPF", undefined]],
];

/** What sends the agents to other nodes, or takes other ones. */
const ABSENT = ["calicoNodeDaemonSet", "typhaDeployment", "imagePath", "imagePrefix", "registry"];

export default control({
  id: "workloads.calico",
  title: "Calico is installed once, for policy only, on the VPC CNI's addresses",
  why: "An Installation for another CNI, or none, leaves nodes without rules: every policy is then text that stops nothing.",
  severity: "high",
  mapping: { cisEks: ["4.3.1", "5.4.4"], nsaCisa: ["Network separation and hardening"] },
  feature: "calico",
  evidence: [
    manifests((subject, probe) => {
      const file = "kubernetes/engine/kustomization.yaml";
      const found = deliveries(subject, probe).flatMap((delivery) =>
        ofKind(delivery, "Installation").map((installation) => ({
          installation,
          scope: delivery.scope,
        })),
      );
      probe.that(found.length > 0, { file, line: 1 }, "the engine's objects hold no Installation");
      probe.that(
        subject.engine.some(({ kind }) => kind === "APIServer"),
        { file, line: 1 },
        "the engine's objects hold no APIServer: policies cannot be stored",
      );
      for (const { installation, scope } of found) {
        probe.that(
          scope === "kubernetes/engine" && installation.name === "default" && found.length === 1,
          installation.place,
          `Installation ${installation.name} of ${scope}: there is one, default, in kubernetes/engine`,
          scope,
        );
        for (const path of ABSENT)
          probe.that(
            chartValue(specOf(installation), path) === undefined,
            installation.placeOf("spec", path),
            `Installation ${installation.name} sets ${path}: its agents may run elsewhere, or be others`,
            scope,
          );
        for (const [path, values] of WANTED) {
          const value = chartValue(specOf(installation), path);
          probe.that(
            values.includes(value),
            installation.placeOf("spec", ...path.split(".")),
            `Installation ${installation.name}: ${path} is ${value ?? "not set"}, it must be ${values.filter((each) => each !== undefined).join(" or ")}`,
            scope,
          );
        }
      }
      const chart = subject.engineValues;
      for (const [path, wanted] of [
        ["installation.enabled", false],
        ["apiServer.enabled", false],
        ["defaultFelixConfiguration.enabled", undefined],
      ] as const)
        probe.that(
          [wanted, false].includes(chartValue(chart?.data, path) as never),
          chart?.placeOf(...path.split(".")) ?? { file: "kubernetes/engine/values.yaml", line: 1 },
          `the chart's ${path} must be false: its own would override what kubernetes/engine says`,
          "kubernetes/engine",
        );
    }),
  ],
  fix: "Restore kubernetes/engine/installation.yaml and values.yaml: kubernetesProvider EKS, cni.type AmazonVPC, bgp Disabled.",
  mutants: [
    {
      title: "Agents on no node",
      edits: [
        {
          file: "kubernetes/engine/installation.yaml",
          replace: "  kubernetesProvider: EKS\n",
          with: '  kubernetesProvider: EKS\n  calicoNodeDaemonSet:\n    spec:\n      template:\n        spec:\n          nodeSelector:\n            never: "true"\n',
        },
      ],
    },
    {
      title: "Calico as the CNI",
      edits: [
        {
          file: "kubernetes/engine/installation.yaml",
          replace: "type: AmazonVPC",
          with: "type: Calico",
        },
      ],
    },
    {
      title: "The Installation is not applied",
      edits: [
        {
          file: "kubernetes/engine/kustomization.yaml",
          replace: "  - installation.yaml\n",
          with: "",
        },
      ],
    },
    {
      title: "The chart brings an Installation of its own",
      edits: [
        {
          file: "kubernetes/engine/values.yaml",
          replace: "installation:\n  enabled: false",
          with: "installation:\n  enabled: true",
        },
      ],
    },
    {
      title: "A second Installation, as an overlay",
      edits: inEngine(
        "apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata:\n  name: overlay\nspec:\n  cni:\n    type: Calico\n",
      ),
    },
  ],
});
