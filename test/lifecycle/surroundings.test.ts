/** The same update wherever a project can lie: what git is, has been told, or is in the middle of. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { driftOf } from "../../src/lifecycle/drift.ts";
import { BASE, LOCK } from "../../src/lifecycle/paths.ts";
import { toMergeTree } from "../../src/lifecycle/render.ts";
import {
  first,
  firstRender,
  gitIn,
  lines,
  type Project,
  project,
  projectAt,
  second,
  THEIRS,
  withEnv,
  withLine,
  withOldGit,
  withoutGit,
} from "../support/project.ts";
import { scratch } from "../support/run.ts";

const NEW_LINE = "the new version's line";
const MY_LINE = "the user's line";
const newText = (path: string, number = 5): string => withLine(first(path), number, NEW_LINE);
const changing = (path: string, number = 5) => second({ [path]: newText(path, number) });

/** One update of each kind: an edit elsewhere, the same line, a file that goes, one that comes, one the user removed. */
const everything = second({
  "main.tf": newText("main.tf", 15),
  Makefile: newText("Makefile"),
  "kubernetes/namespaces.yaml": newText("kubernetes/namespaces.yaml"),
  "docs/runbook.md": undefined,
  "docs/guide.md": lines("guide"),
  "scripts/connect": { contents: newText("scripts/connect"), mode: 0o755 },
});

function editAll(user: Project): void {
  user.edit("main.tf", 2, MY_LINE);
  user.edit("Makefile", 5, MY_LINE);
  user.remove("kubernetes/namespaces.yaml");
  user.write("mine/notes.md", "my notes\n");
}

async function expectAll(user: Project, options: { allowDirty?: boolean } = {}): Promise<void> {
  const { exitCode, open, refusal, item } = await user.updateTwice({
    target: everything,
    ...options,
  });
  expect(refusal).toBe("");
  expect([exitCode, open]).toEqual([5, ["Makefile"]]);
  expect(user.read("main.tf")).toBe(withLine(newText("main.tf", 15), 2, MY_LINE));
  expect(user.read("Makefile")).toContain(
    `<<<<<<< yours\n${MY_LINE}\n=======\n${NEW_LINE}\n>>>>>>> ${THEIRS}\n`,
  );
  expect(user.has("kubernetes/namespaces.yaml")).toBe(false);
  expect(item("kubernetes/namespaces.yaml")?.class).toBe("user-deleted");
  expect(user.has("docs/runbook.md")).toBe(false);
  expect(user.read("docs/guide.md")).toBe(lines("guide"));
  expect(user.mode("scripts/connect")).toBe(0o755);
  expect(user.status()).not.toMatch(/\.(rej|orig)$/m);
}

/** The conflict of `expectAll` resolved, and the update finished. */
function settleAll(user: Project): void {
  user.write("Makefile", newText("Makefile"));
  if (user.hasGit) user.git("add", "Makefile");
  expect(user.left()).toBe("resolved: Makefile");
  user.finish();
}

describe("changes that are not committed", () => {
  it("15: a dirty tree is refused, and the files are named", async () => {
    const user = await project();
    user.edit("main.tf", 2, MY_LINE);
    const { exitCode, refusal } = await user.update({ target: changing("main.tf", 15) });
    expect([exitCode, refusal]).toEqual([1, "these changes are not committed: main.tf"]);
  });

  it("15: with --allow-dirty they are merged as they are, and abort brings them back", async () => {
    const user = await project();
    editAll(user);
    await expectAll(user, { allowDirty: true });
    expect(user.git("show", ":2:Makefile")).toBe(withLine(first("Makefile"), 5, MY_LINE));
    settleAll(user);
  });

  it.each(["staged", "staged, and edited again", "staged as removed", "staged as renamed"])(
    "15: %s",
    async (how) => {
      const user = await project();
      if (how === "staged as removed") user.git("rm", "--quiet", "main.tf");
      else if (how === "staged as renamed") user.git("mv", "main.tf", "mine.tf");
      else {
        user.edit("main.tf", 2, MY_LINE);
        user.git("add", "main.tf");
        if (how !== "staged") user.edit("main.tf", 3, `${MY_LINE}, later`);
      }
      const target = changing("main.tf", 15);
      const refused = await user.update({ target });
      expect(refused.refusal).toContain("main.tf");
      const { exitCode } = await user.updateTwice({ target, allowDirty: true });
      expect(exitCode).toBe(0);
    },
  );

  it("an untracked file of the user's own is not in the way", async () => {
    const user = await project();
    user.write("notes.txt", "mine\n");
    user.write("cache.local/blob", "ignored\n");
    const { exitCode } = await user.updateTwice({ target: changing("main.tf") });
    expect(exitCode).toBe(0);
  });

  it.each(["--assume-unchanged", "--skip-worktree"])(
    "an edit that git was told not to see (%s) is not written over",
    async (flag) => {
      const user = await project();
      user.git("update-index", flag, "main.tf");
      user.edit("main.tf", 2, MY_LINE);
      const target = changing("main.tf", 15);
      const { exitCode, refusal } = await user.update({ target });
      expect([exitCode, refusal]).toEqual([1, "these changes are not committed: main.tf"]);
      await user.updateTwice({ target, allowDirty: true });
      expect(user.read("main.tf")).toBe(withLine(newText("main.tf", 15), 2, MY_LINE));
    },
  );

  it.each(["--assume-unchanged", "--skip-worktree"])(
    "a file with %s and no edit is updated as any other",
    async (flag) => {
      const user = await project();
      user.git("update-index", flag, "main.tf");
      const { exitCode } = await user.updateTwice({ target: changing("main.tf", 15) });
      expect(exitCode).toBe(0);
      expect(user.read("main.tf")).toBe(newText("main.tf", 15));
    },
  );

  it("a file that git no longer tracks, but that is there, keeps its edits", async () => {
    const user = await project();
    user.git("rm", "--quiet", "--cached", "main.tf");
    user.git("commit", "--quiet", "--message", "not in git");
    user.edit("main.tf", 2, MY_LINE);
    const { exitCode } = await user.updateTwice({ target: changing("main.tf", 15) });
    expect(exitCode).toBe(0);
    expect(user.read("main.tf")).toBe(withLine(newText("main.tf", 15), 2, MY_LINE));
  });
});

describe("drift", () => {
  it("20: an edit that the new version does not touch stays, and check goes on to see it", async () => {
    const managed = new Map(firstRender).set("main.tf", {
      contents: first("main.tf"),
      mode: 0o644,
      owner: "managed",
    });
    const user = await project({ render: managed });
    user.edit("main.tf", 2, MY_LINE);
    user.commit();
    const target = second({ "main.tf": { contents: first("main.tf"), owner: "managed" } });
    const { exitCode, item } = await user.updateTwice({ target });
    expect([exitCode, item("main.tf")]).toEqual([0, undefined]);
    const render = toMergeTree(target);
    expect(driftOf(user.directory, render, render)).toEqual([
      { path: "main.tf", owner: "managed", kind: "modified" },
    ]);
  });
});

describe("base and lock", () => {
  it.each([
    ["no base", (user: Project) => user.remove(BASE)],
    ["no lock", (user: Project) => user.remove(LOCK)],
    ["no base and no lock", (user: Project) => user.remove(".hardened-eks")],
    ["a damaged base", (user: Project) => user.write(BASE, "x")],
    [
      "a truncated base",
      (user: Project) => user.write(BASE, readFileSync(user.at(BASE)).subarray(0, 200)),
    ],
    ["an empty lock", (user: Project) => user.write(LOCK, "")],
    ["a lock that is no JSON", (user: Project) => user.write(LOCK, "{")],
    [
      "a lock that names a file outside",
      (user: Project) => user.write(LOCK, user.read(LOCK).replace('"Makefile"', '"../Makefile"')),
    ],
    [
      "a lock with conflict markers",
      (user: Project) =>
        user.write(LOCK, `<<<<<<< HEAD\n${user.read(LOCK)}=======\n>>>>>>> other\n`),
    ],
    [
      "a base of another render",
      (user: Project) =>
        user.write(LOCK, user.read(LOCK).replace(/"base": "sha256:..../, '"base": "sha256:0000')),
    ],
    [
      "a lock of a newer version",
      (user: Project) => user.write(LOCK, user.read(LOCK).replace('"1.0.0"', '"3.0.0"')),
    ],
    [
      "a lock of a newer schema",
      (user: Project) =>
        user.write(LOCK, user.read(LOCK).replace('"schemaVersion": 1', '"schemaVersion": 2')),
    ],
    [
      "conflicts of a lock that lead outside",
      (user: Project) => {
        const lock = user.lock();
        const pending = { ...lock, conflicts: ["../x"], unplaced: ["../x"] };
        user.write(LOCK, JSON.stringify({ ...lock, pending }));
      },
    ],
  ] as const)("%s: refused, and nothing is written", async (_, damage) => {
    const user = await project();
    user.edit("main.tf", 2, MY_LINE);
    damage(user);
    user.commit();
    const { exitCode, refusal } = await user.update({ target: changing("main.tf", 15) });
    expect(exitCode).toBe(1);
    expect(refusal).toMatch(/lock\.json|base\.pack/);
    expect(() => user.left()).toThrow();
  });

  it("21: a history that is rewritten, without the commit of the first version", async () => {
    const user = await project();
    editAll(user);
    user.git("checkout", "--quiet", "--orphan", "fresh");
    user.commit();
    user.git("branch", "--quiet", "--delete", "--force", "main");
    user.git("reflog", "expire", "--expire=now", "--all");
    user.git("gc", "--quiet", "--prune=now");
    await expectAll(user);
  });

  it("21b: tags and branches with the names of versions and of our own branches", async () => {
    const user = await project();
    editAll(user);
    user.commit();
    user.git("checkout", "--quiet", "--orphan", "other");
    user.git("rm", "--quiet", "-r", "--force", ".");
    user.write("other", "other\n");
    user.commit();
    for (const name of ["base", "yours", THEIRS]) user.git("branch", name);
    for (const name of ["1.0.0", "v1.0.0", "2.0.0", "base", "yours"]) user.git("tag", name);
    user.git("checkout", "--quiet", "main");
    await expectAll(user);
  });

  it("24: what the user noted in the lock stays there", async () => {
    const user = await project();
    user.write(LOCK, user.read(LOCK).replace("{", '{\n  "note": "ask Kim before an upgrade",'));
    user.commit();
    await user.updateTwice();
    expect(user.read(LOCK)).toContain("ask Kim before an upgrade");
  });

  it("25: 150 files", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 150 }, (_, index) => [`many/${index}.tf`, lines(`file ${index}`)]),
    );
    const render = new Map(firstRender);
    for (const [path, contents] of Object.entries(many))
      render.set(path, { contents, mode: 0o644, owner: "merged" });
    const user = await project({ render });
    for (let index = 0; index < 150; index += 15) user.edit(`many/${index}.tf`, 2, MY_LINE);
    user.commit();
    const changed = Object.entries(many).map(([path, text]) => [
      path,
      withLine(text, 15, NEW_LINE),
    ]);
    const { exitCode, items } = await user.updateTwice({
      target: second(Object.fromEntries(changed)),
    });
    expect(exitCode).toBe(0);
    expect(items.filter(({ class: kind }) => kind === "merged")).toHaveLength(10);
    expect(items.filter(({ class: kind }) => kind === "clean")).toHaveLength(141);
  });
});

describe("where the project lies", () => {
  it("in a folder of a larger repository, with other dirty work beside it", async () => {
    const user = await project({ below: "infra/the platform" });
    editAll(user);
    writeFileSync(join(user.root, "main.tf"), "another main.tf\n");
    gitIn(user.root, "add", "--all");
    gitIn(user.root, "commit", "--quiet", "--message", "beside");
    writeFileSync(join(user.root, "main.tf"), "not committed\n");
    writeFileSync(join(user.root, "outputs.tf"), "not in git\n");
    await expectAll(user);
    expect(gitIn(user.root, "diff", "--name-only", "--diff-filter=U")).toBe(
      "infra/the platform/Makefile\n",
    );
    settleAll(user);
  });

  it("in a folder that is not committed yet", async () => {
    const user = await project({ git: "unborn", below: "platform" });
    writeFileSync(join(user.root, "README"), "a repository\n");
    gitIn(user.root, "add", "README");
    gitIn(user.root, "commit", "--quiet", "--message", "first");
    editAll(user);
    await expectAll(user);
    settleAll(user);
  });

  it("two projects in one repository", async () => {
    const user = await project({ below: "one" });
    execFileSync("cp", ["-R", user.directory, join(user.root, "two")]);
    gitIn(user.root, "add", "--all");
    gitIn(user.root, "commit", "--quiet", "--message", "two");
    const other = await projectAt(user.root, { below: "two" });
    for (const each of [user, other]) {
      editAll(each);
      each.commit();
    }
    for (const each of [user, other]) await expectAll(each);
    expect(gitIn(user.root, "diff", "--name-only", "--diff-filter=U")).toBe(
      "one/Makefile\ntwo/Makefile\n",
    );
  });

  it("in a linked worktree", async () => {
    const main = await project();
    const path = join(await scratch(), "linked");
    main.git("worktree", "add", "--quiet", "-b", "linked", path);
    const user = await projectAt(path);
    editAll(user);
    user.commit();
    const before = main.status();
    await expectAll(user);
    expect(main.status()).toBe(before);
    settleAll(user);
  });

  it("beside a submodule", async () => {
    const other = await project();
    const user = await project();
    user.git("submodule", "--quiet", "add", other.root, "vendor/other");
    editAll(user);
    user.commit();
    writeFileSync(user.at("vendor/other/main.tf"), "dirty in the submodule\n");
    await expectAll(user);
    settleAll(user);
  });

  it("as a submodule", async () => {
    const origin = await project();
    const outer = await scratch();
    gitIn(outer, "init", "--quiet", "--template=");
    gitIn(outer, "submodule", "--quiet", "add", origin.root, "platform");
    gitIn(outer, "commit", "--quiet", "--message", "platform");
    const user = await projectAt(join(outer, "platform"));
    editAll(user);
    user.commit();
    await expectAll(user);
    settleAll(user);
  });

  it("a submodule is where the new version wants a file", async () => {
    const other = await project();
    const user = await project();
    user.git("rm", "--quiet", "main.tf");
    user.git("submodule", "--quiet", "add", other.root, "main.tf");
    user.commit();
    const { exitCode, open } = await user.updateTwice({ target: changing("main.tf") });
    expect([exitCode, open]).toEqual([5, ["main.tf"]]);
  });

  it.each([
    ["file", "main.tf", ["main.tf"]],
    ["folder", "modules/cluster", ["modules/cluster/main.tf"]],
  ])("a submodule that nobody fetched is in the place of a %s", async (_, place, paths) => {
    const other = await project();
    const user = await project();
    user.git("rm", "-r", "--quiet", place);
    user.git("submodule", "--quiet", "add", other.root, place);
    user.commit();
    user.git("submodule", "--quiet", "deinit", "--force", place);
    const target = changing(paths[0] as string);
    const { exitCode, open, refusal, item } = await user.updateTwice({ target });
    expect([refusal, exitCode, open]).toEqual(["", 5, paths]);
    expect(item(paths[0] as string)?.note).toContain(`${place} is a submodule`);
  });

  it("behind a symbolic link to it", async () => {
    const real = await project();
    editAll(real);
    real.commit();
    const link = join(await scratch(), "link");
    symlinkSync(real.root, link);
    await expectAll(await projectAt(link));
  });

  it.each(["--cone", "--no-cone"])("in a sparse checkout (%s)", async (kind) => {
    const user = await project();
    user.edit("modules/cluster/main.tf", 2, MY_LINE);
    user.edit("modules/cluster/variables.tf", 5, MY_LINE);
    user.commit();
    const wanted =
      kind === "--cone"
        ? [".hardened-eks", "docs", "scripts"]
        : ["/*", "!/modules/", "!/kubernetes/"];
    user.git("sparse-checkout", "set", kind, ...wanted);
    expect([user.has("modules"), user.has("kubernetes"), user.has("main.tf")]).toEqual([
      false,
      false,
      true,
    ]);
    const target = second({
      "modules/cluster/main.tf": newText("modules/cluster/main.tf", 15),
      "modules/cluster/variables.tf": newText("modules/cluster/variables.tf"),
      "kubernetes/policies/deny.yaml": undefined,
      "kubernetes/namespaces.yaml": newText("kubernetes/namespaces.yaml"),
    });
    const { exitCode, open } = await user.updateTwice({ target });
    expect([exitCode, open]).toEqual([5, ["modules/cluster/variables.tf"]]);
    expect(user.read("modules/cluster/main.tf")).toBe(
      withLine(newText("modules/cluster/main.tf", 15), 2, MY_LINE),
    );
    expect(user.status().split("\n").sort()).toEqual(
      expect.arrayContaining([
        " D kubernetes/policies/deny.yaml",
        " M kubernetes/namespaces.yaml",
        " M modules/cluster/main.tf",
        "UU modules/cluster/variables.tf",
      ]),
    );
  });

  it("in a sparse checkout, a file of the user's that is not on disk keeps its folder", async () => {
    const user = await project();
    user.write("notes/plan.md", `${MY_LINE}\n`);
    user.commit();
    user.git("sparse-checkout", "set", "--cone", ".hardened-eks", "docs");
    expect(user.has("notes")).toBe(false);
    const { item, open } = await user.update({ target: second({ notes: `${NEW_LINE}\n` }) });
    expect(open).toEqual(["notes"]);
    expect(item("notes")?.note).toMatch(/^notes is a directory, which is not checked out/);
    expect(user.has("notes")).toBe(false);
    expect(user.git("ls-files", "notes")).toMatch(/^notes\/plan\.md$/m);
  });

  it("with a stash that git's status is told to show", async () => {
    const user = await project();
    user.write("main.tf", `${MY_LINE}\n`);
    user.git("stash");
    user.git("config", "status.showStash", "true");
    user.edit("main.tf", 2, MY_LINE);
    user.commit();
    const target = second({ "main.tf": newText("main.tf", 15) });
    const { item, open } = await user.update({ target });
    expect([item("main.tf")?.class, open]).toEqual(["merged", []]);
    expect(user.read("main.tf")).toBe(withLine(newText("main.tf", 15), 2, MY_LINE));
  });

  it("where what was committed is not fetched, and something else lies there", async () => {
    const user = await project();
    const id = user.git("rev-parse", "HEAD:main.tf").trim();
    user.edit("main.tf", 2, MY_LINE);
    rmSync(user.at(`.git/objects/${id.slice(0, 2)}/${id.slice(2)}`), { force: true });
    const target = second({ "main.tf": newText("main.tf", 15) });
    const { item, open } = await user.update({ target, allowDirty: true });
    expect([item("main.tf")?.class, open]).toEqual(["merged", []]);
    expect(user.read("main.tf")).toBe(withLine(newText("main.tf", 15), 2, MY_LINE));
  });

  it("in a sparse checkout, undone after its files were added", async () => {
    const user = await project();
    user.edit("modules/cluster/main.tf", 5, MY_LINE);
    user.commit();
    user.git("sparse-checkout", "set", "--cone", ".hardened-eks", "docs");
    const index = user.index();
    const target = second({
      "modules/cluster/main.tf": newText("modules/cluster/main.tf"),
      "kubernetes/policies/deny.yaml": undefined,
      "kubernetes/namespaces.yaml": newText("kubernetes/namespaces.yaml"),
    });
    expect((await user.update({ target })).exitCode).toBe(5);
    user.git("add", "--all", "--sparse", "modules", "kubernetes");
    user.abortKeeping();
    expect(user.index()).toBe(index);
    expect(user.has("modules")).toBe(false);
  });

  it("in a shallow clone", async () => {
    const origin = await project();
    const path = join(await scratch(), "clone");
    gitIn(origin.root, "clone", "--quiet", "--depth=1", `file://${origin.root}`, path);
    const user = await projectAt(path);
    editAll(user);
    user.commit();
    await expectAll(user);
  });

  it("in a partial clone whose blobs are not there: refused rather than fetched", async () => {
    const origin = await project();
    origin.edit("modules/cluster/main.tf", 2, MY_LINE);
    origin.commit();
    origin.git("config", "uploadpack.allowFilter", "true");
    const path = join(await scratch(), "clone");
    gitIn(
      origin.root,
      "clone",
      "--quiet",
      "--filter=blob:none",
      "--sparse",
      `file://${origin.root}`,
      path,
    );
    const user = await projectAt(path);
    user.git("sparse-checkout", "set", "--cone", ".hardened-eks");
    const target = changing("modules/cluster/main.tf", 15);
    const { exitCode, refusal } = await user.update({ target });
    expect([exitCode, refusal]).toEqual([1, expect.stringContaining("git")]);
  });

  it("in a repository with SHA-256 names", async () => {
    const user = await project({ git: false });
    gitIn(user.root, "init", "--quiet", "--template=", "--object-format=sha256");
    editAll(user);
    const there = await projectAt(user.root);
    there.commit();
    await expectAll(there);
    settleAll(there);
  });

  it("on a detached HEAD", async () => {
    const user = await project();
    editAll(user);
    user.commit();
    user.git("checkout", "--quiet", "--detach");
    await expectAll(user);
    settleAll(user);
  });

  it.each(["nothing added", "everything added"])("before the first commit, %s", async (how) => {
    const user = await project({ git: "unborn" });
    if (how === "everything added") user.git("add", "--all");
    editAll(user);
    const { refusal } = await user.update({ target: everything });
    if (how === "everything added") expect(refusal).toContain("not committed");
    else user.abort();
    await expectAll(user, { allowDirty: true });
    settleAll(user);
  });

  it("without a repository", async () => {
    const user = await project({ git: false });
    editAll(user);
    await expectAll(user);
    settleAll(user);
  });

  it("with a file beside it that is larger than 50 MB, in git and not", async () => {
    const user = await project();
    for (const name of ["large.bin", "large.local"]) {
      const file = openSync(user.at(name), "w");
      ftruncateSync(file, 60 * 1024 * 1024);
      closeSync(file);
    }
    editAll(user);
    user.commit();
    const { exitCode } = await user.update({ target: everything });
    expect(exitCode).toBe(5);
  });

  it("with names beside it that are no UTF-8, and with control characters", async () => {
    const user = await project();
    const odd = Buffer.concat([
      Buffer.from(`${user.root}/gr`),
      Buffer.from([0xf6]),
      Buffer.from("sse.txt"),
    ]);
    writeFileSync(odd, "latin-1\n");
    user.write("a\tb\nc.txt", "control\n");
    editAll(user);
    user.commit();
    await expectAll(user);
    writeFileSync(odd, "latin-1, edited\n");
    expect(readFileSync(odd, "utf8")).toBe("latin-1, edited\n");
  });
});

describe("names that differ only in case", () => {
  it("the user's file and the new version's: nothing is written beside it before the user decides", async () => {
    const user = await project();
    user.write("docs/Guide.md", "my guide\n");
    user.commit();
    const { exitCode, open, item } = await user.updateTwice({
      target: second({ "docs/guide.md": lines("guide") }),
    });
    expect([exitCode, open]).toEqual([5, ["docs/guide.md"]]);
    expect(item("docs/guide.md")?.note).toContain("docs/Guide.md");
    expect(readdirSync(user.at("docs"))).not.toContain("guide.md");
  });

  it("folders", async () => {
    const user = await project();
    user.write("Modules/mine.tf", "mine\n");
    user.commit();
    const target = second({ "modules/network/main.tf": lines("network") });
    const { exitCode } = await user.updateTwice({ target });
    expect(exitCode).toBe(0);
  });

  it("the new version changes the case of a name", async () => {
    const user = await project();
    user.edit("docs/runbook.md", 2, MY_LINE);
    user.commit();
    const target = second({
      "docs/runbook.md": undefined,
      "docs/RUNBOOK.md": first("docs/runbook.md"),
    });
    const { exitCode } = await user.updateTwice({ target });
    expect(exitCode).toBe(0);
    expect(readdirSync(user.at("docs"))).toContain("RUNBOOK.md");
  });
});

describe("what git was told", () => {
  it.each(["true", "input"])("core.autocrlf=%s", async (value) => {
    const user = await project();
    user.git("config", "core.autocrlf", value);
    user.edit("main.tf", 2, MY_LINE);
    user.edit("Makefile", 5, MY_LINE);
    user.commit();
    user.git("rm", "--quiet", "--cached", "-r", ".");
    user.git("reset", "--quiet", "--hard");
    const isCrlf = value === "true";
    expect(user.read("main.tf").includes("\r\n")).toBe(isCrlf);
    const target = second({
      "main.tf": newText("main.tf", 15),
      Makefile: newText("Makefile"),
      "outputs.tf": newText("outputs.tf"),
    });
    const { exitCode, open } = await user.updateTwice({ target });
    expect([exitCode, open]).toEqual([5, ["Makefile"]]);
    for (const path of ["main.tf", "Makefile", "outputs.tf"])
      expect([path, user.read(path).includes("\r\n")]).toEqual([path, isCrlf]);
    expect(user.git("diff", "--numstat", "--", "main.tf")).toBe("1\t1\tmain.tf\n");
  });

  it("settings that would change a merge, a diff or a status", async () => {
    const user = await project();
    editAll(user);
    user.commit();
    const marks = join(await scratch(), "ran");
    const settings = {
      "merge.directoryRenames": "true",
      "merge.conflictStyle": "diff3",
      "merge.renames": "false",
      "merge.renameLimit": "1",
      "diff.renames": "copies",
      "diff.external": `touch '${marks}'; false`,
      "diff.noprefix": "true",
      "core.quotePath": "true",
      "core.pager": `touch '${marks}'`,
      "core.fsmonitor": `touch '${marks}'; false`,
      "core.editor": `touch '${marks}'`,
      "status.relativePaths": "false",
      "status.showUntrackedFiles": "all",
      "status.branch": "true",
      "color.ui": "always",
      "i18n.logOutputEncoding": "latin1",
      "submodule.recurse": "true",
      "core.ignoreCase": "true",
      "commit.gpgSign": "true",
      "gpg.program": `touch '${marks}'; false`,
      "alias.status": `!touch '${marks}'`,
    };
    for (const [name, value] of Object.entries(settings)) user.git("config", name, value);
    user.write(".git/info/attributes", "*.tf merge=mine diff=mine\n");
    user.git("config", "merge.mine.driver", `touch '${marks}'; false`);
    user.git("config", "diff.mine.textconv", `touch '${marks}'; false`);
    const { exitCode, open } = await user.update({ target: everything });
    expect([exitCode, open]).toEqual([5, ["Makefile"]]);
    expect(user.read("Makefile")).toContain(`<<<<<<< yours\n${MY_LINE}\n=======\n`);
    expect(() => readFileSync(marks)).toThrow();
  });

  it("variables of a hook or a wrapper that point to another repository", async () => {
    const other = await project();
    const user = await project();
    editAll(user);
    user.commit();
    const before = other.status();
    const variables = {
      GIT_DIR: join(other.root, ".git"),
      GIT_WORK_TREE: other.root,
      GIT_INDEX_FILE: join(other.root, ".git/index"),
      GIT_PREFIX: "docs/",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "core.hooksPath",
      GIT_CONFIG_VALUE_0: ".git/hooks",
    };
    await withEnv(variables, () => expectAll(user));
    expect(other.status()).toBe(before);
  });

  it("`git add --intent-to-add` at a path that the new version wants", async () => {
    const user = await project();
    user.write("docs/guide.md", "my guide\n");
    user.git("add", "--intent-to-add", "docs/guide.md");
    const target = second({ "docs/guide.md": lines("guide") });
    expect((await user.update({ target })).refusal).toContain("docs/guide.md");
    const { exitCode, open } = await user.update({ target, allowDirty: true });
    expect([exitCode, open]).toEqual([5, ["docs/guide.md"]]);
    expect(user.read("docs/guide.md")).toContain("my guide\n");
  });
});

describe("what git is in the middle of", () => {
  /** A repository with two branches that conflict. */
  async function torn(): Promise<Project> {
    const user = await project();
    user.git("checkout", "--quiet", "-b", "other");
    user.edit("main.tf", 2, "other");
    user.commit();
    user.git("checkout", "--quiet", "main");
    user.edit("main.tf", 2, MY_LINE);
    user.commit();
    return user;
  }

  const failing = (user: Project, ...args: string[]): void => {
    expect(() => user.git(...args)).toThrow();
  };

  it.each([
    ["merge", ["merge", "other"]],
    ["rebase", ["rebase", "other"]],
    ["cherry-pick", ["cherry-pick", "other"]],
    ["revert", ["revert", "--no-edit", "other~0"]],
  ] as const)("a %s that is not finished", async (name, args) => {
    const user = await torn();
    failing(user, ...args);
    for (const allowDirty of [false, true]) {
      const { exitCode, refusal } = await user.update({ target: changing("Makefile"), allowDirty });
      expect([exitCode, refusal]).toEqual([1, `a ${name} is not finished in this repository`]);
    }
  });

  it("a merge whose conflicts are resolved and that is not committed", async () => {
    const user = await torn();
    failing(user, "merge", "other");
    user.git("checkout", "--quiet", "--ours", "main.tf");
    user.git("add", "main.tf");
    const { exitCode, refusal } = await user.update({ target: changing("Makefile") });
    expect([exitCode, refusal]).toEqual([1, "a merge is not finished in this repository"]);
  });

  it("conflicts without a merge, as `stash pop` leaves them", async () => {
    const user = await torn();
    user.edit("main.tf", 2, "stashed");
    user.git("stash", "--quiet");
    user.edit("main.tf", 2, "and another");
    user.commit();
    failing(user, "stash", "pop");
    const { exitCode, refusal } = await user.update({
      target: changing("Makefile"),
      allowDirty: true,
    });
    expect([exitCode, refusal]).toEqual([1, "these files are in conflict: main.tf"]);
  });

  it("a merge in another folder of the repository", async () => {
    const user = await project({ below: "platform" });
    const readme = join(user.root, "README");
    const line = (text: string): void => {
      writeFileSync(readme, `${text}\n`);
      gitIn(user.root, "add", "--all");
      gitIn(user.root, "commit", "--quiet", "--message", text);
    };
    line("first");
    gitIn(user.root, "checkout", "--quiet", "-b", "other");
    line("other");
    gitIn(user.root, "checkout", "--quiet", "main");
    line("main");
    expect(() => gitIn(user.root, "merge", "other")).toThrow();
    const { exitCode, refusal } = await user.update({ target: changing("Makefile") });
    expect([exitCode, refusal]).toEqual([1, "a merge is not finished in this repository"]);
  });

  it("an index.lock that a killed git left: no index is written, so a clean update goes through", async () => {
    const user = await project();
    user.write(".git/index.lock", "");
    const { exitCode } = await user.updateTwice({ target: changing("main.tf") });
    expect(exitCode).toBe(0);
  });

  it("an index.lock and a conflict: refused with the tree as it was", async () => {
    const user = await project();
    user.edit("main.tf", 5, MY_LINE);
    user.commit();
    user.write(".git/index.lock", "");
    const { exitCode, refusal } = await user.attempt({ target: changing("main.tf") });
    expect(exitCode).toBe(1);
    expect(refusal).toContain("index.lock");
    expect(user.read("main.tf")).toBe(withLine(first("main.tf"), 5, MY_LINE));
    expect(user.read(LOCK)).toContain('"version": "1.0.0"');
    rmSync(user.at(".git/index.lock"));
    expect((await user.update({ target: changing("main.tf") })).exitCode).toBe(5);
  });

  it.skipIf(process.getuid?.() !== 0)("a repository of another owner", async () => {
    const user = await project();
    execFileSync("chown", ["-R", "65534", user.root]);
    const { exitCode, refusal } = await user.attempt({ target: changing("main.tf") });
    expect([exitCode, refusal]).toEqual([1, expect.stringContaining("dubious ownership")]);
  });
});

describe("without a git that merges trees", () => {
  it.each([
    ["git 2.30", withOldGit],
    ["no git", withoutGit],
  ] as const)("%s: the same update, line by line", async (_, within) => {
    const user = await project();
    editAll(user);
    user.commit();
    await within(() => expectAll(user));
    settleAll(user);
  });

  it.each([
    ["git 2.30", withOldGit],
    ["no git", withoutGit],
  ] as const)("%s: a file of the user's own at a path of the new version", async (_, within) => {
    const user = await project();
    user.write("extra.tf", `${MY_LINE}\n`);
    user.commit();
    const target = second({ "extra.tf": `${NEW_LINE}\n` });
    const { exitCode, open } = await within(() => user.updateTwice({ target }));
    expect([exitCode, open]).toEqual([5, ["extra.tf"]]);
    expect(user.read("extra.tf")).toContain(MY_LINE);
  });

  it.each([
    ["git 2.30", withOldGit],
    ["no git", withoutGit],
  ] as const)("%s: renamed, removed, binary, CRLF, bits", async (_, within) => {
    const user = await project();
    user.edit("main.tf", 2, MY_LINE);
    user.edit("terraform.tf", 2, MY_LINE);
    user.write("docs/logo.bin", "logo\0of the user\n");
    user.write("Makefile", withLine(first("Makefile"), 2, MY_LINE).replaceAll("\n", "\r\n"));
    user.write("docs/runbook.md", first("docs/runbook.md"), 0o755);
    user.commit();
    const target = second({
      "main.tf": undefined,
      "main.network.tf": newText("main.tf", 15),
      "terraform.tf": undefined,
      "docs/logo.bin": "logo\0two\n",
      Makefile: newText("Makefile", 15),
      "docs/runbook.md": newText("docs/runbook.md"),
    });
    const { exitCode, open } = await within(() => user.updateTwice({ target }));
    expect([exitCode, open]).toEqual([5, ["docs/logo.bin", "main.tf", "terraform.tf"]]);
    expect(user.read("Makefile")).toBe(
      withLine(newText("Makefile", 15), 2, MY_LINE).replaceAll("\n", "\r\n"),
    );
    expect([user.mode("docs/runbook.md"), user.read("docs/runbook.md")]).toEqual([
      0o755,
      newText("docs/runbook.md"),
    ]);
    await within(() => user.staysOpen(open));
  });

  it("git 2.30: a sparse checkout", async () => {
    const user = await project();
    user.edit("modules/cluster/main.tf", 2, MY_LINE);
    user.commit();
    user.git("sparse-checkout", "set", "--cone", ".hardened-eks", "docs");
    const target = changing("modules/cluster/main.tf", 15);
    const { exitCode } = await withOldGit(() => user.updateTwice({ target }));
    expect(exitCode).toBe(0);
    expect(user.read("modules/cluster/main.tf")).toBe(
      withLine(newText("modules/cluster/main.tf", 15), 2, MY_LINE),
    );
  });

  it("no git: what is in the way stays open until it is moved", async () => {
    const user = await project({ git: false });
    user.write("extra.tf", `${MY_LINE}\n`);
    user.write("docs/logo.bin", "logo\0of the user\n");
    const target = second({ "extra.tf": `${NEW_LINE}\n`, "docs/logo.bin": "logo\0two\n" });
    const { open } = await user.updateTwice({ target });
    expect(open).toEqual(["docs/logo.bin", "extra.tf"]);
    await user.staysOpen(open);
    user.move("extra.tf", "mine.tf");
    user.move("docs/logo.bin", "docs/mine.bin");
    user.finish(["extra.tf", "docs/logo.bin"]);
    expect(user.read("docs/logo.bin")).toBe("logo\0two\n");
  });
});

describe("permissions", () => {
  it("read-only files are written, and stay read-only", async () => {
    const user = await project();
    editAll(user);
    user.commit();
    for (const path of ["main.tf", "Makefile", "docs/runbook.md"]) chmodSync(user.at(path), 0o444);
    chmodSync(user.at("scripts/connect"), 0o555);
    const { exitCode } = await user.updateTwice({ target: everything });
    expect(exitCode).toBe(5);
    expect([user.mode("main.tf"), user.mode("scripts/connect")]).toEqual([0o444, 0o555]);
  });

  it("files that only their owner may read stay so", async () => {
    const user = await project();
    chmodSync(user.at("main.tf"), 0o600);
    await user.updateTwice({ target: changing("main.tf") });
    expect(user.mode("main.tf")).toBe(0o600);
  });

  it.skipIf(process.getuid?.() === 0)("a folder that may not be written", async () => {
    const user = await project();
    const folder = dirname(user.at("modules/cluster/main.tf"));
    chmodSync(folder, 0o555);
    try {
      const { exitCode, refusal } = await user.attempt({
        target: changing("modules/cluster/main.tf"),
      });
      expect([exitCode, refusal]).toEqual([1, expect.stringContaining("EACCES")]);
    } finally {
      chmodSync(folder, 0o755);
    }
    expect(user.read(LOCK)).toContain('"version": "1.0.0"');
  });

  it("hard links of the user's are not written through", async () => {
    const user = await project();
    const beside = join(await scratch(), "main.tf");
    execFileSync("ln", [user.at("main.tf"), beside]);
    await user.update({ target: changing("main.tf") });
    expect(readFileSync(beside, "utf8")).toBe(first("main.tf"));
    expect(user.read("main.tf")).toBe(newText("main.tf"));
  });
});

describe("the harness itself", () => {
  it("its hooks would be seen", async () => {
    const user = await project();
    await user.update();
    execFileSync(
      "git",
      [
        "-c",
        "user.name=Kim",
        "-c",
        "user.email=kim@acme.example",
        "commit",
        "--quiet",
        "--allow-empty",
        "--message",
        "x",
      ],
      {
        cwd: user.root,
      },
    );
    expect(readFileSync(user.marks, "utf8")).toContain("pre-commit");
  });
});
