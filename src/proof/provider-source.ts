/** Where the full tier has its providers from. */
import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, relative } from "node:path";
import type { Scratch } from "../workspace/scratch.ts";
import { type Tool, ToolFailed } from "./tool.ts";
import type { FullOptions } from "./types.ts";

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Where providers come from: the mirror that is named, else whatever the user has set up. */
export async function providerSource(
  options: FullOptions,
  tool: Tool,
  scratch: Scratch,
): Promise<Record<string, string>> {
  const env = options.env ?? process.env;
  const mirror = env.HARDENED_EKS_PROVIDER_MIRROR;
  if (mirror !== undefined && mirror !== "") {
    if (!(await exists(mirror)))
      throw new ToolFailed(
        "full/provider-missing",
        `HARDENED_EKS_PROVIDER_MIRROR names ${mirror}, which does not exist.`,
      );
    const path = tool.iac === "opentofu" ? await tofuMirror(mirror, scratch) : mirror;
    const config = join(scratch.directory, "cli.tfrc");
    await writeFile(
      config,
      `disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(path)}\n  }\n}\n`,
    );
    return { TF_CLI_CONFIG_FILE: config };
  }
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env))
    if (
      value !== undefined &&
      /^(TF_CLI_CONFIG_FILE|TF_PLUGIN_CACHE_DIR|TF_TOKEN_.+|TF_REGISTRY_.+)$/.test(name)
    )
      kept[name] = value;
  const settings =
    kept.TF_CLI_CONFIG_FILE ??
    join(homedir(), tool.iac === "opentofu" ? ".tofurc" : ".terraformrc");
  const text = await readFile(settings, "utf8").catch(() => undefined);
  // A variable that names no file would be warned about in every run.
  if (text === undefined) delete kept.TF_CLI_CONFIG_FILE;
  if (
    kept.TF_PLUGIN_CACHE_DIR === undefined &&
    !/^\s*(plugin_cache_dir|provider_installation)\b/m.test(text ?? "")
  ) {
    // Each root would fetch the provider anew.
    kept.TF_PLUGIN_CACHE_DIR = join(scratch.directory, "plugins");
    kept.TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE = "true";
    await mkdir(kept.TF_PLUGIN_CACHE_DIR);
  }
  return kept;
}

/** OpenTofu looks under its own registry's name; a mirror of Terraform's holds the same providers. */
async function tofuMirror(mirror: string, scratch: Scratch): Promise<string> {
  const from = join(mirror, "registry.terraform.io");
  if ((await exists(join(mirror, "registry.opentofu.org"))) || !(await exists(from))) return mirror;
  const to = join(scratch.directory, "mirror", "registry.opentofu.org");
  // It does not look into a linked folder, so only files are links.
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    const folder = join(to, relative(from, entry.parentPath));
    if (!entry.isFile()) continue;
    await mkdir(folder, { recursive: true });
    await symlink(join(entry.parentPath, entry.name), join(folder, entry.name));
  }
  return dirname(to);
}
