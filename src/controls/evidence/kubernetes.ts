/** Parts of Kubernetes objects that Controls ask for. */
import type { Probe } from "./probe.ts";
import type { Manifest, Overlay, Subject } from "./subject.ts";
import type { Place } from "./value.ts";

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

/** A pod that an object runs, with the path to it. */
export interface PodSpec {
  spec: Data;
  path: (string | number)[];
}

/** Every pod that an object holds, whatever its kind: what has a list of containers is one. */
const CONTAINER_LISTS = new Set(["containers", "initContainers", "ephemeralContainers"]);

export function podsOf({ object }: Manifest): PodSpec[] {
  const found: PodSpec[] = [];
  const walk = (value: unknown, path: (string | number)[]): void => {
    if (Array.isArray(value))
      for (const [index, each] of value.entries()) walk(each, [...path, index]);
    if (!isData(value)) return;
    const isPod = items(value.containers).some(isData);
    if (isPod) found.push({ spec: value, path });
    for (const [name, each] of Object.entries(value))
      if (!isPod || !CONTAINER_LISTS.has(name)) walk(each, [...path, name]);
  };
  walk(object, []);
  return found;
}

/** Containers of every kind, with their paths. */
export const containersOf = ({
  spec,
  path,
}: PodSpec): { container: Data; path: (string | number)[] }[] =>
  ["initContainers", "containers", "ephemeralContainers"].flatMap((kind) =>
    items(spec[kind]).map((container, index) => ({
      container: data(container),
      path: [...path, kind, index],
    })),
  );

/** What is applied to a cluster in one go: an environment's overlay, or the engine's objects. */
export interface Delivery {
  scope: string;
  place: Place;
  manifests: readonly Manifest[];
}

/** Everything that reaches a cluster; what could not be followed is noted. */
export function deliveries(subject: Subject, probe: Probe): Delivery[] {
  const overlays = probe
    .overlays(subject)
    .map(({ path, place, manifests }) => ({ scope: path, place, manifests }));
  const scope = "kubernetes/engine";
  for (const { place, message } of subject.engineUnresolved ?? [])
    probe.unresolved(place, message, scope);
  if (subject.engine.length === 0) return overlays;
  const place = { file: `${scope}/kustomization.yaml`, line: 1 };
  return [...overlays, { scope, place, manifests: subject.engine }];
}

/** Judges every object that reaches a cluster. Each counts as looked at: "none is wrong" was seen, not assumed. */
export function everyObject(
  subject: Subject,
  probe: Probe,
  judge: (manifest: Manifest, scope: string) => void,
): void {
  for (const { manifests, scope } of deliveries(subject, probe))
    for (const manifest of manifests) {
      probe.checked += 1;
      judge(manifest, scope);
    }
}

/** Judges every pod of every object. */
export function everyPod(
  subject: Subject,
  probe: Probe,
  judge: (pod: PodSpec, manifest: Manifest, scope: string) => void,
): void {
  everyObject(subject, probe, (manifest, scope) => {
    for (const pod of podsOf(manifest)) judge(pod, manifest, scope);
  });
}

/** A namespace for workloads, as one environment makes it. */
export interface WorkloadNamespace {
  name: string;
  overlay: Overlay;
  place: Place;
  /** What lies in it. */
  objects: Manifest[];
}

/** The namespaces of each overlay: those that hardened-eks.yaml names, and whatever else it makes. */
export function workloadNamespaces(subject: Subject, probe: Probe): WorkloadNamespace[] {
  return probe.overlays(subject).flatMap((overlay) => {
    const made = ofKind(overlay, "Namespace");
    const names = [
      ...Object.keys(subject.config?.namespaces ?? {}),
      ...made.map(({ name }) => name),
    ];
    return [...new Set(names)].map((name) => ({
      name,
      overlay,
      place: made.find((namespace) => namespace.name === name)?.place ?? overlay.place,
      objects: overlay.manifests.filter(({ namespace }) => namespace === name),
    }));
  });
}

/** The group of an object: of `apps/v1` it is `apps`, of `v1` nothing. */
export const groupOf = ({ apiVersion }: Manifest): string =>
  apiVersion.includes("/") ? (apiVersion.split("/")[0] as string) : "";

/** Kind and name, for messages. */
export const titleOf = ({ kind, name, namespace }: Manifest): string =>
  `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;

/** Kinds of Kubernetes, Calico and Cilium that lie in no namespace. */
export const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  "APIServer",
  "APIService",
  "AdminNetworkPolicy",
  "BaselineAdminNetworkPolicy",
  "CSIDriver",
  "CiliumClusterwideNetworkPolicy",
  "ClusterNetworkPolicy",
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
  "FelixConfiguration",
  "GlobalNetworkPolicy",
  "GlobalNetworkSet",
  "Goldmane",
  "IngressClass",
  "Installation",
  "MutatingAdmissionPolicy",
  "MutatingAdmissionPolicyBinding",
  "MutatingWebhookConfiguration",
  "Namespace",
  "PersistentVolume",
  "PriorityClass",
  "RuntimeClass",
  "StorageClass",
  "Tier",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "VolumeSnapshotClass",
  "Whisker",
]);

/** Rules of a Role or ClusterRole. */
export const rulesOfRole = ({ object }: Manifest): Data[] => items(object.rules).map(data);
