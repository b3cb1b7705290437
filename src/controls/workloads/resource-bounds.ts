import { control, manifests } from "../control.ts";
import { patchedIn } from "../evidence/edits.ts";
import {
  type Data,
  data,
  items,
  ofKind,
  specOf,
  workloadNamespaces,
} from "../evidence/kubernetes.ts";

const QUOTA = [
  "requests.cpu",
  "requests.memory",
  "limits.memory",
  "requests.storage",
  "persistentvolumeclaims",
  "pods",
];
const DEFAULTS: readonly [string, string][] = [
  ["defaultRequest", "cpu"],
  ["defaultRequest", "memory"],
  ["default", "memory"],
  ["max", "memory"],
];

/** A quota of more is none: no namespace of a cluster that somebody looks after has so much. */
const MOST: Readonly<Record<string, string>> = {
  "requests.cpu": "2000",
  "requests.memory": "16Ti",
  "limits.memory": "16Ti",
  "requests.storage": "1Pi",
  persistentvolumeclaims: "5000",
  pods: "5000",
};

const UNITS: Readonly<Record<string, number>> = {
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A quantity as a number; not a number for what is none, which is within no bound. */
const amountOf = (quantity: string): number => {
  const [, number, unit = ""] = /^([\d.]+(?:e\d+)?)([a-zA-Z]*)$/.exec(quantity) ?? [];
  return Number(number) * (UNITS[unit] ?? Number.NaN);
};

const isSet = (value: unknown): boolean => /^\d/.test(String(value ?? ""));

export default control({
  id: "workloads.resource-bounds",
  title: "Every workload namespace has a quota, and its containers have default limits",
  why: "Without them one namespace, broken into or only in a loop, takes the nodes away from all others.",
  severity: "medium",
  mapping: {
    cisEks: ["4.5.1"],
    nsaCisa: ["Network separation and hardening"],
    trivy: ["KSV-0039", "KSV-0040"],
  },
  evidence: [
    manifests((subject, probe) => {
      for (const { name, overlay, place, objects } of workloadNamespaces(subject, probe)) {
        const quotas = ofKind({ manifests: objects }, "ResourceQuota").filter((quota) => {
          const { scopes, scopeSelector } = specOf(quota);
          return scopes === undefined && scopeSelector === undefined;
        });
        for (const resource of QUOTA)
          probe.that(
            quotas.some((quota) => isSet(data(specOf(quota).hard)[resource])),
            quotas[0]?.placeOf("spec", "hard") ?? place,
            `namespace ${name} has no quota for ${resource}`,
            overlay.path,
          );
        for (const [resource, most] of Object.entries(MOST)) {
          const found = quotas.map((quota) => String(data(specOf(quota).hard)[resource]));
          probe.that(
            found.some((quantity) => amountOf(quantity) <= amountOf(most)),
            quotas[0]?.placeOf("spec", "hard", resource) ?? place,
            `namespace ${name} has a quota of ${found.join(" and ")} for ${resource}, it must be at most ${most}`,
            overlay.path,
          );
        }
        const ranges = ofKind({ manifests: objects }, "LimitRange");
        const limits = ranges
          .flatMap((range) => items(specOf(range).limits))
          .map(data)
          .filter((limit: Data) => limit.type === "Container");
        for (const [kind, resource] of DEFAULTS)
          probe.that(
            limits.some((limit) => isSet(data(limit[kind])[resource])),
            ranges[0]?.placeOf("spec", "limits") ?? place,
            `namespace ${name} has no ${kind} of ${resource} for containers`,
            overlay.path,
          );
      }
    }),
  ],
  fix: "Restore quota.yaml and limits.yaml of kubernetes/workload-namespace; patch other numbers in base/namespaces/<name>.",
  mutants: [
    {
      title: "A quota that bounds nothing",
      edits: [
        {
          file: "kubernetes/workload-namespace/quota.yaml",
          replace: 'pods: "100"',
          with: 'pods: "1000000"',
        },
      ],
    },
    {
      title: "No bound on pods",
      edits: [
        {
          file: "kubernetes/workload-namespace/quota.yaml",
          replace: '    pods: "100"\n',
          with: "",
        },
      ],
    },
    {
      title: "Containers get no memory limit",
      edits: [
        {
          file: "kubernetes/workload-namespace/limits.yaml",
          replace: "      default:\n        memory: 256Mi\n",
          with: "",
        },
      ],
    },
    {
      title: "One environment deletes the quota",
      edits: patchedIn(
        "dev",
        "  - patch: |-\n      $patch: delete\n      apiVersion: v1\n      kind: ResourceQuota\n      metadata:\n        name: workload\n",
      ),
    },
    {
      title: "The limits are no longer listed",
      of: "bank",
      edits: [
        {
          file: "kubernetes/workload-namespace/kustomization.yaml",
          replace: "  - limits.yaml\n",
          with: "",
        },
      ],
    },
  ],
});
