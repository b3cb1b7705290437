/** Renders in memory what the command would write. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buildBlueprint } from "../../src/blueprint/build.ts";
import { checkConfig } from "../../src/blueprint/check.ts";
import type { Blueprint } from "../../src/blueprint/types.ts";
import { declarations } from "../../src/features/index.ts";
import type { Config } from "../../src/options/config.ts";
import { fillDefaults } from "../../src/options/defaults.ts";
import type { Data } from "../../src/options/paths.ts";
import { checkSchema } from "../../src/options/validate.ts";
import { renderRepository } from "../../src/render/render.ts";
import type { FileTree } from "../../src/render/tree.ts";

export const TODAY = "2026-11-24";

export interface Repository {
  config: Config;
  blueprint: Blueprint;
  tree: FileTree;
  /** Contents of a file that must be there. */
  file(path: string): string;
  paths: string[];
}

export const configOf = (input: Data = {}): Config =>
  fillDefaults(declarations, input, "acme-platform");

/** A valid Config's repository; throws where the Config is not valid. */
export function repository(input: Data = {}): Repository {
  const config = configOf(input);
  const problems = [...checkSchema(declarations, config), ...checkConfig(config, TODAY).problems];
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const blueprint = buildBlueprint(config);
  const tree = renderRepository(config, blueprint);
  return {
    config,
    blueprint,
    tree,
    paths: [...tree.keys()],
    file: (path) => {
      const file = tree.get(path);
      if (file === undefined) throw new Error(`no ${path} among ${[...tree.keys()].join(", ")}`);
      return file.contents;
    },
  };
}

/** Writes a tree below a directory. */
export async function writeTree(directory: string, tree: FileTree): Promise<void> {
  for (const [path, { contents, mode }] of tree) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), contents, { mode });
  }
}
