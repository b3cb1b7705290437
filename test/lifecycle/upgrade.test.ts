/** `upgrade` on the built binary as a user and a pipeline run it: exit codes, words, JSON, and the tree after each. */
import { createHash } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { git, past, restore } from "../support/history.ts";
import { run, scratch } from "../support/run.ts";

/** A repository of 0.2.0. */
const made = (): Promise<string> => restore(past("0.2.0", "startup"));

const read = (directory: string, path: string): string =>
  readFileSync(join(directory, path), "utf8");
const lockOf = (directory: string) => JSON.parse(read(directory, ".hardened-eks/lock.json"));
const commit = (directory: string): void => {
  git(directory, "add", "-A");
  git(directory, "commit", "-qm", "ours");
};
/** Every file of the tree with its mode and its time, and what git makes of it. */
const stateOf = (directory: string): string =>
  [
    ...readdirSync(directory, { recursive: true, encoding: "utf8" })
      .filter((path) => !/^\.git(\/|$)/.test(path))
      .sort()
      .map((path) => {
        const facts = lstatSync(join(directory, path));
        const bytes = facts.isFile() ? readFileSync(join(directory, path)) : "";
        const digest = createHash("sha256").update(bytes).digest("hex");
        return `${path} ${facts.mode.toString(8)} ${digest} ${facts.isFile() ? facts.mtimeMs : ""}`;
      }),
    git(directory, "ls-files", "-s"),
  ].join("\n");

async function upgrade(directory: string, ...flags: string[]) {
  const ran = await run(["upgrade", directory, ...flags], { cwd: directory });
  expect(ran.stderr).not.toMatch(/\n {4}at /);
  return ran;
}

/** A line that the new version changes: the user changes it, too. */
function conflicting(directory: string): string {
  const path = "modules/cluster/main.cluster.tf";
  const lines = read(directory, path).split("\n");
  const before = new Set(
    past("0.2.0", "startup").tree.get(path)?.contents.toString("utf8").split("\n"),
  );
  expect(before.size).toBeGreaterThan(0);
  // Every line, so that it does not matter which one the new version changes.
  writeFileSync(
    join(directory, path),
    lines.map((line) => (line.trim() === "" ? line : `${line} # ours`)).join("\n"),
  );
  return path;
}

describe("what no pipeline applies", () => {
  it("is named before the environments, where it changes", async () => {
    const directory = await restore(past("0.2.0", "default"));
    const { stdout, stderr } = await upgrade(directory, "--dry-run", "--json");
    const { items, steps } = JSON.parse(stdout);
    expect(items).toContainEqual(expect.objectContaining({ path: "bootstrap/variables.tf" }));
    expect(steps[0]).toMatch(/^run `scripts\/bootstrap <account>`/);
    expect(stderr).toMatch(/In this order:\n {2}1\. run `scripts\/bootstrap/);
  });
});

describe("a conflict", () => {
  it("exits 5 until it is resolved, then 0; CI that runs it again stays red", async () => {
    const directory = await made();
    const path = conflicting(directory);
    commit(directory);
    const first = await upgrade(directory, "--json");
    expect(first.exitCode).toBe(5);
    expect(JSON.parse(first.stdout)).toMatchObject({ ok: false, exitCode: 5, conflicts: [path] });
    expect(lockOf(directory)).toMatchObject({ version: "0.2.0", pending: { conflicts: [path] } });
    for (const flags of [["--json"], ["--dry-run", "--json"], ["--allow-dirty", "--json"]]) {
      const again = await upgrade(directory, ...flags);
      expect([flags, again.exitCode]).toEqual([flags, 5]);
      expect(JSON.parse(again.stdout)).toMatchObject({ conflicts: [path] });
    }
    const text = await upgrade(directory);
    expect(text.stderr).toContain(path);
    expect(text.stderr).toContain("upgrade --abort");
    git(directory, "checkout", "-q", "--theirs", path);
    git(directory, "add", path);
    expect((await upgrade(directory)).exitCode).toBe(0);
    expect(lockOf(directory)).toMatchObject({ version: "0.3.0" });
    commit(directory);
    const last = await upgrade(directory);
    expect([last.exitCode, last.stderr]).toEqual([0, expect.stringContaining("up to date")]);
    expect(git(directory, "status", "--short")).toBe("");
  });

  it("--abort brings back every byte, once", async () => {
    const directory = await made();
    conflicting(directory);
    commit(directory);
    const before = stateOf(directory);
    expect((await upgrade(directory)).exitCode).toBe(5);
    const aborted = await upgrade(directory, "--abort");
    expect([aborted.exitCode, aborted.stderr]).toEqual([0, expect.stringContaining("undone")]);
    expect(stateOf(directory)).toBe(before);
    const again = await upgrade(directory, "--abort");
    expect([again.exitCode, again.stderr]).toEqual([
      1,
      expect.stringContaining("no update to undo"),
    ]);
  });

  it("leaves no .rej and no .orig, and asks nothing without a terminal", async () => {
    const directory = await made();
    conflicting(directory);
    commit(directory);
    await upgrade(directory);
    expect(git(directory, "status", "--short", "-uall")).not.toMatch(/\.(rej|orig)$/m);
  });

  it("resolved and not recorded yet: `set` does not claim to have set anything", async () => {
    const directory = await made();
    const path = conflicting(directory);
    commit(directory);
    await upgrade(directory);
    git(directory, "checkout", "-q", "--theirs", path);
    git(directory, "add", path);
    const ran = await run(["set", "node-max=12", "-C", directory], { cwd: directory });
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain("run upgrade");
    expect(lockOf(directory).version).toBe("0.2.0");
    expect((await upgrade(directory)).exitCode).toBe(0);
  });
});

describe("a dry run", () => {
  it("names files and classes, writes nothing, and exits as the run would", async () => {
    const directory = await made();
    const path = conflicting(directory);
    rmSync(join(directory, "docs/runbooks/break-glass.md"), { force: true });
    commit(directory);
    const before = stateOf(directory);
    const ran = await upgrade(directory, "--dry-run");
    expect(ran.exitCode).toBe(5);
    expect(ran.stdout).toBe("");
    expect(ran.stderr).toMatch(new RegExp(`conflict +${path}`));
    expect(ran.stderr).toContain("Nothing was written.");
    const json = JSON.parse((await upgrade(directory, "--dry-run", "--json")).stdout);
    expect(json).toMatchObject({ dryRun: true, from: "0.2.0", to: "0.3.0", conflicts: [path] });
    for (const item of json.items)
      expect(item).toEqual(
        expect.objectContaining({
          path: expect.any(String),
          class: expect.any(String),
          owner: expect.any(String),
        }),
      );
    expect(stateOf(directory)).toBe(before);
  });

  it("--diff is a patch that git accepts, and nothing else", async () => {
    const directory = await made();
    const before = stateOf(directory);
    const { exitCode, stdout } = await upgrade(directory, "--dry-run", "--diff");
    expect(exitCode).toBe(0);
    const patch = join(await scratch(), "upgrade.patch");
    writeFileSync(patch, `${stdout}\n`);
    git(directory, "apply", "--check", patch);
    expect(stateOf(directory)).toBe(before);
    // Applied, it is what the upgrade itself writes, the answers included.
    git(directory, "apply", patch);
    const applied = git(directory, "diff", "HEAD", "--", ".", ":!.hardened-eks");
    expect(applied).toContain("b/hardened-eks.yaml");
    git(directory, "checkout", "-q", ".");
    git(directory, "clean", "-qfd");
    expect((await upgrade(directory)).exitCode).toBe(0);
    expect(git(directory, "diff", "HEAD", "--", ".", ":!.hardened-eks")).toBe(applied);
  });
});

describe("the tree before it", () => {
  it("dirty: refused with the way out; --allow-dirty merges, --abort brings it back", async () => {
    const directory = await made();
    appendFileSync(join(directory, "README.md"), "\nNot committed.\n");
    const before = stateOf(directory);
    const refused = await upgrade(directory);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/README\.md[\s\S]*--allow-dirty/);
    expect(stateOf(directory)).toBe(before);
    expect((await upgrade(directory, "--allow-dirty")).exitCode).toBe(0);
    expect(read(directory, "README.md")).toContain("Not committed.");
    expect((await upgrade(directory, "--abort")).exitCode).toBe(0);
    expect(stateOf(directory)).toBe(before);
  });

  it.each([
    ["without its base", ".hardened-eks/base.pack", undefined, "adopt"],
    ["without its lock", ".hardened-eks/lock.json", undefined, "adopt"],
    ["with a base that is cut short", ".hardened-eks/base.pack", 1000, "adopt"],
    ["without its answers", "hardened-eks.yaml", undefined, "hardened-eks.yaml"],
  ] as const)("%s: refused, never written over", async (_, path, length, mend) => {
    const directory = await made();
    appendFileSync(join(directory, "README.md"), "\nOurs.\n");
    const full = join(directory, path);
    if (length === undefined) rmSync(full);
    else writeFileSync(full, readFileSync(full).subarray(0, length));
    commit(directory);
    const before = stateOf(directory);
    const ran = await upgrade(directory);
    expect([ran.exitCode, ran.stderr]).toEqual([1, expect.stringContaining(mend)]);
    expect(stateOf(directory)).toBe(before);
  });

  it("of a newer version: refused, with the version to use", async () => {
    const directory = await made();
    const lock = join(directory, ".hardened-eks/lock.json");
    writeFileSync(
      lock,
      readFileSync(lock, "utf8").replace('"version": "0.2.0"', '"version": "9.1.0"'),
    );
    commit(directory);
    const ran = await upgrade(directory);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain("create-hardened-eks@9.1.0");
  });

  it("with a file of the user's where the new version wants one", async () => {
    const directory = await made();
    const fresh = JSON.parse((await upgrade(directory, "--dry-run", "--json")).stdout).items.find(
      (item: { class: string; owner: string }) => item.class === "new" && item.owner !== "user",
    ).path as string;
    writeFileSync(join(directory, fresh), "mine\n");
    const ran = await upgrade(directory);
    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toMatch(new RegExp(`occupied +${fresh} .*move it away`));
    expect(read(directory, fresh)).toBe("mine\n");
    expect((await upgrade(directory)).exitCode).toBe(5);
    renameSync(join(directory, fresh), join(directory, "mine.txt"));
    expect((await upgrade(directory)).exitCode).toBe(0);
    expect(read(directory, fresh)).not.toBe("mine\n");
    expect(lockOf(directory).version).toBe("0.3.0");
  });

  it("in a folder of another repository, named from outside and from within", async () => {
    const project = await made();
    const outer = await scratch();
    git(outer, "init", "-q");
    rmSync(join(project, ".git"), { recursive: true });
    const inner = join(outer, "infra", basename(project));
    mkdirSync(join(outer, "infra"));
    renameSync(project, inner);
    writeFileSync(join(outer, "README.md"), "outer\n");
    const path = conflicting(inner);
    commit(outer);
    const ran = await run(["upgrade", `infra/${basename(project)}`], { cwd: outer });
    expect(ran.exitCode).toBe(5);
    expect(git(outer, "diff", "--name-only", "--diff-filter=U").trim()).toBe(
      `infra/${basename(project)}/${path}`,
    );
    expect((await run(["upgrade", "--abort"], { cwd: inner })).exitCode).toBe(0);
    expect(git(outer, "status", "--short")).toBe("");
  });

  it.each(["no repository", "no git on the PATH"])("%s", async (how) => {
    const directory = await made();
    if (how === "no repository") rmSync(join(directory, ".git"), { recursive: true });
    appendFileSync(join(directory, "README.md"), "\nOurs.\n");
    const path = conflicting(directory);
    const env: Record<string, string> = how === "no repository" ? {} : { PATH: await scratch() };
    const ran = await run(["upgrade", directory, "--json"], { cwd: directory, env });
    expect(ran.exitCode).toBe(5);
    expect(JSON.parse(ran.stdout).conflicts).toEqual([path]);
    expect(read(directory, "README.md")).toContain("Ours.");
  });
});

describe("hardened-eks.yaml edited by hand", () => {
  it("upgrade applies it, and keeps comments, order and quotes", async () => {
    const directory = await made();
    const full = join(directory, "hardened-eks.yaml");
    const text = `# Ask Kim first.\n${readFileSync(full, "utf8")}`.replace(
      /^( *)max: \d+.*$/m,
      "$1max: 14 # the load test of May",
    );
    expect(text).toContain("the load test of May");
    writeFileSync(full, text);
    commit(directory);
    expect((await upgrade(directory)).exitCode).toBe(0);
    expect(read(directory, "hardened-eks.yaml")).toContain("# Ask Kim first.\n");
    expect(read(directory, "hardened-eks.yaml")).toContain("max: 14 # the load test of May");
    expect(git(directory, "diff", "--", "environments")).toMatch(/^\+.*max_size\s+= 14$/m);
  });

  it.each([
    ["that is no YAML", "a: [\n", 1],
    ["with an answer that there is not", "kubernets: 1.35\n", 2],
    ["with conflict markers", "<<<<<<< HEAD\nname: a\n=======\nname: b\n>>>>>>> other\n", 1],
  ])("%s: refused, and nothing is written", async (_, text, exit) => {
    const directory = await made();
    appendFileSync(join(directory, "hardened-eks.yaml"), text);
    commit(directory);
    const before = stateOf(directory);
    const ran = await upgrade(directory);
    expect([ran.exitCode, ran.stderr]).toEqual([
      exit,
      expect.stringContaining("hardened-eks.yaml"),
    ]);
    expect(stateOf(directory)).toBe(before);
    expect(existsSync(join(directory, ".hardened-eks/update"))).toBe(false);
  });
});
