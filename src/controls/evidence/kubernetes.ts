/** Parts of Kubernetes objects that Controls ask for. */
import type { Manifest, Overlay } from "./subject.ts";

export type Data = Record<string, unknown>;

export const isData = (value: unknown): value is Data =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const data = (value: unknown): Data => (isData(value) ? value : {});
export const items = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const strings = (value: unknown): string[] =>
  items(value).filter((each): each is string => typeof each === "string");

export const ofKind = (
  { manifests }: Pick<Overlay, "manifests">,
  ...kinds: readonly string[]
): Manifest[] => manifests.filter(({ kind }) => kinds.includes(kind));

export const labelsOf = ({ object }: Manifest): Data => data(data(object.metadata).labels);
export const specOf = ({ object }: Manifest): Data => data(object.spec);

/** The pod that a workload runs, and the path to it. */
export function podOf(manifest: Manifest): { spec: Data; path: string[] } | undefined {
  const spec = specOf(manifest);
  switch (manifest.kind) {
    case "Pod":
      return { spec, path: ["spec"] };
    case "CronJob":
      return {
        spec: data(data(data(data(spec.jobTemplate).spec).template).spec),
        path: ["spec", "jobTemplate", "spec", "template", "spec"],
      };
    case "Deployment":
    case "DaemonSet":
    case "StatefulSet":
    case "ReplicaSet":
    case "Job":
      return { spec: data(data(spec.template).spec), path: ["spec", "template", "spec"] };
    default:
      return undefined;
  }
}

/** Containers of every kind, with their paths. */
export function containersOf(manifest: Manifest): { container: Data; path: (string | number)[] }[] {
  const pod = podOf(manifest);
  if (pod === undefined) return [];
  return ["initContainers", "containers", "ephemeralContainers"].flatMap((kind) =>
    items(pod.spec[kind]).map((container, index) => ({
      container: data(container),
      path: [...pod.path, kind, index],
    })),
  );
}

/** Rules of a Role or ClusterRole. */
export const rulesOfRole = ({ object }: Manifest): Data[] => items(object.rules).map(data);
