/** A product small enough to look at: two versions of a tree that differ in every way a render can. */
import type { Target } from "../../src/lifecycle/update.ts";
import type { Config } from "../../src/options/config.ts";
import type { FileTree, TreeFile } from "../../src/render/tree.ts";

const lines = (name: string, count = 12): string =>
  Array.from({ length: count }, (_, index) => `${name} ${index + 1}\n`).join("");

const file = (
  contents: string,
  owner: TreeFile["owner"] = "merged",
  mode: TreeFile["mode"] = 0o644,
): TreeFile => ({ contents, mode, owner });

const first: Record<string, TreeFile> = {
  "hardened-eks.yaml": file("name: small # mine\nregion: eu-west-1\n"),
  "README.md": file(lines("readme")),
  Makefile: file(lines("make"), "managed"),
  "scripts/deploy": file(lines("deploy"), "managed", 0o755),
  "scripts/doctor": file(lines("doctor"), "managed"),
  "modules/a/main.tf": file(lines("a")),
  "modules/a/outputs.tf": file(lines("outputs"), "managed"),
  "modules/b/main.tf": file(lines("b", 20)),
  "docs/notes.md": file(lines("notes"), "once"),
  "docs/guide/start.md": file(lines("start", 5), "managed"),
  policies: file(lines("policies", 7), "managed"),
  "kubernetes/namespace.yaml": file(lines("namespace"), "managed"),
};

function second(): Record<string, TreeFile> {
  const {
    "modules/a/outputs.tf": _outputs,
    "modules/b/main.tf": moved,
    "docs/guide/start.md": _start,
    policies: _policies,
    ...kept
  } = first;
  return {
    ...kept,
    "hardened-eks.yaml": file("name: small # mine\nregion: eu-west-1\nci: github\n"),
    "README.md": file(lines("readme").replace("readme 11", "readme eleven")),
    Makefile: file(lines("make").replace("make 6", "make six"), "managed"),
    "scripts/deploy": file(`${lines("deploy")}more\n`, "managed", 0o755),
    "scripts/doctor": file(lines("doctor"), "managed", 0o755),
    "modules/a/main.tf": file(`${lines("a")}a 13\n`),
    "modules/c/main.tf": moved as TreeFile,
    "docs/notes.md": file(lines("other notes"), "once"),
    // A folder becomes a file, and a file a folder.
    "docs/guide": file(lines("guide", 5), "managed"),
    "policies/deny.rego": file(lines("deny"), "managed"),
    "environments/prod/main.tf": file(lines("prod")),
  };
}

const treeOf = (files: Record<string, TreeFile>): FileTree =>
  new Map(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The trees by version. */
export const TREES: Readonly<Record<string, FileTree>> = {
  "0.1.0": treeOf(first),
  "0.2.0": treeOf(second()),
};

/** What a repository becomes by a version. */
export function targetOf(version: string, tree = TREES[version] as FileTree): Target {
  const answers = tree.get("hardened-eks.yaml")?.contents ?? "";
  return {
    tree,
    config: { answers } as unknown as Config,
    answers,
    maker: { version, templates: `sha256:${version.replaceAll(".", "").padEnd(64, "0")}` },
  };
}
