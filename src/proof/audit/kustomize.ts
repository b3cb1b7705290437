/**
 * Builds an overlay as `kubectl kustomize` would, as far as its files tell: resources, components, namespace,
 * patches. What it does not follow (a remote resource, a generator, a replacement) is said.
 */
import {
  CLUSTER_SCOPED,
  type Data,
  data,
  isData,
  items,
  strings,
} from "../../controls/evidence/kubernetes.ts";
import type { Manifest, Overlay } from "../../controls/evidence/subject.ts";
import type { Place } from "../../controls/evidence/value.ts";
import { readYaml, type YamlDocument, type YamlProblem } from "./yaml.ts";

type Read = (path: string) => string | undefined;

interface Built {
  manifests: Manifest[];
  unresolved: { place: Place; message: string }[];
}

const MAX_DEPTH = 20;
const NAMES = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/** Builds overlays; what several of them include is read once. Problems of YAML are added to `problems`. */
export function overlayBuilder(
  read: Read,
  problems: YamlProblem[],
): (path: string) => Overlay | undefined {
  const documents = new Map<string, YamlDocument[]>();
  const parsed = (name: string): YamlDocument[] | undefined => {
    const known = documents.get(name);
    if (known !== undefined) return known;
    const text = read(name);
    if (text === undefined) return undefined;
    const { documents: made, problems: found } = readYaml(name, text);
    problems.push(...found);
    documents.set(name, made);
    return made;
  };
  const load: Load = Object.assign(parsed, { text: read });
  return (path) => {
    const file = NAMES.map((name) => `${path}/${name}`).find((name) => read(name) !== undefined);
    if (file === undefined) return undefined;
    const { manifests, unresolved } = folder(path, load, 0);
    return {
      name: path.slice(path.lastIndexOf("/") + 1),
      path,
      place: { file, line: 1 },
      manifests,
      unresolved,
    };
  };
}

/** Documents of a file, and its text. */
type Load = ((name: string) => YamlDocument[] | undefined) & { text: Read };

/** Everything that a kustomization may hold without changing what is checked here. */
const FOLLOWED = new Set([
  "apiVersion",
  "kind",
  "metadata",
  "resources",
  "components",
  "bases",
  "namespace",
  "patches",
  "patchesStrategicMerge",
  "patchesJson6902",
  "configMapGenerator",
  "secretGenerator",
  "generatorOptions",
  "images",
  "replicas",
  "commonLabels",
  "labels",
  "commonAnnotations",
  "buildMetadata",
  "sortOptions",
]);

/** @param given what a component finds there already: it works on that, too */
function folder(path: string, load: Load, depth: number, given: readonly Manifest[] = []): Built {
  const file = NAMES.map((name) => `${path}/${name}`).find((name) => load(name) !== undefined);
  const built: Built = { manifests: [...given], unresolved: [] };
  if (file === undefined || depth > MAX_DEPTH) {
    built.unresolved.push({
      place: { file: file ?? path, line: 1 },
      message:
        file === undefined
          ? `${path} has no kustomization.yaml`
          : "kustomizations include one another",
    });
    return built;
  }
  const [document] = load(file) ?? [];
  if (document === undefined) {
    built.unresolved.push({
      place: { file, line: 1 },
      message: `${file} is empty or no valid YAML`,
    });
    return built;
  }
  const kustomization = data(document.data);
  for (const name of Object.keys(kustomization))
    if (!FOLLOWED.has(name) && !isEmpty(kustomization[name]))
      built.unresolved.push({
        place: document.placeOf(name),
        message: `${name} is not followed: what it changes cannot be checked here`,
      });
  for (const key of ["resources", "bases"])
    strings(kustomization[key]).forEach((entry, index) => {
      const from = include(path, entry, load, depth, document.placeOf(key, index));
      built.manifests.push(...from.manifests);
      built.unresolved.push(...from.unresolved);
    });
  strings(kustomization.components).forEach((entry, index) => {
    const place = document.placeOf("components", index);
    const from = include(path, entry, load, depth, place, built.manifests);
    built.manifests = from.manifests;
    built.unresolved.push(...from.unresolved);
  });
  for (const [key, kind] of [
    ["configMapGenerator", "ConfigMap"],
    ["secretGenerator", "Secret"],
  ] as const)
    items(kustomization[key]).forEach((entry, index) => {
      generate(path, kind, data(entry), document.placeOf(key, index), load, built);
    });
  // kubectl takes them in this order, however they stand in the file.
  applyPatches("patchesStrategicMerge", path, kustomization, document, load, built);
  applyPatches("patches", path, kustomization, document, load, built);
  if (typeof kustomization.namespace === "string")
    built.manifests = built.manifests.map((manifest) =>
      inNamespace(manifest, kustomization.namespace as string),
    );
  applyMetadata(kustomization, document, built);
  applyPatches("patchesJson6902", path, kustomization, document, load, built);
  items(kustomization.images).forEach((entry, index) => {
    applyImage(data(entry), document.placeOf("images", index), built);
  });
  built.manifests = built.manifests.filter((manifest) => !isLocal(manifest));
  return built;
}

/** What is for tools on a developer's machine: kustomize leaves it out of what it prints. */
function isLocal({ object }: Manifest): boolean {
  const said = data(data(object.metadata).annotations)["config.kubernetes.io/local-config"];
  return said !== undefined && String(said) !== "false";
}

/** Labels and annotations for everything, over what the objects say themselves. */
function applyMetadata(kustomization: Data, document: YamlDocument, built: Built): void {
  const add = (field: "labels" | "annotations", pairs: unknown, place: Place): void => {
    if (!isData(pairs) || Object.keys(pairs).length === 0) return;
    built.manifests = built.manifests.map((manifest) => {
      const metadata = data(manifest.object.metadata);
      return {
        ...changed(manifest, {
          ...manifest.object,
          metadata: { ...metadata, [field]: { ...data(metadata[field]), ...pairs } },
        }),
        placeOf: (...path) =>
          path[0] === "metadata" && path[1] === field && Object.hasOwn(pairs, String(path[2]))
            ? place
            : manifest.placeOf(...path),
      };
    });
  };
  const selectors = (place: Place): void => {
    built.unresolved.push({
      place,
      message: "labels that are put into selectors too are not followed: use labels without them",
    });
  };
  items(kustomization.labels).forEach((entry, index) => {
    const { pairs, includeSelectors, fields } = data(entry);
    const place = document.placeOf("labels", index);
    if (items(fields).length > 0)
      built.unresolved.push({
        place,
        message: "labels that are put into other fields are not followed: patch these fields",
      });
    add("labels", pairs, place);
    if (includeSelectors === true) selectors(place);
  });
  if (!isEmpty(kustomization.commonLabels)) {
    add("labels", kustomization.commonLabels, document.placeOf("commonLabels"));
    selectors(document.placeOf("commonLabels"));
  }
  add("annotations", kustomization.commonAnnotations, document.placeOf("commonAnnotations"));
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0);

function include(
  path: string,
  entry: string,
  load: Load,
  depth: number,
  place: Place,
  given: readonly Manifest[] = [],
): Built {
  const target = join(path, entry);
  if (target === undefined || /^[a-z+]+:\/\/|^[\w.-]+@|^github\.com\//.test(entry))
    return {
      manifests: [...given],
      unresolved: [
        {
          place,
          message: `${entry} comes from outside of this repository, nobody reviewed it here`,
        },
      ],
    };
  const documents = load(target);
  if (documents !== undefined)
    return { manifests: [...given, ...documents.flatMap(manifestsOf)], unresolved: [] };
  if (NAMES.some((name) => load(`${target}/${name}`) !== undefined))
    return folder(target, load, depth + 1, given);
  return { manifests: [...given], unresolved: [{ place, message: `${entry} is not there` }] };
}

/** Joins a path of the repository; undefined where it would leave it. */
function join(from: string, entry: string): string | undefined {
  const parts = from.split("/");
  for (const part of entry.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

/** The object of a document, or those of a List. */
function manifestsOf({ data: value, place, placeOf }: YamlDocument): Manifest[] {
  if (!isData(value)) return [];
  if (Array.isArray(value.items) && String(value.kind).endsWith("List"))
    return items(value.items).flatMap((each, index) =>
      manifestsOf({
        data: each,
        place: placeOf("items", index),
        placeOf: (...path) => placeOf("items", index, ...path),
      }),
    );
  const metadata = data(value.metadata);
  return [
    {
      apiVersion: String(value.apiVersion ?? ""),
      kind: String(value.kind ?? ""),
      name: String(metadata.name ?? ""),
      ...(typeof metadata.namespace === "string" ? { namespace: metadata.namespace } : {}),
      object: value,
      place,
      placeOf,
    },
  ];
}

function inNamespace(manifest: Manifest, namespace: string): Manifest {
  if (manifest.kind === "Namespace")
    return changed(manifest, {
      ...manifest.object,
      metadata: { ...data(manifest.object.metadata), name: namespace },
    });
  if (CLUSTER_SCOPED.has(manifest.kind)) return manifest;
  return changed(manifest, {
    ...manifest.object,
    metadata: { ...data(manifest.object.metadata), namespace },
  });
}

function changed(manifest: Manifest, object: Data): Manifest {
  const metadata = data(object.metadata);
  const { namespace: _old, ...rest } = manifest;
  return {
    ...rest,
    apiVersion: String(object.apiVersion ?? ""),
    kind: String(object.kind ?? ""),
    name: String(metadata.name ?? ""),
    ...(typeof metadata.namespace === "string" ? { namespace: metadata.namespace } : {}),
    object,
  };
}

interface Patch {
  target?: Data;
  operations?: unknown[];
  merge?: Data;
  place: Place;
}

/** What a generator makes: literals, files and lines of env files, under the name without its hash. */
function generate(
  path: string,
  kind: "ConfigMap" | "Secret",
  entry: Data,
  place: Place,
  load: Load,
  built: Built,
): void {
  if (entry.behavior !== undefined && entry.behavior !== "create")
    built.unresolved.push({
      place,
      message: "a generator that changes another object is not followed",
    });
  const made: Data = {};
  const add = (line: string): void => {
    const at = line.indexOf("=");
    if (at > 0) made[line.slice(0, at)] = line.slice(at + 1);
  };
  const textOf = (name: string): string => {
    const file = join(path, name);
    const text = file === undefined ? undefined : load.text(file);
    if (text === undefined) built.unresolved.push({ place, message: `${name} is not there` });
    return text ?? "";
  };
  strings(entry.literals).forEach(add);
  for (const file of strings(entry.files)) {
    const at = file.indexOf("=");
    const name = file.slice(at + 1);
    made[at > 0 ? file.slice(0, at) : name.slice(name.lastIndexOf("/") + 1)] = textOf(name);
  }
  for (const file of [...strings(entry.envs), ...strings([entry.env])])
    textOf(file).split("\n").forEach(add);
  const { namespace } = entry;
  built.manifests.push(
    ...manifestsOf({
      data: {
        apiVersion: "v1",
        kind,
        metadata: {
          name: String(entry.name ?? ""),
          ...(typeof namespace === "string" ? { namespace } : {}),
        },
        [kind === "Secret" ? "stringData" : "data"]: made,
      },
      place,
      placeOf: () => place,
    }),
  );
}

const CONTAINERS = new Set(["containers", "initContainers", "ephemeralContainers"]);

/** Another name, tag or digest for every container of an image. */
function applyImage({ name, newName, newTag, digest }: Data, place: Place, built: Built): void {
  const renamed = (image: unknown): unknown => {
    const [, own = "", tag = ""] = /^(.*?)((?::[\w.-]+)?(?:@[\w:]+)?)$/.exec(String(image)) ?? [];
    if (own !== name) return image;
    const end = digest !== undefined ? `@${digest}` : newTag !== undefined ? `:${newTag}` : tag;
    return `${newName ?? own}${end}`;
  };
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (!isData(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        CONTAINERS.has(key) && Array.isArray(inner)
          ? inner.map((each) => (isData(each) ? { ...each, image: renamed(each.image) } : each))
          : walk(inner),
      ]),
    );
  };
  built.manifests = built.manifests.map((manifest) => {
    const object = walk(manifest.object) as Data;
    return JSON.stringify(object) === JSON.stringify(manifest.object)
      ? manifest
      : withPlace(changed(manifest, object), place);
  });
}

type PatchKey = "patches" | "patchesJson6902" | "patchesStrategicMerge";

function applyPatches(
  key: PatchKey,
  path: string,
  kustomization: Data,
  document: YamlDocument,
  load: Load,
  built: Built,
): void {
  for (const patch of patchesOf(key, path, kustomization, document, load, built)) {
    let found = false;
    if (hasDirective(patch.merge))
      built.unresolved.push({
        place: patch.place,
        message: "a patch has a directive that is not followed ($patch: replace and delete are)",
      });
    if (patch.target?.labelSelector !== undefined || patch.target?.annotationSelector !== undefined)
      built.unresolved.push({
        place: patch.place,
        message: "a patch chooses by label or annotation, which is not followed",
      });
    built.manifests = built.manifests.flatMap((manifest) => {
      if (!isTarget(manifest, patch)) return [manifest];
      found = true;
      if (patch.operations !== undefined) {
        const object = jsonPatch(manifest.object, patch.operations);
        if (object === undefined) {
          built.unresolved.push({
            place: patch.place,
            message: "a patch does not fit what it changes",
          });
          return [manifest];
        }
        return [withPlace(changed(manifest, object), patch.place)];
      }
      if (patch.merge?.$patch === "delete") return [];
      const merged = mergePatch(manifest.object, patch.merge ?? {}, isBuiltIn(manifest));
      const { apiVersion, kind } = manifest.object;
      return [withPlace(changed(manifest, { ...merged, apiVersion, kind }), patch.place)];
    });
    if (!found) built.unresolved.push({ place: patch.place, message: "a patch fits nothing" });
  }
}

/** What a patch changed is best explained by the patch. */
const withPlace = (manifest: Manifest, place: Place): Manifest => ({
  ...manifest,
  placeOf: () => place,
});

function patchesOf(
  key: PatchKey,
  path: string,
  kustomization: Data,
  document: YamlDocument,
  load: Load,
  built: Built,
): Patch[] {
  const patches: Patch[] = [];
  const add = (value: unknown, target: Data | undefined, place: Place): void => {
    if (Array.isArray(value))
      patches.push({ operations: value, place, ...(target ? { target } : {}) });
    else if (isData(value)) patches.push({ merge: value, place, ...(target ? { target } : {}) });
  };
  const addText = (text: string, target: Data | undefined, place: Place): void => {
    for (const each of readYaml(place.file, text).documents) add(each.data, target, place);
  };
  const addFile = (name: string, target: Data | undefined, place: Place): void => {
    const file = join(path, name);
    const documents = file === undefined ? undefined : load(file);
    if (documents === undefined) built.unresolved.push({ place, message: `${name} is not there` });
    for (const each of documents ?? []) add(each.data, target, each.place);
  };
  items(kustomization[key]).forEach((entry, index) => {
    const place = document.placeOf(key, index);
    if (typeof entry === "string") {
      if (entry.includes("\n")) addText(entry, undefined, place);
      else addFile(entry, undefined, place);
      return;
    }
    const { target, patch, path: name, options } = data(entry);
    if (Object.values(data(options)).includes(true))
      built.unresolved.push({
        place,
        message: "a patch may change kind or name, which is not followed",
      });
    const goal = isData(target) ? target : undefined;
    if (typeof patch === "string") addText(patch, goal, place);
    else if (typeof name === "string") addFile(name, goal, place);
  });
  return patches;
}

function isTarget(manifest: Manifest, { target, merge }: Patch): boolean {
  if (target !== undefined) {
    const like = (pattern: unknown, value: string | undefined): boolean =>
      pattern === undefined || new RegExp(`^(?:${String(pattern)})$`).test(value ?? "");
    const group = manifest.apiVersion.includes("/") ? manifest.apiVersion.split("/")[0] : "";
    return (
      like(target.kind, manifest.kind) &&
      like(target.name, manifest.name) &&
      like(target.namespace, manifest.namespace) &&
      like(target.group, group)
    );
  }
  const metadata = data(merge?.metadata);
  return (
    merge?.kind === manifest.kind &&
    metadata.name === manifest.name &&
    (metadata.namespace === undefined || metadata.namespace === manifest.namespace)
  );
}

/** Maps are merged, everything else is replaced; null removes. Lists with a merge key of Kubernetes are merged by it. */
function mergePatch(base: Data, patch: Data, byKey: boolean): Data {
  const made: Data = { ...base };
  for (const [name, value] of Object.entries(patch)) {
    if (name === "$patch") continue;
    if (value === null || data(value).$patch === "delete") delete made[name];
    else if (isData(value))
      made[name] =
        value.$patch === "replace"
          ? withoutDirective(value)
          : mergePatch(data(made[name]), value, byKey);
    else if (Array.isArray(value) && value.some((entry) => data(entry).$patch === "replace"))
      made[name] = value.filter((entry) => data(entry).$patch !== "replace");
    else {
      const key = byKey && Array.isArray(value) ? mergeKeyOf(name, value) : undefined;
      made[name] =
        key === undefined ? value : mergeNamed(key, items(made[name]), value as unknown[]);
    }
  }
  return made;
}

/** Only of kinds that Kubernetes itself knows are lists merged: of others kubectl replaces them. */
const isBuiltIn = ({ apiVersion }: Manifest): boolean => {
  const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
  return !group.includes(".") || group.endsWith(".k8s.io");
};

/** What tells one item of a list from another. */
function mergeKeyOf(name: string, patch: readonly unknown[]): string | undefined {
  if (MERGED_BY_NAME.has(name)) return "name";
  if (name === "volumeMounts") return "mountPath";
  if (name !== "ports") return undefined;
  return ["containerPort", "port"].find((key) => patch.every((entry) => key in data(entry)));
}

/** Whether a patch says how to merge in another way than is followed here: by order, or by taking single items out. */
function hasDirective(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasDirective);
  return (
    isData(value) &&
    Object.entries(value).some(
      ([name, inner]) =>
        (name === "$patch" && !["delete", "replace", "merge"].includes(String(inner))) ||
        (name.startsWith("$") && name !== "$patch") ||
        hasDirective(inner),
    )
  );
}

const withoutDirective = ({ $patch: _directive, ...rest }: Data): Data => rest;
const MERGED_BY_NAME = new Set([
  "containers",
  "initContainers",
  "volumes",
  "env",
  "imagePullSecrets",
]);

function mergeNamed(key: string, base: readonly unknown[], patch: readonly unknown[]): unknown[] {
  const made = base.map(data);
  for (const entry of patch.map(data)) {
    const at = made.findIndex((each) => each[key] === entry[key]);
    if (entry.$patch === "delete") made.splice(at, at === -1 ? 0 : 1);
    else if (at === -1) made.push(entry);
    else made[at] = mergePatch(made[at] as Data, entry, true);
  }
  return made;
}

/** RFC 6902, the operations that kustomizations use; undefined where one does not fit. */
function jsonPatch(object: Data, operations: readonly unknown[]): Data | undefined {
  const copy = structuredClone(object);
  for (const operation of operations.map(data)) {
    const steps = String(operation.path ?? "")
      .split("/")
      .slice(1)
      .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
    const last = steps.pop();
    let parent: unknown = copy;
    for (const step of steps) parent = (parent as Data | undefined)?.[step];
    if (last === undefined || typeof parent !== "object" || parent === null) return undefined;
    const { op, value } = operation;
    if (op === "test") continue;
    if (Array.isArray(parent)) {
      const index = last === "-" ? parent.length : Number(last);
      if (op === "add") parent.splice(index, 0, value);
      else if (op === "replace" && index in parent) parent[index] = value;
      else if (op === "remove" && index in parent) parent.splice(index, 1);
      else return undefined;
    } else if (op === "remove" && last in parent) delete (parent as Data)[last];
    else if (op === "add" || op === "replace") (parent as Data)[last] = value;
    else return undefined;
  }
  return copy;
}
