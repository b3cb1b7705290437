/** Repositories that earlier versions made, from the frozen packs of test/fixtures/history. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Lock } from "../../src/lifecycle/lock.ts";
import type { MergeTree } from "../../src/lifecycle/pack.ts";
import { BASE, LOCK } from "../../src/lifecycle/paths.ts";
import { unpack } from "../../src/lifecycle/unpack.ts";
import { root, scratch } from "./run.ts";

export const VERSIONS = ["0.1.0", "0.2.0"] as const;
export const PROFILES = ["default", "startup"] as const;

export interface Past {
  lock: Lock;
  lockText: string;
  pack: Buffer;
  tree: MergeTree;
}

export function past(version: string, profile: string): Past {
  const at = join(root, "test/fixtures/history", version, profile);
  const lockText = readFileSync(`${at}.lock.json`, "utf8");
  const pack = readFileSync(`${at}.pack`);
  const lock = JSON.parse(lockText) as Lock;
  return { lock, lockText, pack, tree: unpack(pack, lock.base, BASE) };
}

/** git without the settings of the machine. */
export const git = (directory: string, ...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...args], {
    cwd: directory,
    encoding: "utf8",
    env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });

/** The repository on disk, committed. Its directory has the name that its answers give. */
export async function restore({ tree, lockText, pack }: Past): Promise<string> {
  const name = /^name: (.*)$/m.exec(
    tree.get("hardened-eks.yaml")?.contents.toString("utf8") ?? "",
  )?.[1];
  const directory = join(await scratch(), name ?? "acme-platform");
  const write = (path: string, contents: Buffer | string, executable = false): void => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), contents, { mode: executable ? 0o755 : 0o644 });
  };
  for (const [path, { contents, executable }] of tree) write(path, contents, executable);
  write(BASE, pack);
  write(LOCK, lockText);
  git(directory, "init", "-q");
  git(directory, "add", "-A");
  git(directory, "commit", "-qm", "as it was made");
  return directory;
}
