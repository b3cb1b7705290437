/** What makes a root plan without an account and without a network. */
import { cp, realpath, stat } from "node:fs/promises";
import { basename, sep } from "node:path";
import type { Directory } from "./repository.ts";
import { standIn } from "./stand-in.ts";

/** Arguments of a provider that asks nobody who it is. */
export const DUMMY = [
  '  access_key = "offline"',
  '  secret_key = "offline"',
  "  token = null",
  "  profile = null",
  "  allowed_account_ids = null",
  "  forbidden_account_ids = null",
  "  skip_credentials_validation = true",
  "  skip_requesting_account_id = true",
  "  skip_metadata_api_check = true",
  "  skip_region_validation = true",
  "",
].join("\n");

/** Override file of a root: what makes it plan without an account: local state, and providers that ask nobody. */
export function override(root: Directory): string {
  const parts = ['terraform {\n  backend "local" {}\n}\n'];
  for (const { alias, blocks } of root.awsProviders) {
    const assumed = ["assume_role", "assume_role_with_web_identity"]
      .filter((block) => blocks.includes(block))
      // An empty dynamic block takes the place of those that the root has.
      .map((block) => `  dynamic "${block}" {\n    for_each = []\n    content {}\n  }\n`);
    parts.push(
      `provider "aws" {\n${alias === "" ? "" : `  alias = "${alias}"\n`}${DUMMY}${assumed.join("")}}\n`,
    );
  }
  return parts.join("\n");
}

/** Values for required variables. The environment comes last of all sources, so any value of the repository wins. */
export function standIns(root: Directory): Record<string, string> {
  return Object.fromEntries(
    root.required.map(({ name, type }) => {
      const value = standIn(name, type);
      return [`TF_VAR_${name}`, typeof value === "string" ? value : JSON.stringify(value)];
    }),
  );
}

const LEFT_OUT = new Set([".git", ".terraform", "node_modules"]);
const MAX_COPIED = 100 * 1024 * 1024;

/** Copies the repository. What links out of it, and what no configuration reads, stays behind. */
export async function copyRepository(
  from: string,
  to: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: async (source) => {
      signal?.throwIfAborted();
      if (source === from) return true;
      if (LEFT_OUT.has(basename(source)) || /\.tfstate(\.|$)/.test(source)) return false;
      const real = await realpath(source).catch(() => undefined);
      if (real === undefined || !(real === from || real.startsWith(from + sep))) return false;
      const facts = await stat(source);
      return facts.isDirectory() || (facts.isFile() && facts.size <= MAX_COPIED);
    },
  });
}
