/** Real git repositories to update, and what they hold byte for byte. */
import { execFileSync } from "node:child_process";
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, vi } from "vitest";
import { sealOf } from "../../src/lifecycle/render.ts";
import { applyUpdate, planUpdate, type Target } from "../../src/lifecycle/update.ts";
import type { Hook } from "../../src/workspace/journal/forward.ts";
import { fingerprint } from "../../src/workspace/journal/places.ts";
import { scratch } from "./run.ts";

/** No setting of the machine's own git reaches a test. */
export function ownGit(): void {
  beforeAll(async () => {
    const home = await scratch();
    vi.stubEnv("HOME", home);
    vi.stubEnv("XDG_CONFIG_HOME", home);
    vi.stubEnv("GIT_CONFIG_NOSYSTEM", "1");
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });
}

export const git = (directory: string, ...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t.example", ...args], {
    cwd: directory,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });

export function write(directory: string, path: string, contents: string, mode = 0o644): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), contents, { mode });
}

export function commit(directory: string): void {
  git(directory, "add", "--all");
  // Attributes that this very commit changes count from the second time on.
  git(directory, "add", "--all");
  git(directory, "commit", "--quiet", "--allow-empty", "--message", "x");
}

/** Writes a render with lock and base into a directory, and commits it. */
export async function create(directory: string, target: Target): Promise<void> {
  git(directory, "init", "--quiet", "--initial-branch", "main", "--template=");
  for (const [path, { contents, mode }] of target.tree) write(directory, path, contents, mode);
  for (const [path, { contents }] of await sealOf(target.tree, target.config, target.maker)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), contents);
  }
  commit(directory);
}

/** Plans and applies. */
export async function upgrade(
  directory: string,
  target: Target,
  { hook, allowDirty }: { hook?: Hook; allowDirty?: boolean } = {},
) {
  const plan = await planUpdate(target, {
    directory,
    allowDirty,
    scratch: mkdtempSync(join(await scratch(), "git-")),
  });
  return { plan, ...(await applyUpdate(plan, hook)) };
}

/** Everything in a directory but git's folder and the journal: files, links and folders with mode and digest. */
export function snapshot(directory: string): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (folder: string): void => {
    for (const name of readdirSync(join(directory, folder)).sort()) {
      const path = folder === "" ? name : `${folder}/${name}`;
      if (path === ".git" || path === ".hardened-eks/update") continue;
      found[path] = fingerprint(join(directory, path)) as string;
      if (lstatSync(join(directory, path)).isDirectory()) visit(path);
    }
  };
  visit("");
  return found;
}

/** What git's index holds, and what a sparse checkout leaves out. */
export const indexOf = (directory: string): string => git(directory, "ls-files", "--stage", "-t");
