/** Runs the built binary as a user would. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll } from "vitest";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const binary = join(root, "dist/bin.js");

export interface Ran {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

/** A clean environment: no answer of the developer's own shell reaches a test. */
export const cleanEnv = (extra: Record<string, string> = {}): Record<string, string> => ({
  PATH: process.env.PATH ?? "",
  HOME: process.env.HOME ?? "",
  ...extra,
});

/** Runs the binary without a terminal. */
export async function run(
  args: readonly string[],
  options: { cwd: string; env?: Record<string, string>; input?: string },
): Promise<Ran> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [binary, ...args], {
    cwd: options.cwd,
    env: cleanEnv(options.env),
    extendEnv: false,
    reject: false,
    ...(options.input === undefined ? { stdin: "ignore" as const } : { input: options.input }),
  });
  return { exitCode, stdout, stderr };
}

const made: string[] = [];
afterAll(async () => {
  for (const directory of made.splice(0)) await rm(directory, { recursive: true, force: true });
});

/** A new empty directory, removed after the file's tests. */
export async function scratch(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "hardened-eks-test-"));
  made.push(directory);
  return directory;
}

/** Everything in a directory, hidden entries too. */
export const entries = async (directory: string): Promise<string[]> =>
  (await readdir(directory)).sort();
