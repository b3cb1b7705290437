/** The commands beside create, and what create prints. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { declarations } from "../../src/features/index.ts";
import { entries, run, scratch } from "../support/run.ts";

describe("create", () => {
  it("prints one JSON document, and everything for people elsewhere", async () => {
    const cwd = await scratch();
    const ran = await run(["my-cluster", "--yes", "--no-validate", "--json"], { cwd });
    const result = JSON.parse(ran.stdout);
    expect(result).toMatchObject({ ok: true, exitCode: 0, directory: join(cwd, "my-cluster") });
    const written = await readdir(join(cwd, "my-cluster"), {
      recursive: true,
      withFileTypes: true,
    });
    expect(result.files).toBe(written.filter((entry) => entry.isFile()).length);
    expect(ran.stderr).toContain(`my-cluster: ${result.files} files`);
    expect(result.validation).toEqual([
      { id: "instant", status: "skipped", reason: "--no-validate" },
    ]);
    expect(result.posture.met).toContain("control-plane.private-endpoint");
    expect(result.costUsdPerMonth.monthlyUsd).toBeGreaterThan(500);
    for (const words of [/Posture/, /a month/, /npx create-hardened-eks my-cluster --yes/, /Next/])
      expect(ran.stderr).toMatch(words);
    // No terminal, so no colour.
    expect(ran.stderr).not.toContain("\u001b[");
  });

  it("makes the same repository again from its own hardened-eks.yaml, and from the command it prints", async () => {
    const cwd = await scratch();
    const args = [
      "one",
      "--yes",
      "--no-validate",
      "--name",
      "acme",
      "--region",
      "eu-west-1",
      "--environments",
      "dev,stage,prod",
      "--node-arch",
      "arm",
      "--set",
      "environments.prod.accountId=111122223333",
      "--set",
      "nodes.groups.batch.capacity=spot",
      "--json",
    ];
    const made = JSON.parse((await run(args, { cwd })).stdout);
    const config = join(cwd, "one/hardened-eks.yaml");
    expect(
      (await run(["two", "--yes", "--no-validate", "--config", config], { cwd })).exitCode,
    ).toBe(0);
    const words = made.command.replace(/^npx create-hardened-eks one/, "three").split(" ");
    expect((await run([...words, "--no-validate"], { cwd })).exitCode).toBe(0);
    for (const other of ["two", "three"]) {
      const { exitCode, stdout } = await execa("diff", ["-r", "one", other], {
        cwd,
        reject: false,
      });
      expect(stdout).toBe("");
      expect(exitCode).toBe(0);
    }
  });

  it("reads JSON from standard input", async () => {
    const cwd = await scratch();
    const ran = await run(["my-cluster", "--yes", "--no-validate", "--config", "-"], {
      cwd,
      input: JSON.stringify({ region: "eu-north-1", environments: { prod: null } }),
    });
    expect(ran.exitCode).toBe(0);
    const written = parseYaml(await readFile(join(cwd, "my-cluster/hardened-eks.yaml"), "utf8"));
    expect(written).toMatchObject({ region: "eu-north-1" });
    expect(Object.keys(written.environments)).toEqual(["prod"]);
  });

  it("colours where it is asked to, unless NO_COLOR is set", async () => {
    const colour = async (env: Record<string, string>): Promise<boolean> =>
      (
        await run(["x", "--yes", "--region", "nope"], { cwd: await scratch(), env })
      ).stderr.includes("\u001b[");
    expect(await colour({ FORCE_COLOR: "1" })).toBe(true);
    expect(await colour({ FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false);
  });

  it("shows the stack only with --debug", async () => {
    const cwd = await scratch();
    await writeFile(join(cwd, "c.yaml"), "- a");
    const ran = await run(["x", "--yes", "--config", "c.yaml", "--debug"], { cwd });
    expect(ran.stderr).toMatch(/\n {4}at /);
    expect(await entries(cwd)).toEqual(["c.yaml"]);
  });
});

describe("help", () => {
  it("names every flag once, within 100 columns", async () => {
    const { stdout, exitCode } = await run(["--help"], { cwd: await scratch() });
    expect(exitCode).toBe(0);
    for (const { flag } of declarations)
      if (flag !== undefined)
        expect(stdout.match(new RegExp(`^ +--${flag}\\b(?!-)`, "gm")), flag).toHaveLength(1);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it.each(["constructor", "toString", "__proto__"])("takes %s for a directory", async (name) => {
    const ran = await run([name, "--help"], { cwd: await scratch() });
    expect([ran.exitCode, ran.stderr]).toEqual([0, ""]);
    expect(ran.stdout).toMatch(/^Usage: create-hardened-eks \[options\]/);
  });

  it("says its version", async () => {
    const { stdout } = await run(["--version"], { cwd: await scratch() });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe("options, schema, completion", () => {
  it("lists every option", async () => {
    const { stdout } = await run(["options", "--json"], { cwd: await scratch() });
    expect(JSON.parse(stdout).options).toHaveLength(declarations.length);
  });

  it("prints the schema that the repository gets", async () => {
    const cwd = await scratch();
    const { stdout } = await run(["schema"], { cwd });
    await run(["my-cluster", "--yes", "--no-validate"], { cwd });
    const kept = await readFile(join(cwd, "my-cluster/.hardened-eks/schema.json"), "utf8");
    // The last line end is not kept by the helper.
    expect(kept).toBe(`${stdout}\n`);
  });

  it("prints a completion that bash reads, with the words of the options", async () => {
    const cwd = await scratch();
    const { stdout } = await run(["completion", "bash"], { cwd });
    await writeFile(join(cwd, "completion.bash"), stdout);
    const script =
      'source completion.bash; COMP_WORDS=(create-hardened-eks --node-size 4); COMP_CWORD=2; _create_hardened_eks; echo "${COMPREPLY[@]}"';
    expect((await execa("bash", ["-c", script], { cwd })).stdout).toBe("4xlarge");
    for (const shell of ["zsh", "fish"])
      expect((await run(["completion", shell], { cwd })).stdout).toContain("network-policy");
    const wrong = await run(["completion", "tcsh"], { cwd });
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toMatch(/bash, zsh or fish/);
  });
});
