/** What a move to another Kubernetes version asks for: whether it can be done, and what to apply in what order. */
import type { Blueprint } from "../blueprint/types.ts";
import { addonPin } from "../catalog/addons.ts";
import { removedApis } from "../catalog/removed-apis.ts";
import type { Problem } from "../options/layers.ts";

const minor = (version: string): number => Number(version.split(".")[1]);

/** A manifest that uses an API which the new version does not serve. */
export interface RemovedApiUse {
  path: string;
  line: number;
  apiVersion: string;
  kind: string;
  since: string;
  instead: string;
}

/**
 * Why the step cannot be taken.
 *
 * @param before version that runs
 * @param after version that is asked for
 */
export function checkStep(before: string, after: string): Problem[] {
  const step = minor(after) - minor(before);
  if (before === after || step === 1) return [];
  const path = "kubernetes";
  if (step < 0)
    return [
      {
        path,
        message: `${after} is older than ${before}, and a control plane does not go back`,
        mend: "make a second environment with the older version, and move the workloads",
      },
    ];
  const next = `${before.split(".")[0]}.${minor(before) + 1}`;
  return [
    {
      path,
      message: `${after} is ${step} minor versions after ${before}, and EKS goes one at a time`,
      mend: `set kubernetes=${next} first, apply it everywhere, then go on`,
    },
  ];
}

/** Uses of removed APIs in manifests. */
export function findRemovedApis(
  files: ReadonlyMap<string, string>,
  version: string,
): RemovedApiUse[] {
  const found: RemovedApiUse[] = [];
  for (const [path, text] of files) {
    if (!/\.ya?ml$/.test(path)) continue;
    let start = 0;
    for (const document of text.split(/^---\s*$/m)) {
      const lines = document.split("\n");
      const at = lines.findIndex((line) => /^apiVersion:/.test(line));
      const value = (key: string): string =>
        new RegExp(`^${key}:\\s*["']?([^"'\\s#]+)`, "m").exec(document)?.[1] ?? "";
      const [apiVersion, kind] = [value("apiVersion"), value("kind")];
      for (const api of removedApis)
        if (
          api.apiVersion === apiVersion &&
          api.kinds.includes(kind) &&
          minor(api.removedIn) <= minor(version)
        )
          found.push({
            path,
            line: start + at + 1,
            apiVersion,
            kind,
            since: api.removedIn,
            instead: api.instead,
          });
      start += lines.length - 1;
    }
  }
  return found;
}

/** What to do, in order. Each line is one change that is applied everywhere before the next. */
export function stepsOf(before: Blueprint, after: Blueprint): string[] {
  const from = before.environments[0]?.controlPlane.version ?? "";
  const to = after.environments[0]?.controlPlane.version ?? "";
  if (from === to) return [];
  const addons = [
    ...new Set(
      after.environments.flatMap(({ addons: { beforeCompute, afterCompute } }) =>
        [...beforeCompute, ...afterCompute].map(({ name }) => name),
      ),
    ),
  ].sort();
  const moved = addons.filter(
    (name) => addonPin(name, from)?.version !== addonPin(name, to)?.version,
  );
  const unpinned = addons.filter((name) => addonPin(name, to) === undefined);
  const order = after.pipelines.order.join(", then ");
  return [
    `read the release notes of ${to}, and look at the cluster's upgrade insights (docs/runbooks/upgrade-kubernetes.md)`,
    `apply the environments in the order ${order}; look at each before the next`,
    `in each, one apply takes the control plane from ${from} to ${to}, which cannot be taken back, and then add-ons and nodes: EKS drains node by node and honours PodDisruptionBudgets`,
    moved.length === 0
      ? "no add-on changes its version"
      : `add-ons that change their version with it: ${moved.join(", ")}`,
    ...(unpinned.length === 0
      ? []
      : [`name a version of ${unpinned.join(", ")}: none was seen for ${to} yet`]),
    "custom AMIs and self-managed controllers are yours: check that they know the new version",
  ];
}
