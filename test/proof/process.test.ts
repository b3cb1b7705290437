/** Children and scratch directories do not outlive us, however we end. */
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../src/workspace/process.ts";
import { makeScratch } from "../../src/workspace/scratch.ts";

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe("a child", () => {
  const options = {
    cwd: tmpdir(),
    env: { PATH: process.env.PATH, ONLY: "this" },
    timeoutMs: 10_000,
  };

  it("gets exactly the environment and the input that it is given", async () => {
    const env = await run("/usr/bin/env", [], options);
    expect(env).toMatchObject({ exitCode: 0, stderr: "" });
    expect(
      env.stdout
        .split("\n")
        .filter((line) => line !== "")
        .sort(),
    ).toEqual(["ONLY=this", `PATH=${process.env.PATH}`]);
    expect(await run("cat", [], { ...options, input: "ab" })).toMatchObject({
      exitCode: 0,
      stdout: "ab",
    });
    expect(await run("cat", [], options)).toMatchObject({ exitCode: 0, stdout: "" });
  });

  it("says how it ended", async () => {
    expect(await run("sh", ["-c", "echo no >&2; exit 3"], options)).toEqual({
      exitCode: 3,
      stdout: "",
      stderr: "no\n",
    });
    expect(await run("/nonexistent/x", [], options)).toMatchObject({
      exitCode: undefined,
      failure: "not-started",
      reason: "ENOENT",
    });
    expect(await run("sh", ["-c", "kill -9 $$"], options)).toMatchObject({
      failure: "killed",
      reason: "SIGKILL",
    });
    expect(await run("sleep", ["60"], { ...options, timeoutMs: 50 })).toMatchObject({
      exitCode: undefined,
      failure: "timeout",
    });
    const late = AbortSignal.timeout(50);
    expect(await run("sleep", ["60"], { ...options, signal: late })).toMatchObject({
      failure: "aborted",
    });
    await expect(
      run("true", [], { ...options, signal: AbortSignal.abort(new Error("stop")) }),
    ).rejects.toThrow("stop");
  });
});

describe.skipIf(process.platform === "win32")("a child that a guard watches", () => {
  it("is the program itself, with its arguments, input and output", async () => {
    const scratch = await makeScratch();
    const seen: number[] = [];
    const watched = { ...scratch, watch: (pid: number) => seen.push(pid) };
    const options = {
      cwd: scratch.directory,
      env: { PATH: process.env.PATH, ONLY: "this" },
      timeoutMs: 10_000,
      scratch: watched,
    };
    const told = await run("sh", ["-c", 'echo $$ "$ONLY" "$1"; cat; exit 3', "sh", "a  b;$x"], {
      ...options,
      input: "in",
    });
    expect(told).toEqual({ exitCode: 3, stdout: `${seen[0]} this a  b;$x\nin`, stderr: "" });
    // Nothing of how it was held is left to it.
    expect((await run("sh", ["-c", "true <&3"], options)).exitCode).not.toBe(0);
    expect(await run("/nonexistent/x", [], options)).toMatchObject({ exitCode: 127 });
    await scratch.remove();
  });
});

describe("a scratch directory", () => {
  it("is private, and gone after removal", async () => {
    const scratch = await makeScratch();
    await writeFile(join(scratch.directory, "a"), "");
    await scratch.remove();
    expect(await readdir(tmpdir())).not.toContain(scratch.directory.split("/").pop());
  });

  it("without a guard takes away what a killed process left, and leaves what a living one has, or was made just now", async () => {
    const dead = spawnSync(process.execPath, ["-e", "0"]).pid;
    const names = [dead, process.ppid].map((pid) => `create-hardened-eks-${pid}-0123456789ab`);
    names.push(`create-hardened-eks-${dead}-fedcba987654`);
    for (const name of names) await mkdir(join(tmpdir(), name));
    const old = new Date(Date.now() - 7_200_000);
    for (const name of names.slice(0, 2)) await utimes(join(tmpdir(), name), old, old);
    const scratch = await makeScratch(false);
    await scratch.remove();
    const left = await readdir(tmpdir());
    expect(names.map((name) => left.includes(name))).toEqual([false, true, true]);
    for (const name of names.slice(1)) await rm(join(tmpdir(), name), { recursive: true });
  });
});

describe.skipIf(process.platform === "win32")("when this process is ended", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "process-"));
    await writeFile(
      join(folder, "main.ts"),
      `import { run } from ${JSON.stringify(join(import.meta.dirname, "../../src/workspace/process.ts"))};
import { makeScratch } from ${JSON.stringify(join(import.meta.dirname, "../../src/workspace/scratch.ts"))};
import { writeFileSync } from "node:fs";
const scratch = await makeScratch();
const [out, how] = process.argv.slice(2) as [string, string];
const script = \`sleep 600 & echo $! $$ \${scratch.directory} >\${out}.part; mv \${out}.part \${out}; wait\`;
const ended = run("sh", ["-c", script], { cwd: scratch.directory, env: { PATH: process.env.PATH }, timeoutMs: 600000, scratch });
// A child that has ended is forgotten.
await run("true", [], { cwd: "/", env: { PATH: process.env.PATH }, timeoutMs: 600000, scratch });
if (how === "exit") process.on("SIGTERM", () => process.exit(7));
await ended;
`,
    );
    await build({
      entryPoints: [join(folder, "main.ts")],
      outfile: join(folder, "main.mjs"),
      bundle: true,
      platform: "node",
      format: "esm",
      logLevel: "error",
      banner: {
        js: 'import{createRequire as $cr}from"node:module";const require=$cr(import.meta.url);',
      },
    });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ["SIGKILL", "signal"],
    ["SIGTERM", "signal"],
    ["SIGINT", "signal"],
    ["SIGTERM", "exit"],
  ] as const)("by %s (%s), nothing is left", async (signal, how) => {
    const out = join(folder, `${signal}-${how}`);
    const child = execa(process.execPath, [join(folder, "main.mjs"), out, how], { reject: false });
    await expect
      .poll(() => readFile(out, "utf8").catch(() => ""), { timeout: 30_000 })
      .not.toBe("");
    const [first, second, scratch] = (await readFile(out, "utf8")).trim().split(" ") as [
      string,
      string,
      string,
    ];
    expect(alive(Number(first)) && alive(Number(second))).toBe(true);
    child.kill(signal);
    await child;
    await expect
      .poll(() => alive(Number(first)) || alive(Number(second)), { timeout: 30_000 })
      .toBe(false);
    await expect
      .poll(() => readdir(scratch).catch(() => undefined), { timeout: 30_000 })
      .toBeUndefined();
  });
});
