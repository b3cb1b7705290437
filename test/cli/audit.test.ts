/** `audit` as a user runs it, and what it makes of repositories that are broken. */
import { cp, mkdir, open, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { profiles } from "../support/profiles.ts";
import { repository, writeTree } from "../support/repository.ts";
import { binary, cleanEnv, run, scratch } from "../support/run.ts";

const TEMPLATE = "modules/nodes/main.launch-templates.tf";
let clean: string;

beforeAll(async () => {
  clean = await scratch();
  await writeTree(clean, repository(profiles.default).tree);
});

/** A copy of the default repository. */
async function copy(): Promise<string> {
  const directory = await scratch();
  await cp(clean, directory, { recursive: true });
  return directory;
}

async function edit(
  directory: string,
  path: string,
  change: (text: string) => string,
): Promise<void> {
  const file = join(directory, path);
  const text = await readFile(file, "utf8");
  const changed = change(text);
  expect(changed).not.toBe(text);
  await writeFile(file, changed);
}

const weaken = (directory: string): Promise<void> =>
  edit(directory, TEMPLATE, (text) => text.replace('"required"', '"optional"'));

/** How many functions the engine optimised while it ran. */
async function optimised(...args: string[]): Promise<number> {
  const { stdout } = await execa(process.execPath, ["--trace-opt", ...args], {
    env: cleanEnv(),
    extendEnv: false,
  });
  return stdout.match(/completed optimizing/g)?.length ?? 0;
}

it("does not wait for code that comes too late", async () => {
  const loop = "let sum = 0; for (let n = 0; n < 1e7; n += 1) sum += n % 7;";
  expect(await optimised("-e", loop)).toBeGreaterThan(0);
  expect(await optimised(binary, "audit", clean)).toBe(0);
});

describe("exit codes", () => {
  it("0 on what was generated, for every golden profile", async () => {
    for (const name of Object.keys(profiles)) {
      const directory = await scratch();
      await writeTree(directory, repository(profiles[name]).tree);
      const { exitCode, stdout, stderr } = await run(["audit"], { cwd: directory });
      expect(exitCode, stdout + stderr).toBe(0);
      expect(stdout).toMatch(/^\d+ controls: .*\d+ met/m);
      expect(stderr).toBe("");
    }
  });

  it("3 on a finding, with file, line and how to mend it", async () => {
    const directory = await copy();
    await weaken(directory);
    const { exitCode, stdout } = await run(["audit", directory], { cwd: clean });
    expect(exitCode).toBe(3);
    expect(stdout).toContain(`${TEMPLATE}:33:5`);
    expect(stdout).toContain("fix: ");
  });

  it("an environment without a body is one without answers, here as everywhere", async () => {
    const directory = await copy();
    await edit(directory, "hardened-eks.yaml", (text) =>
      text.replace(/^ {2}prod:\n(?: {4}.*\n)+/m, "  prod:\n"),
    );
    const { exitCode, stdout, stderr } = await run(["audit", directory], { cwd: clean });
    expect(exitCode, stdout + stderr).toBe(0);
  });

  it("--fail-on decides from which severity on", async () => {
    const directory = await copy();
    await edit(directory, TEMPLATE, (text) =>
      text.replace('volume_type           = "gp3"', 'volume_type           = "gp2"'),
    );
    const codes = [];
    for (const severity of ["critical", "high", "medium", "low", "never"])
      codes.push((await run(["audit", "--fail-on", severity], { cwd: directory })).exitCode);
    // A volume of an older type is no more than a medium finding.
    expect(codes).toEqual([0, 0, expect.any(Number), 3, 0]);
  });

  it.each([
    [["audit", "--format", "xml"], /--format xml is not valid/],
    [["audit", "--fail-on", "hgih"], /--fail-on hgih is not valid/],
    [["audit", "--framework", "iso"], /--framework iso is not valid/],
    [["audit", "--control", "nodes.imds-tokn"], /did you mean nodes.imds-token/],
    [["audit", "nowhere"], /is not there/],
    [["audit", "README.md"], /is no directory/],
    [["audit", "--plan", "nowhere.json"], /does not exist/],
    [["audit", "--plan", "README.md"], /is no JSON/],
    [["audit", "--plan", "renovate.json"], /is no plan/],
    [["audit", "--plan", "modules"], /is a directory/],
  ] as const)("2 on %s", async (args, expected) => {
    const { exitCode, stdout, stderr } = await run(args, { cwd: clean });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(expected);
    expect(stdout).toBe("");
  });
});

describe("formats", () => {
  it("JSON is one document that says what the exit code says", async () => {
    const directory = await copy();
    await weaken(directory);
    const { exitCode, stdout, stderr } = await run(["audit", "--json"], { cwd: directory });
    const report = JSON.parse(stdout);
    expect([exitCode, report.exitCode, report.ok]).toEqual([3, 3, false]);
    expect(stderr).toBe("");
    const found = report.controls.filter(
      (control: { status: string }) => control.status === "not met",
    );
    expect(found.map(({ id }: { id: string }) => id)).toContain("nodes.imds-token");
  });

  it("SARIF and JUnit are what they say", async () => {
    const sarif = JSON.parse((await run(["audit", "--format", "sarif"], { cwd: clean })).stdout);
    expect(sarif.version).toBe("2.1.0");
    expect(sarif.runs[0].results).toEqual([]);
    const { stdout } = await run(["audit", "--format", "junit"], { cwd: clean });
    expect(stdout).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites /);
    expect(stdout).not.toContain("<failure");
  });

  it("--control runs one, or an area", async () => {
    const one = await run(["audit", "--control", "nodes.imds-token"], { cwd: clean });
    expect(one.stdout).toContain("1 controls: 1 met");
    const area = JSON.parse(
      (await run(["audit", "--json", "--control", "keys"], { cwd: clean })).stdout,
    );
    expect(area.controls.length).toBeGreaterThan(10);
    expect(area.controls.every(({ id }: { id: string }) => id.startsWith("keys."))).toBe(true);
  });

  it("--framework cis-eks answers all 50", async () => {
    const { exitCode, stdout } = await run(["audit", "--json", "--framework", "cis-eks"], {
      cwd: clean,
    });
    const { framework } = JSON.parse(stdout) as { framework: { id: string; controls: string[] }[] };
    expect(exitCode).toBe(0);
    expect(framework).toHaveLength(50);
    expect(framework.filter(({ controls }) => controls.length === 0)).toEqual([]);
  });

  it("reads a plan from standard input", async () => {
    const plan = JSON.stringify({ format_version: "1.2", planned_values: { root_module: {} } });
    const { exitCode, stdout } = await run(["audit", "--plan", "-"], { cwd: clean, input: plan });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("not applicable");
  });
});

describe("a repository that is broken", () => {
  /** Breaks a copy, and says what of it the audit must name. */
  const cases: [string, (directory: string) => Promise<unknown>, RegExp][] = [
    [
      "half a file",
      (d) => edit(d, TEMPLATE, (text) => text.slice(0, text.length / 2)),
      /main\.launch-templates\.tf:\d+/,
    ],
    [
      "binary in a .tf",
      (d) => writeFile(join(d, TEMPLATE), Buffer.from([0, 1, 2, 255, 0, 7])),
      /main\.launch-templates\.tf:1.*binary/,
    ],
    [
      "text that is not UTF-8",
      (d) => writeFile(join(d, TEMPLATE), Buffer.from([0x61, 0xff, 0xfe, 0x62])),
      /main\.launch-templates\.tf:1.*UTF-8/,
    ],
    [
      "YAML that is none",
      (d) => writeFile(join(d, "kubernetes/base/kustomization.yaml"), "resources: [\n"),
      /kubernetes\/base\/kustomization\.yaml:\d/,
    ],
    [
      "a workflow that is none",
      (d) => writeFile(join(d, ".github/workflows/apply.yml"), "on: {push\n"),
      /apply\.yml:\d/,
    ],
    [
      "answers that are not valid",
      (d) =>
        edit(d, "hardened-eks.yaml", (text) => text.replace("region: us-east-1", "region: mars-1")),
      /hardened-eks\.yaml:\d+.*region/,
    ],
    ["no answers", (d) => rm(join(d, "hardened-eks.yaml")), /hardened-eks\.yaml.*missing/],
    [
      "an environment that is gone",
      (d) => rm(join(d, "environments/prod"), { recursive: true }),
      /environments\/prod is missing/,
    ],
    [
      "a module that is gone",
      (d) => rm(join(d, "modules/nodes"), { recursive: true }),
      /has no launch template/,
    ],
    [
      "an overlay that includes itself",
      (d) =>
        edit(d, "kubernetes/overlays/prod/kustomization.yaml", (text) => `${text}  - ../prod\n`),
      /include one another/,
    ],
    [
      "a JSON file that is none",
      (d) => writeFile(join(d, "modules/nodes/x.tf.json"), "{"),
      /x\.tf\.json/,
    ],
    [
      "nothing but files of others",
      async (d) => {
        for (const name of await readdir(d)) await rm(join(d, name), { recursive: true });
        await writeFile(join(d, "notes.txt"), "nothing");
      },
      /not met/,
    ],
  ];

  it.each(cases)("%s: exit 3, and the place", async (_, breakIt, expected) => {
    const directory = await copy();
    await breakIt(directory);
    const before = (await readdir(directory, { recursive: true })).sort();
    const { exitCode, stdout, stderr } = await run(["audit"], { cwd: directory });
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(expected);
    expect(stderr).toBe("");
    expect((await readdir(directory, { recursive: true })).sort()).toEqual(before);
  });

  it("a file of 100 MB: named, not read", async () => {
    const directory = await copy();
    const file = await open(join(directory, "modules/nodes/huge.tf"), "w");
    await file.truncate(100 * 1024 * 1024);
    await file.close();
    const { exitCode, stdout } = await run(["audit"], { cwd: directory });
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/modules\/nodes\/huge\.tf:1.*larger than/);
  });

  it("links: cycles end, and none is followed out of the repository", async () => {
    const outside = await scratch();
    await writeFile(
      join(outside, "secret.tf"),
      'resource "aws_instance" "outside" {\n  key_name = "me"\n}\n',
    );
    const directory = await copy();
    await symlink("..", join(directory, "modules/loop"));
    await symlink(directory, join(directory, "environments/prod/self"));
    await symlink(join(outside, "secret.tf"), join(directory, "environments/prod/secret.tf"));
    await symlink(outside, join(directory, "modules/outside"));
    await symlink("nowhere", join(directory, "modules/nodes/dangling.tf"));
    const { exitCode, stdout } = await run(["audit"], { cwd: directory });
    expect(exitCode, stdout).toBe(0);
    expect(stdout).not.toContain("outside");
  });

  it("100 000 files beside it: still an answer", async () => {
    const directory = await copy();
    for (let folder = 0; folder < 100; folder += 1) {
      const path = join(directory, "data", String(folder));
      await mkdir(path, { recursive: true });
      await Promise.all(
        Array.from({ length: 1000 }, (_, index) => writeFile(join(path, `${index}.csv`), "")),
      );
    }
    const { exitCode, stdout } = await run(["audit"], { cwd: directory });
    expect(exitCode, stdout).toBe(0);
  });

  it("values nested a thousand deep: an answer, no crash", async () => {
    const directory = await copy();
    const deep = `${"[".repeat(1000)}1${"]".repeat(1000)}`;
    await writeFile(join(directory, "modules/nodes/deep.tf"), `locals {\n  deep = ${deep}\n}\n`);
    const { exitCode, stderr } = await run(["audit"], { cwd: directory });
    expect([0, 3]).toContain(exitCode);
    expect(stderr).not.toContain("RangeError");
  });
});
