/** The Yeoman adapter gives byte for byte what the command line gives. */
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { createEnv } from "yeoman-environment";
import helpers from "yeoman-test";
import { root, run, scratch } from "../support/run.ts";

const built = join(root, "generators/dist/generators/app/index.js");

async function contentsBelow(directory: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === ".yo-rc.json") continue;
    const path = join(entry.parentPath, entry.name);
    const isExecutable = ((await stat(path)).mode & 0o100) !== 0;
    found[path.slice(directory.length + 1)] = `${isExecutable}\n${await readFile(path, "utf8")}`;
  }
  return found;
}

async function viaCommand(args: readonly string[]): Promise<Record<string, string>> {
  const cwd = await scratch();
  const ran = await run(["my-cluster", "--yes", "--no-validate", ...args], { cwd });
  expect(ran.stderr).toMatch(/files/);
  return contentsBelow(join(cwd, "my-cluster"));
}

const generator = async () => (await import(pathToFileURL(built).href)).default;

describe("yo hardened-eks", () => {
  it("with answers: the same repository", async () => {
    const directory = join(await scratch(), "my-cluster");
    await mkdir(directory);
    await helpers
      .create(await generator(), { resolved: built, namespace: "hardened-eks:app" })
      .inDir(directory)
      .withOptions({ skipInstall: true })
      .withAnswers({ region: "eu-west-1", "nodes/size": "xlarge", ci: "gitlab" })
      .run();
    expect(await contentsBelow(directory)).toEqual(
      await viaCommand(["--region", "eu-west-1", "--node-size", "xlarge", "--ci", "gitlab"]),
    );
  });

  it("with options: the same repository, nothing asked", async () => {
    const directory = join(await scratch(), "my-cluster");
    await mkdir(directory);
    await helpers
      .create(await generator(), { resolved: built, namespace: "hardened-eks:app" })
      .inDir(directory)
      .withOptions({
        skipInstall: true,
        yes: true,
        "network-policy": "cilium",
        addons: "none",
      } as never)
      .run();
    expect(await contentsBelow(directory)).toEqual(
      await viaCommand(["--network-policy", "cilium", "--addons", "none"]),
    );
  });

  it("refuses what the command refuses", async () => {
    const directory = join(await scratch(), "my-cluster");
    await mkdir(directory);
    await expect(
      helpers
        .create(await generator(), { resolved: built, namespace: "hardened-eks:app" })
        .inDir(directory)
        .withOptions({ skipInstall: true, yes: true, region: "eu-wst-1" } as never)
        .run(),
    ).rejects.toThrow(/did you mean eu-west-1/);
    expect(await readdir(directory)).toEqual([]);
  });

  it("runs through yeoman-environment", async () => {
    const directory = join(await scratch(), "my-cluster");
    await mkdir(directory);
    await runInEnvironment(directory, { force: true });
    expect(await contentsBelow(directory)).toEqual(await viaCommand([]));
  });

  it("leaves a conflict to Yeoman: with --bail nothing is written over", async () => {
    const directory = join(await scratch(), "my-cluster");
    await mkdir(directory);
    await writeFile(join(directory, "README.md"), "mine\n");
    await expect(runInEnvironment(directory, { bail: true })).rejects.toThrow(/conflict/i);
    expect(await readFile(join(directory, "README.md"), "utf8")).toBe("mine\n");
  });
});

async function runInEnvironment(directory: string, how: Record<string, boolean>): Promise<void> {
  const options = { skipInstall: true, yes: true };
  const env = createEnv({ cwd: directory, ...options, ...how } as never);
  env.register(built, { namespace: "hardened-eks:app" } as never);
  await env.run(["hardened-eks:app"], options as never);
}
