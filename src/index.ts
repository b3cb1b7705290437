/** The public API: the pure core, and validation. */
export { buildBlueprint } from "./blueprint/build.ts";
export { type CheckResult, checkConfig } from "./blueprint/check.ts";
export type { Blueprint, Owner } from "./blueprint/types.ts";
export { declarations } from "./features/index.ts";
export type { Config, ConfigInput } from "./options/config.ts";
export type { OptionDeclaration } from "./options/declare.ts";
export { fillDefaults } from "./options/defaults.ts";
export { InvalidConfigError, type Problem } from "./options/layers.ts";
export { configSchema } from "./options/schema.ts";
export { checkSchema } from "./options/validate.ts";
export {
  type Check,
  type Finding,
  type Report,
  validateFull,
  validateInstant,
} from "./proof/index.ts";
export { renderRepository } from "./render/render.ts";
export type { FileTree, TreeFile } from "./render/tree.ts";
