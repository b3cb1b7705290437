/** `yo hardened-eks:add` and `:upgrade` do what the commands do. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import helpers from "yeoman-test";
import { git } from "../support/history.ts";
import { root, run, scratch } from "../support/run.ts";

const built = (name: string): string => join(root, `generators/dist/generators/${name}/index.js`);

async function made(): Promise<string> {
  const cwd = await scratch();
  const { exitCode } = await run(["my-cluster", "--yes", "--no-validate"], { cwd });
  expect(exitCode).toBe(0);
  const directory = join(cwd, "my-cluster");
  git(directory, "init", "-q");
  git(directory, "add", "-A");
  git(directory, "commit", "-qm", "made");
  return directory;
}

async function yo(name: string, directory: string, args: readonly string[], options: object = {}) {
  const { default: generator } = await import(pathToFileURL(built(name)).href);
  await helpers
    .create(generator, { resolved: built(name), namespace: `hardened-eks:${name}` })
    .withArguments([...args])
    .withOptions({ skipInstall: true, ...options } as never)
    // The repository is there already: Yeoman's helper would empty the directory.
    .cd(directory)
    .run();
}

it("adds, and a dry run writes nothing", async () => {
  const [one, other] = [await made(), await made()];
  await run(["add", "efs-csi"], { cwd: other });
  await yo("add", one, ["efs-csi"], { "dry-run": true });
  expect(git(one, "status", "--short")).toBe("");
  await yo("add", one, ["efs-csi"]);
  for (const directory of [one, other]) git(directory, "add", "-A");
  expect(git(one, "write-tree")).toBe(git(other, "write-tree"));
});

it("applies answers that were edited by hand", async () => {
  const directory = await made();
  const file = join(directory, "hardened-eks.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace("  max: 10", "  max: 12"));
  await yo("upgrade", directory, []);
  expect(readFileSync(join(directory, "environments/dev/main.nodes.tf"), "utf8")).toMatch(
    /max_size\s+= 12/,
  );
});

it("says what is wrong in one line", async () => {
  const directory = await made();
  await expect(yo("add", directory, ["efs-cs"])).rejects.toThrow(/did you mean efs-csi/);
  expect(git(directory, "status", "--short")).toBe("");
});
