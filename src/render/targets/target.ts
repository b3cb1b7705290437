import type { Blueprint, FileSpec } from "../../blueprint/types.ts";

/** A tool that can apply the repository. Nothing before src/render knows which one was chosen. */
export interface Target {
  id: "terraform" | "opentofu";
  name: string;
  cli: "terraform" | "tofu";
  /** Version constraint of the roots. */
  requiredVersion: string;
  /** Version that pipelines install. */
  version: string;
  /** Key of the action that installs it. */
  setupAction: string;
  registry: string;
  /** Names of that action's inputs. */
  setup: { version: string; wrapper: string };
  /** Container image of the tool. */
  image: string;
  /** Absent where no digest of it is known. */
  imageHasDigest?: true;
  files(blueprint: Blueprint): FileSpec[];
}
