import { control, manifests } from "../control.ts";
import { chartValue, leavesOf } from "../evidence/engine.ts";
import { data } from "../evidence/kubernetes.ts";

/** Values of the chart, and what they may be. */
const WANTED: readonly [string, readonly unknown[]][] = [
  ["cni.chainingMode", ["aws-cni"]],
  ["cni.exclusive", [false]],
  ["cni.install", [true, undefined]],
  ["routingMode", ["native"]],
  ["enableIPv4Masquerade", [false]],
  ["endpointRoutes.enabled", [true]],
  ["policyEnforcementMode", ["default", "always"]],
  // Audit mode logs what it would have dropped, and lets it through.
  ["policyAuditMode", [false, undefined]],
  ["agent", [true, undefined]],
  ["cni.customConf", [false, undefined]],
];
/** What sends the agent to other nodes, takes another one, or speaks to it past the chart. */
const ABSENT = ["nodeSelector", "affinity", "extraEnv", "image.override", "image.repository"];

export default control({
  id: "workloads.cilium",
  title: "Cilium is chained behind the VPC CNI and enforces what policies say",
  why: "In mode never or audit, or outside of the chain, every policy is text that stops nothing.",
  severity: "critical",
  mapping: { cisEks: ["4.3.1", "5.4.4"], nsaCisa: ["Network separation and hardening"] },
  feature: "cilium",
  evidence: [
    manifests((subject, probe) => {
      const chart = subject.engineValues;
      const top = { file: "kubernetes/engine/values.yaml", line: 1 };
      for (const [path, values] of WANTED) {
        const value = chartValue(chart?.data, path);
        probe.that(
          values.includes(value),
          chart?.placeOf(...path.split(".")) ?? top,
          `${path} is ${value ?? "not set"}, it must be ${values.filter((each) => each !== undefined).join(" or ")}`,
          "kubernetes/engine",
        );
      }
      for (const path of ABSENT)
        probe.that(
          chartValue(chart?.data, path) === undefined,
          chart?.placeOf(...path.split(".")) ?? top,
          `${path} is set: the agent may run elsewhere, or be another one`,
          "kubernetes/engine",
        );
      // The agent's own flags are past the chart's values, and readers of a policy kind can be off.
      for (const [path, value] of leavesOf(data(chart?.data))) {
        const [head = ""] = path;
        const isFlag =
          /^extra(Config|Args)$/.test(head) && /policy|audit/i.test(`${path} ${value}`);
        probe.that(
          !isFlag && !(/networkpolicy/i.test(path.join(".")) && value === false),
          chart?.placeOf(...path) ?? top,
          `${path.join(".")} is ${value}, which turns policies off or may do so`,
          "kubernetes/engine",
        );
      }
    }),
  ],
  fix: "Restore the values in kubernetes/engine/values.yaml: chainingMode aws-cni and policyEnforcementMode default.",
  mutants: [
    {
      title: "On no node",
      of: "bank",
      edits: [
        { file: "kubernetes/engine/values.yaml", append: 'nodeSelector:\n  never: "true"\n' },
      ],
    },
    {
      title: "Nothing is enforced",
      of: "bank",
      edits: [
        {
          file: "kubernetes/engine/values.yaml",
          replace: "policyEnforcementMode: default",
          with: "policyEnforcementMode: never",
        },
      ],
    },
    {
      title: "What would be dropped is only logged",
      of: "bank",
      edits: [{ file: "kubernetes/engine/values.yaml", append: "\npolicyAuditMode: true\n" }],
    },
    {
      title: "The same past the chart's values",
      of: "bank",
      edits: [
        {
          file: "kubernetes/engine/values.yaml",
          append: '\nextraConfig:\n  enable-policy: "never"\n',
        },
      ],
    },
    {
      title: "Not in the chain",
      of: "bank",
      edits: [
        {
          file: "kubernetes/engine/values.yaml",
          replace: "  chainingMode: aws-cni\n",
          with: "",
        },
      ],
    },
  ],
});
