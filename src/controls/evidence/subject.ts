/** What is audited: a repository as its files say it, or a plan. */
import type { Config } from "../../options/config.ts";
import type { Place, Resource, Value } from "./value.ts";

export type RootKind = "environment" | "account" | "bootstrap" | "other";

/** A Terraform root with everything its modules make. */
export interface TerraformRoot {
  /** Relative to the repository; of a plan, its file. */
  path: string;
  kind: RootKind;
  /** Last part of the path: the environment's or account's name. */
  name: string;
  /** The tfvars file that it is evaluated with, where terraform does not read it by itself: `prod.tfvars`. */
  values?: string;
  place: Place;
  resources: readonly Resource[];
  /** Providers, backends, terraform blocks and module calls, of the root and of its modules. */
  settings: readonly Resource[];
}

/** An object of a manifest, as an overlay builds it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  name: string;
  namespace?: string;
  /** The whole object; patches applied. */
  object: Record<string, unknown>;
  place: Place;
  /** Where a path of the object is written, as near as the text tells. */
  placeOf(...path: (string | number)[]): Place;
}

/** What one environment applies to its cluster. */
export interface Overlay {
  /** Environment name. */
  name: string;
  path: string;
  place: Place;
  manifests: readonly Manifest[];
  /** What the build could not follow: a remote resource, a generator. */
  unresolved: readonly { place: Place; message: string }[];
}

/** A YAML file: a workflow, an action, a pipeline. */
export interface YamlFile {
  path: string;
  data: unknown;
  text: string;
  placeOf(...path: (string | number)[]): Place;
}

/** A file as text. */
export interface TextFile {
  path: string;
  text: string;
}

export interface Subject {
  /** `plan`: one root's plan, nothing else. */
  from: "repository" | "plan";
  /** The answers, where `hardened-eks.yaml` holds valid ones. */
  config?: Config;
  roots: readonly TerraformRoot[];
  overlays: readonly Overlay[];
  /** Helm values and engine objects applied before the overlays. */
  engine: readonly Manifest[];
  /** What the engine's build could not follow. */
  engineUnresolved?: Overlay["unresolved"];
  engineValues?: YamlFile;
  workflows: readonly YamlFile[];
  actions: readonly YamlFile[];
  gitlab?: YamlFile;
  /** Every file of the repository. */
  paths: readonly string[];
  /** Any file of the repository, by its path. */
  file(path: string): TextFile | undefined;
  /** What this version writes for the answers, of the files that guard something: scripts, workflows, settings. */
  shipped(): ReadonlyMap<string, string>;
  /** Every YAML document in a text, of the file at a path or of none, such as a part of user data; undefined where it is no YAML. */
  yaml(text: string, path?: string): readonly YamlFile[] | undefined;
  /** Variables of every module directory, for checks of what modules refuse. */
  modules: readonly ModuleFacts[];
}

/** What a module directory declares. */
export interface ModuleFacts {
  path: string;
  /** What it makes as it stands, with nothing known of its variables: also what no root makes today. */
  resources(): readonly Resource[];
  variables: readonly {
    name: string;
    place: Place;
    sensitive: Value | undefined;
    fallback: Value | undefined;
  }[];
  calls: readonly Resource[];
}
