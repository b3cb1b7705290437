/** check, set, add, remove, adopt and eject on the built binary, as a user runs them. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import schema from "../fixtures/sarif-schema-2.1.0.json" with { type: "json" };
import { git } from "../support/history.ts";
import { binary, cleanEnv, run, scratch } from "../support/run.ts";

const NAME = "acme-platform";

async function made(...flags: string[]): Promise<string> {
  const cwd = await scratch();
  const { exitCode, stderr } = await run([NAME, "--yes", "--no-validate", ...flags], { cwd });
  expect(exitCode, stderr).toBe(0);
  const directory = join(cwd, NAME);
  git(directory, "init", "-q");
  commit(directory);
  return directory;
}

const commit = (directory: string): void => {
  git(directory, "add", "-A");
  git(directory, "commit", "-qm", "x", "--allow-empty");
};
const read = (directory: string, path: string): string =>
  readFileSync(join(directory, path), "utf8");
const status = (directory: string): string => git(directory, "status", "--short");

async function command(directory: string, ...args: string[]) {
  const ran = await run([...args, "--json"], { cwd: directory });
  const json = ran.stdout === "" ? {} : JSON.parse(ran.stdout);
  expect(ran.stderr).not.toMatch(/\n {4}at /);
  return { ...ran, json };
}

describe("check", () => {
  it("after a kill between base and lock says what happened, and not that they do not fit", async () => {
    const directory = await made();
    const lock = read(directory, ".hardened-eks/lock.json");
    expect((await run(["set", "kubernetes=1.36"], { cwd: directory })).exitCode).toBe(0);
    // The lock is the last that is written.
    const journal = join(directory, ".hardened-eks/update/journal");
    const { steps } = JSON.parse(readFileSync(join(journal, "journal.json"), "utf8"));
    expect(steps.at(-1).path).toBe(".hardened-eks/lock.json");
    rmSync(join(journal, "complete"));
    writeFileSync(
      join(journal, `new/${steps.length - 1}`),
      read(directory, ".hardened-eks/lock.json"),
    );
    writeFileSync(join(directory, ".hardened-eks/lock.json"), lock);
    for (const args of [["check"], ["check", "--fix"]]) {
      const { exitCode, json } = await command(directory, ...args);
      expect(exitCode).toBe(3);
      expect(json.findings).toMatchObject([{ rule: "update.cut-off", level: "error" }]);
      expect(json.findings[0].message).toMatch(/cut off/);
    }
    expect((await run(["upgrade"], { cwd: directory })).exitCode).toBe(0);
    expect((await command(directory, "check")).json.findings).toEqual([]);
  });

  it("finds nothing in a new repository, and a drift of each kind", async () => {
    const directory = await made();
    expect(await command(directory, "check")).toMatchObject({
      exitCode: 0,
      json: { findings: [] },
    });
    // Both may edit it: that is no drift.
    appendFileSync(join(directory, "README.md"), "\nOurs.\n");
    expect(await command(directory, "check")).toMatchObject({
      exitCode: 0,
      json: { findings: [{ rule: "file.edited", level: "note", path: "README.md" }] },
    });
    // This one is ours alone.
    appendFileSync(join(directory, ".hardened-eks/schema.json"), "\n");
    const { exitCode, json } = await command(directory, "check");
    expect(exitCode).toBe(3);
    expect(json.findings).toContainEqual(
      expect.objectContaining({ rule: "file.modified", path: ".hardened-eks/schema.json" }),
    );
    rmSync(join(directory, ".hardened-eks/schema.json"));
    expect((await command(directory, "check")).json.findings).toContainEqual(
      expect.objectContaining({ rule: "file.missing", path: ".hardened-eks/schema.json" }),
    );
    expect(status(directory)).not.toMatch(/lock|base/);
  });

  it("--fix brings back what is ours, and what is named", async () => {
    const directory = await made();
    appendFileSync(join(directory, "README.md"), "\nOurs.\n");
    appendFileSync(join(directory, "Makefile"), "\n# ours\n");
    writeFileSync(join(directory, ".hardened-eks/schema.json"), "{}");
    expect(await command(directory, "check", "--fix")).toMatchObject({
      exitCode: 0,
      json: { fixed: [".hardened-eks/schema.json"] },
    });
    expect(read(directory, "README.md")).toContain("Ours.");
    expect((await command(directory, "check", "--fix", "README.md")).json.fixed).toEqual([
      "README.md",
    ]);
    expect(status(directory).trim()).toBe("M Makefile");
    expect((await command(directory, "check", "--fix", "no-such-file")).exitCode).toBe(2);
  });

  it("answers edited by hand are found, and upgrade applies them as set does", async () => {
    const [one, other] = [await made(), await made()];
    const yaml = read(one, "hardened-eks.yaml").replace("  max: 10", "  max: 12");
    writeFileSync(join(one, "hardened-eks.yaml"), yaml);
    expect(await command(one, "check")).toMatchObject({
      exitCode: 3,
      json: { findings: [{ rule: "answers.not-applied" }] },
    });
    expect((await command(one, "upgrade")).exitCode).toBe(0);
    expect((await command(other, "set", "nodes.max=12")).exitCode).toBe(0);
    for (const directory of [one, other]) commit(directory);
    expect(git(one, "rev-parse", "HEAD^{tree}")).toBe(git(other, "rev-parse", "HEAD^{tree}"));
    expect((await command(one, "check")).exitCode).toBe(0);
  });

  it("names answers that do not hold together", async () => {
    const directory = await made();
    const yaml = read(directory, "hardened-eks.yaml").replace("  desired: 3", "  desired: 30");
    writeFileSync(join(directory, "hardened-eks.yaml"), yaml);
    expect(await command(directory, "check")).toMatchObject({
      exitCode: 3,
      json: { findings: [{ rule: "answers.invalid", level: "error" }] },
    });
    expect((await command(directory, "upgrade")).exitCode).toBe(2);
  });

  it("writes SARIF that is valid", async () => {
    const directory = await made();
    writeFileSync(join(directory, ".hardened-eks/schema.json"), "{}");
    const { exitCode, stdout } = await run(["check", "--format", "sarif"], { cwd: directory });
    expect(exitCode).toBe(3);
    // Draft 4, of which only the names of these two differ here.
    const { $schema: _draft, id: _id, ...body } = schema as Record<string, unknown>;
    const validate = new Ajv({
      strict: false,
      formats: { uri: true, "uri-reference": true, "date-time": true },
    }).compile(body);
    expect(validate(JSON.parse(stdout)), JSON.stringify(validate.errors)).toBe(true);
    expect(JSON.parse(stdout).runs[0].results[0]).toMatchObject({
      ruleId: "file.modified",
      level: "error",
    });
  });

  it("a conflict of branches in lock and base is resolved by --fix", async () => {
    const directory = await made();
    git(directory, "checkout", "-qb", "one");
    expect((await command(directory, "add", "efs-csi")).exitCode).toBe(0);
    commit(directory);
    git(directory, "checkout", "-q", "-");
    git(directory, "checkout", "-qb", "two");
    expect((await command(directory, "set", "logs.retentionDays=400")).exitCode).toBe(0);
    commit(directory);
    expect(() => git(directory, "merge", "one")).toThrow();
    expect(git(directory, "diff", "--name-only", "--diff-filter=U").trim().split("\n")).toEqual([
      ".hardened-eks/base.pack",
      ".hardened-eks/lock.json",
    ]);
    expect((await command(directory, "check")).exitCode).toBe(1);
    expect(await command(directory, "check", "--fix")).toMatchObject({
      exitCode: 0,
      json: { fixed: [".hardened-eks/base.pack", ".hardened-eks/lock.json"], findings: [] },
    });
    commit(directory);
    expect((await command(directory, "upgrade")).json).toMatchObject({ ok: true, items: [] });
    expect(read(directory, "hardened-eks.yaml")).toMatch(/efs-csi[\s\S]*|retentionDays: 400/);
  });
});

/** The most memory that a command's heap had at a collection, in MB. */
async function heap(directory: string, ...args: string[]): Promise<number> {
  const { stdout } = await execa(process.execPath, ["--trace-gc", binary, ...args], {
    cwd: directory,
    env: cleanEnv(),
    extendEnv: false,
  });
  return Math.max(
    ...[...stdout.matchAll(/-> [\d.]+ \(([\d.]+)\) MB/g)].map(([, mb]) => Number(mb)),
  );
}

it("an update has the room for two renders from its first collection on", async () => {
  const directory = await made();
  const SEMI_SPACES_MB = 2 * 16;
  expect(await heap(directory, "check")).toBeLessThan(SEMI_SPACES_MB);
  expect(await heap(directory, "set", "kubernetes=1.36")).toBeGreaterThan(SEMI_SPACES_MB);
});

describe("set, add, remove", () => {
  it("there and back is the start, byte for byte", async () => {
    const directory = await made();
    const start = git(directory, "rev-parse", "HEAD^{tree}");
    for (const [there, back] of [
      [
        ["set", "networkPolicy=cilium"],
        ["set", "networkPolicy=calico"],
      ],
      [
        ["add", "efs-csi", "environments.staging"],
        ["remove", "efs-csi", "environments.staging"],
      ],
      [
        ["add", "namespaces.batch"],
        ["remove", "namespaces.batch"],
      ],
      [
        ["set", "node-size=xlarge", "iac=opentofu"],
        ["set", "node-size=large", "iac=terraform"],
      ],
    ] as const) {
      expect((await command(directory, ...there)).exitCode).toBe(0);
      commit(directory);
      expect(git(directory, "rev-parse", "HEAD^{tree}"), there.join(" ")).not.toBe(start);
      const { exitCode, stderr } = await command(directory, ...back);
      expect(exitCode, stderr).toBe(0);
      commit(directory);
      expect(git(directory, "rev-parse", "HEAD^{tree}"), back.join(" ")).toBe(start);
    }
  }, 60_000);

  it("what is replaced or destroyed is said, with the safe path", async () => {
    const directory = await made();
    const impact = async (...args: string[]) =>
      (await command(directory, ...args, "--dry-run")).json.impact as Record<string, unknown>[];
    expect(await impact("set", "node-size=xlarge")).toContainEqual(
      expect.objectContaining({
        root: "environments/prod",
        effect: "replaced",
        protected: true,
        path: expect.stringMatching(/create_before_destroy|replace-nodes/),
      }),
    );
    expect(await impact("remove", "environments.dev")).toContainEqual(
      expect.objectContaining({ root: "environments/dev", effect: "destroyed", protected: true }),
    );
    expect(await impact("set", "environments.dev.network.cidr=10.99.0.0/16")).toContainEqual(
      expect.objectContaining({
        root: "environments/dev",
        effect: "replaced",
        what: "module.network.aws_vpc.this",
      }),
    );
    expect(await impact("set", "networkPolicy=cilium")).toContainEqual(
      expect.objectContaining({
        effect: "disrupted",
        path: expect.stringContaining("no moment without an engine"),
      }),
    );
    expect(await impact("set", "nodes.max=12")).toEqual([]);
    expect(status(directory)).toBe("");
  });

  it("a node group under another name: the new one first, then the old one goes", async () => {
    const directory = await made();
    expect((await command(directory, "add", "nodes.groups.blue")).exitCode).toBe(0);
    commit(directory);
    const yaml = read(directory, "hardened-eks.yaml").replace("blue:", "green:");
    writeFileSync(join(directory, "hardened-eks.yaml"), yaml);
    const { json } = await command(directory, "upgrade", "--dry-run");
    expect(json.impact).toContainEqual(
      expect.objectContaining({
        what: 'module.nodes.aws_eks_node_group.this["blue"]',
        effect: "destroyed",
        why: expect.stringContaining("green is new"),
      }),
    );
  });

  it("Kubernetes goes one minor at a time, says the order, and names removed APIs", async () => {
    const directory = await made("--kubernetes", "1.34");
    const jump = await command(directory, "set", "kubernetes=1.36");
    expect(jump.exitCode).toBe(2);
    expect(JSON.stringify(jump.json)).toMatch(/set kubernetes=1\.35 first/);
    expect(
      (await command(directory, "set", "kubernetes=1.33", "allowExtendedSupport=true")).exitCode,
    ).toBe(2);
    const file = join(directory, "kubernetes/base/ours.yaml");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(
      file,
      "kind: ConfigMap\napiVersion: v1\nmetadata: { name: a }\n---\n# old\napiVersion: policy/v1beta1\nkind: PodDisruptionBudget\n",
    );
    commit(directory);
    const { exitCode, json } = await command(directory, "set", "kubernetes=1.35");
    expect(exitCode).toBe(0);
    expect(json.steps.length).toBeGreaterThan(3);
    expect(json.steps.join("\n")).toMatch(/dev, then prod/);
    // Nothing of an account changes with it.
    expect(json.steps.join("\n")).not.toMatch(/scripts\/bootstrap/);
    expect(json.removedApis).toEqual([
      expect.objectContaining({ path: "kubernetes/base/ours.yaml", line: 6, since: "1.25" }),
    ]);
    expect(read(directory, "hardened-eks.yaml")).toContain('kubernetes: "1.35"');
  });

  it.each([
    [["add", "efs-cs"], /did you mean efs-csi/],
    [["remove", "efs-csi"], /has no efs-csi/],
    [["set", "node-siz=xlarge"], /no option has this path/],
    [["set", "kubernetes"], /no value/],
    [["set", "access.endpoint=public"], /endpoint/],
  ])("%j is refused, and nothing is written", async (args, words) => {
    const directory = await made();
    const { exitCode, stderr } = await command(directory, ...args);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(words);
    expect(status(directory)).toBe("");
  });
});

describe("adopt", () => {
  it("finds the base in the history, and loses no edit over it", async () => {
    const directory = await made();
    appendFileSync(join(directory, "README.md"), "\nOurs.\n");
    commit(directory);
    git(directory, "rm", "-q", ".hardened-eks/lock.json", ".hardened-eks/base.pack");
    commit(directory);
    const refused = await command(directory, "upgrade");
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("adopt");
    expect((await command(directory, "adopt")).exitCode).toBe(4);
    expect(status(directory)).toBe("");
    const { exitCode, json } = await command(directory, "adopt", "--yes");
    expect(exitCode).toBe(0);
    expect(json).toMatchObject({ version: "0.3.0", source: expect.stringMatching(/^commit /) });
    commit(directory);
    expect((await command(directory, "set", "nodes.max=12")).exitCode).toBe(0);
    expect(read(directory, "README.md")).toContain("Ours.");
  });

  it("without a history this version's render is the base; what is no repository of ours is refused", async () => {
    const directory = await made();
    for (const path of [".git", ".hardened-eks/lock.json", ".hardened-eks/base.pack"])
      rmSync(join(directory, path), { recursive: true });
    expect((await command(directory, "adopt", "--yes")).json).toMatchObject({
      likeness: 1,
      source: expect.stringContaining("this version's render"),
    });
    const other = await scratch();
    writeFileSync(join(other, "hardened-eks.yaml"), "name: acme-platform\n");
    expect((await command(other, "adopt", "--yes")).exitCode).toBe(1);
    expect(existsSync(join(other, ".hardened-eks"))).toBe(false);
  });
});

describe("eject", () => {
  it("leaves no trace, says what is lost, and keeps every edit", async () => {
    const directory = await made();
    appendFileSync(join(directory, "README.md"), "\nOurs: made with create-hardened-eks.\n");
    commit(directory);
    expect((await command(directory, "eject")).exitCode).toBe(4);
    const { exitCode, json } = await command(directory, "eject", "--yes");
    expect(exitCode).toBe(0);
    expect(json.lost.length).toBeGreaterThan(2);
    // Only the user's own line still names it.
    expect(json.mentions).toEqual([
      expect.objectContaining({ path: "README.md", text: "Ours: made with create-hardened-eks." }),
    ]);
    commit(directory);
    expect(git(directory, "ls-files", ".hardened-eks", "hardened-eks.yaml")).toBe("");
    expect(git(directory, "grep", "-lE", "create-hardened-eks|hardened-eks.yaml").trim()).toBe(
      "README.md",
    );
    expect((await command(directory, "upgrade")).exitCode).toBe(1);
  });
});
