/** Updates that meet another one, a full disk, an edit in between, or a journal that somebody tampered with. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { NEXT } from "../../src/lifecycle/paths.ts";
import {
  abortUpdate,
  applyUpdate,
  finishCutOff,
  planUpdate,
  unfinished,
} from "../../src/lifecycle/update.ts";
import { look } from "../../src/workspace/git/repository.ts";
import { alone } from "../../src/workspace/journal/alone.ts";
import { UpdateError } from "../../src/workspace/journal/error.ts";
import { type Journal, readJournal } from "../../src/workspace/journal/record.ts";
import { scratch } from "../support/run.ts";
import {
  commit,
  create,
  git,
  indexOf,
  ownGit,
  snapshot,
  upgrade,
  write,
} from "../support/updates.ts";
import { targetOf } from "../support/versions.ts";

ownGit();

const UPDATE = ".hardened-eks/update";
let room: string;
beforeAll(async () => {
  room = await scratch();
});

async function repository(conflict = false): Promise<string> {
  const directory = mkdtempSync(join(room, "repository-"));
  await create(directory, targetOf("0.1.0"));
  write(directory, "README.md", `mine\n${readFileSync(join(directory, "README.md"), "utf8")}`);
  if (conflict) write(directory, "Makefile", "mine\n");
  commit(directory);
  return directory;
}
const plan = (directory: string) =>
  planUpdate(targetOf("0.2.0"), { directory, scratch: mkdtempSync(join(room, "git-")) });
const read = (directory: string, path: string): string =>
  readFileSync(join(directory, path), "utf8");
const stateOf = (directory: string) => ({ tree: snapshot(directory), index: indexOf(directory) });

/** The update as a kill leaves it: stopped before the n-th write of the tree. */
async function cutOff(conflict = false, writes = 6): Promise<string> {
  const directory = await repository(conflict);
  const copy = mkdtempSync(join(room, "cut-off-"));
  let count = 0;
  await upgrade(directory, targetOf("0.2.0"), {
    hook: (what) => {
      if (!what.startsWith("write ")) return;
      count += 1;
      if (count === writes) cpSync(directory, copy, { recursive: true, verbatimSymlinks: true });
    },
  });
  rmSync(join(copy, UPDATE, "running"));
  expect(unfinished(copy, "0.2.0")?.kind).toBe("cut-off");
  return copy;
}

describe("an update that something overtook, or that a lock awaits", () => {
  it("a plan that another update overtook is refused, and nothing is written", async () => {
    const directory = await repository();
    const stale = await plan(directory);
    await upgrade(directory, targetOf("0.2.0"));
    const after = stateOf(directory);
    await expect(applyUpdate(stale)).rejects.toThrow(/changed while the update was planned/);
    expect(stateOf(directory)).toEqual(after);
  });

  it("an edit between plan and apply is not written over", async () => {
    const directory = await repository();
    const stale = await plan(directory);
    write(directory, "modules/a/main.tf", "written while the person was asked\n");
    await expect(applyUpdate(stale)).rejects.toThrow(
      /modules\/a\/main.tf changed while the update was planned/,
    );
    expect(read(directory, "modules/a/main.tf")).toBe("written while the person was asked\n");
    expect(existsSync(join(directory, UPDATE))).toBe(false);
  });

  it("nor one of the same length whose time was set back", async () => {
    const directory = await repository();
    const full = join(directory, "modules/a/main.tf");
    const text = readFileSync(full, "utf8");
    // Old enough that its times can be trusted.
    await new Promise((resolve) => setTimeout(resolve, 60));
    const stale = await plan(directory);
    const { atime, mtime } = lstatSync(full);
    writeFileSync(full, text.replace(/./, "X"));
    utimesSync(full, atime, mtime);
    await expect(applyUpdate(stale)).rejects.toThrow(/changed while the update was planned/);
    expect(readFileSync(full, "utf8")).toBe(text.replace(/./, "X"));
  });

  it("what was deleted after git had looked is seen", async () => {
    const directory = await repository();
    const sighting = look(directory);
    await sighting;
    rmSync(join(directory, "modules/a/main.tf"));
    const scratch = mkdtempSync(join(room, "git-"));
    await expect(planUpdate(targetOf("0.2.0"), { directory, scratch, sighting })).rejects.toThrow(
      /not committed: modules\/a\/main.tf/,
    );
    expect(existsSync(join(directory, "modules/a/main.tf"))).toBe(false);
  });

  it("and so is a merge that began meanwhile", async () => {
    const directory = await repository();
    const sighting = look(directory);
    await sighting;
    writeFileSync(join(directory, ".git/MERGE_HEAD"), `${"0".repeat(40)}\n`);
    const scratch = mkdtempSync(join(room, "git-"));
    await expect(planUpdate(targetOf("0.2.0"), { directory, scratch, sighting })).rejects.toThrow(
      /a merge is not finished/,
    );
  });

  it("an edit of the answers between plan and apply is not written over", async () => {
    const directory = await repository();
    const stale = await plan(directory);
    write(directory, "hardened-eks.yaml", "name: other\n");
    await expect(applyUpdate(stale)).rejects.toThrow(/hardened-eks.yaml changed while/);
    expect(read(directory, "hardened-eks.yaml")).toBe("name: other\n");
  });

  it.each([
    ["of a process that is dead", `${spawnSync(process.execPath, ["-e", "0"]).pid}\n`],
    ["that names no process", "x\n"],
    ["that names every process", "-1\n"],
    ["that is empty", ""],
  ])("a lock %s stands in nobody's way", async (_, text) => {
    const directory = await repository();
    mkdirSync(join(directory, UPDATE));
    writeFileSync(join(directory, UPDATE, "running"), text);
    await upgrade(directory, targetOf("0.2.0"));
    expect(unfinished(directory, "0.2.0")).toBeUndefined();
    expect(readdirSync(join(directory, UPDATE)).sort()).toEqual([".gitignore", "journal"]);
  });

  it("what dead processes left goes, and what a living one waits with stays", async () => {
    const directory = await repository();
    const dead = spawnSync(process.execPath, ["-e", "0"]).pid;
    for (const name of [`staging-${dead}`, `old-${dead}`, `staging-${process.ppid}`])
      mkdirSync(join(directory, UPDATE, name), { recursive: true });
    writeFileSync(join(directory, UPDATE, `running-${process.ppid}`), "");
    writeFileSync(join(directory, UPDATE, `running-${dead}`), "");
    alone(directory, () => undefined);
    expect(readdirSync(join(directory, UPDATE))).toEqual([`running-${process.ppid}`]);
  });
});

describe("a write that fails", () => {
  const failing = async (directory: string, code: string, at: (what: string) => boolean) =>
    upgrade(directory, targetOf("0.2.0"), {
      hook: (what) => {
        if (at(what)) throw Object.assign(new Error(`${code}: x`), { code });
      },
    }).catch((error: unknown) => error as UpdateError);

  it("at any of them leaves the tree as it was", async () => {
    const from = await repository(true);
    const before = stateOf(from);
    const names: string[] = [];
    const all = mkdtempSync(join(room, "all-"));
    cpSync(from, all, { recursive: true });
    await upgrade(all, targetOf("0.2.0"), { hook: (what) => names.push(what) });
    for (const at of names.keys()) {
      let count = 0;
      const failure = await failing(from, "ENOSPC", () => count++ === at);
      expect(failure, names[at]).toBeInstanceOf(UpdateError);
      expect((failure as UpdateError).message).toMatch(/written \(ENOSPC\); the tree is as it was/);
      expect(stateOf(from), names[at]).toEqual(before);
      expect(existsSync(join(from, UPDATE)), names[at]).toBe(false);
    }
  });

  it.each([
    ["ENOSPC", /free space/],
    ["EDQUOT", /free space/],
    ["EACCES", /permissions/],
    ["EPERM", /permissions/],
    ["EROFS", /read-only/],
  ])("by %s says how to mend it", async (code, mend) => {
    const failure = await failing(await repository(), code, (what) => what === "write README.md");
    expect((failure as UpdateError).message).toContain(`(${code}); the tree is as it was`);
    expect((failure as UpdateError).mend).toMatch(mend);
  });

  it("and then again while that is undone, says both, and the next run undoes the rest", async () => {
    const directory = await repository();
    const before = stateOf(directory);
    let isFull = false;
    const failure = await upgrade(directory, targetOf("0.2.0"), {
      hook: (what) => {
        isFull ||= what === "write README.md";
        if (isFull && what !== "undo") throw Object.assign(new Error("x"), { code: "ENOSPC" });
      },
    }).catch((error: unknown) => error as UpdateError);
    expect((failure as UpdateError).message).toMatch(
      /ENOSPC.*; and it could not be undone.*ENOSPC/,
    );
    expect((failure as UpdateError).message).not.toContain("as it was");
    expect((failure as UpdateError).mend).toContain("upgrade --abort");
    expect(unfinished(directory, "0.2.0")).toMatchObject({ kind: "cut-off", undoing: true });
    await expect(plan(directory)).rejects.toThrow(/cut off while it was undone/);
    abortUpdate(directory);
    expect(stateOf(directory)).toEqual(before);
  });

  it("after an update leaves that one to be undone as before", async () => {
    const directory = await repository();
    const before = stateOf(directory);
    await upgrade(directory, targetOf("0.2.0"));
    commit(directory);
    const tree = new Map(targetOf("0.2.0").tree);
    tree.set("new.txt", { contents: "new\n", mode: 0o644, owner: "managed" });
    const failure = upgrade(directory, targetOf("0.2.0", tree), {
      hook: (what) => {
        if (what === "write new.txt") throw Object.assign(new Error("x"), { code: "ENOSPC" });
      },
    });
    await expect(failure).rejects.toThrow(/ENOSPC/);
    abortUpdate(directory);
    expect(snapshot(directory)).toEqual(before.tree);
  });

  it("by git's index, which another git holds, leaves the tree as it was", async () => {
    const directory = await repository(true);
    const before = snapshot(directory);
    writeFileSync(join(directory, ".git/index.lock"), "");
    await expect(upgrade(directory, targetOf("0.2.0"))).rejects.toThrow(/index\.lock/);
    expect(snapshot(directory)).toEqual(before);
    expect(existsSync(join(directory, UPDATE))).toBe(false);
  });
});

describe("a cut-off update and edits since", () => {
  it("is not finished over an edit; undone, the edit of what it had written lies aside", async () => {
    const directory = await cutOff();
    const { steps } = readJournal(directory) as Journal;
    const written = steps.find(({ path, after }) => {
      const full = join(directory, path);
      return (
        after !== null &&
        existsSync(full) &&
        !existsSync(
          join(
            directory,
            UPDATE,
            "journal/new",
            String(steps.findIndex((step) => step.path === path)),
          ),
        )
      );
    })?.path as string;
    write(directory, written, "mine, meanwhile\n");
    const there = snapshot(directory);
    expect(() => finishCutOff(directory)).toThrow(new RegExp(`somebody changed ${written}`));
    expect(snapshot(directory)).toEqual(there);
    expect(abortUpdate(directory).kept).toEqual([written]);
    expect(read(directory, `${UPDATE}/kept/${written}`)).toBe("mine, meanwhile\n");
    expect(unfinished(directory, "0.2.0")).toBeUndefined();
  });

  it("undone, an edit of what it had not yet written stays where it is", async () => {
    const directory = await cutOff();
    // In place: the journal's copy may be the same file.
    writeFileSync(join(directory, "scripts/doctor"), "mine, meanwhile\n");
    writeFileSync(join(directory, "scripts/deploy"), "mine, too\n");
    expect(abortUpdate(directory).kept).toEqual([]);
    expect(read(directory, "scripts/doctor")).toBe("mine, meanwhile\n");
    expect(read(directory, "scripts/deploy")).toBe("mine, too\n");
  });

  it("says of every file that it laid aside under which name it lies, also one laid aside before", async () => {
    const directory = await repository(true);
    await upgrade(directory, targetOf("0.2.0"));
    write(directory, "Makefile", "resolved\n");
    write(directory, `${UPDATE}/kept/Makefile`, "of an earlier day\n");
    expect(abortUpdate(directory).kept).toEqual(["Makefile.1"]);
    expect(read(directory, `${UPDATE}/kept/Makefile.1`)).toBe("resolved\n");
    expect(read(directory, "Makefile")).toBe("mine\n");
  });

  it("a finished update whose files were edited is not undone", async () => {
    const directory = await repository();
    await upgrade(directory, targetOf("0.2.0"));
    write(directory, "README.md", "mine, since\n");
    const there = snapshot(directory);
    expect(() => abortUpdate(directory)).toThrow(/changed since: README.md/);
    expect(snapshot(directory)).toEqual(there);
  });

  it("a sparse checkout leaves out after an abort what it left out before", async () => {
    const directory = await repository();
    git(directory, "sparse-checkout", "set", "--no-cone", "/*", "!/modules/");
    const before = stateOf(directory);
    await upgrade(directory, targetOf("0.2.0"));
    expect(existsSync(join(directory, "modules/a/main.tf"))).toBe(true);
    abortUpdate(directory);
    expect(stateOf(directory)).toEqual(before);
    expect(git(directory, "status", "--porcelain")).toBe("");
  });
});

describe("a journal that somebody tampered with", () => {
  let original: string;
  beforeAll(async () => {
    original = await cutOff(true);
  });

  /** The cut-off repository inside a folder that is to stay as it is. */
  function tampered(change: (journal: Journal & Record<string, unknown>) => void): {
    directory: string;
    outside: string;
  } {
    const outside = mkdtempSync(join(room, "outside-"));
    const directory = join(outside, "repository");
    cpSync(original, directory, { recursive: true, verbatimSymlinks: true });
    writeFileSync(join(outside, "victim"), "outside\n");
    mkdirSync(join(directory, ".git/hooks"), { recursive: true });
    const file = join(directory, UPDATE, "journal/journal.json");
    const journal = JSON.parse(readFileSync(file, "utf8"));
    change(journal);
    writeFileSync(file, JSON.stringify(journal));
    return { directory, outside };
  }

  const refused = async (directory: string, outside: string, message: RegExp): Promise<void> => {
    const there = snapshot(outside);
    for (const work of [
      async () => unfinished(directory, "0.2.0"),
      async () => finishCutOff(directory),
      async () => abortUpdate(directory),
      () => plan(directory),
    ]) {
      await expect(work()).rejects.toThrow(UpdateError);
      await expect(work()).rejects.toThrow(message);
    }
    expect(snapshot(outside)).toEqual(there);
    expect(readdirSync(join(directory, ".git/hooks"))).toEqual([]);
  };

  const firstOf = (journal: Journal) =>
    journal.steps[0] as { path: string; before: unknown; after: unknown };

  it.each([
    "../victim",
    "/etc/passwd",
    "a/../../victim",
    "",
    ".",
    "a\0b",
    ".git/hooks/post-checkout",
    ".GIT/hooks/post-checkout",
    "modules/.git/config",
    `${UPDATE}/journal/journal.json`,
  ])("is refused where a step names %j", async (path) => {
    const { directory, outside } = tampered((journal) => {
      firstOf(journal).path = path;
    });
    await refused(directory, outside, /journal .* is damaged: its step/);
  });

  it.each<[string, (journal: Journal & Record<string, unknown>) => void]>([
    ["has no steps", (journal) => Object.assign(journal, { steps: undefined })],
    ["has steps that are none", (journal) => Object.assign(journal, { steps: [null] })],
    ["has a step twice", (journal) => void journal.steps.push({ ...firstOf(journal) } as never)],
    ["has a mark that is none", (journal) => Object.assign(firstOf(journal), { after: "file:x" })],
    ["would write a link", (journal) => Object.assign(firstOf(journal), { after: "link:/etc" })],
    ["names a folder outside", (journal) => void journal.folders.push("../outside")],
    ["has a title with an escape", (journal) => Object.assign(journal, { title: "\u001b[2J" })],
    ["has an index that is none", (journal) => Object.assign(journal, { index: [] })],
    [
      "names a path outside for the index",
      (journal) => Object.assign(journal.index?.after[0] as object, { path: "../x" }),
    ],
    [
      "has an index entry of another kind",
      (journal) => Object.assign(journal.index?.after[0]?.stages[2] as object, { mode: "040000" }),
    ],
    ["has no schema version", (journal) => Object.assign(journal, { schemaVersion: "1" })],
  ])("is refused where it %s", async (_, change) => {
    const { directory, outside } = tampered(change);
    await refused(directory, outside, /journal .* is damaged/);
  });

  it("is refused where a newer version wrote it", async () => {
    const { directory, outside } = tampered((journal) =>
      Object.assign(journal, { schemaVersion: 2 }),
    );
    await refused(directory, outside, /written by a newer version/);
  });

  it.each(["", "{", "[]", "null", "3", '"x"'])("is refused where it says %j", async (text) => {
    const { directory, outside } = tampered(() => undefined);
    writeFileSync(join(directory, UPDATE, "journal/journal.json"), text);
    await refused(directory, outside, /journal .* is damaged/);
  });

  it("is refused where journal.json is gone or a link", async () => {
    const { directory, outside } = tampered(() => undefined);
    const file = join(directory, UPDATE, "journal/journal.json");
    cpSync(file, join(outside, "journal.json"));
    rmSync(file);
    await refused(directory, outside, /no plain file journal.json/);
    symlinkSync(join(outside, "journal.json"), file);
    await refused(directory, outside, /no plain file journal.json/);
  });

  it.each(["", "/journal", "/journal/new", "/journal/old"])(
    "is refused where %j of it is a link that leads out",
    async (place) => {
      const { directory, outside } = tampered(() => undefined);
      const folder = join(directory, UPDATE + place);
      cpSync(folder, join(outside, "elsewhere"), { recursive: true });
      rmSync(folder, { recursive: true });
      symlinkSync(join(outside, "elsewhere"), folder);
      await refused(directory, outside, /is a symbolic link/);
    },
  );

  /** Number of the first step that is still to be written. */
  const open = (directory: string, side: "new" | "old"): string =>
    readdirSync(join(directory, UPDATE, "journal", side)).sort(
      (a, b) => Number(a) - Number(b),
    )[0] as string;

  it.each<[string, (file: string) => void]>([
    ["is gone", (file) => rmSync(file)],
    ["is another", (file) => writeFileSync(file, "other\n")],
    ["is executable now", (file) => chmodSync(file, 0o755)],
    [
      "is a link",
      (file) => {
        rmSync(file);
        symlinkSync("/etc/passwd", file);
      },
    ],
  ])("is not finished where a new file in it %s, and can be undone", (_, change) => {
    const { directory, outside } = tampered(() => undefined);
    change(join(directory, UPDATE, "journal/new", open(directory, "new")));
    const there = snapshot(outside);
    expect(() => finishCutOff(directory)).toThrow(/what it was to write to .* is gone/);
    expect(snapshot(outside)).toEqual(there);
    abortUpdate(directory);
    expect(unfinished(directory, "0.2.0")).toBeUndefined();
    expect(JSON.parse(read(directory, ".hardened-eks/lock.json"))).toMatchObject({
      version: "0.1.0",
    });
  });

  it("is not undone where an old file in it is gone, and can be finished", () => {
    const { directory, outside } = tampered(() => undefined);
    for (const name of readdirSync(join(directory, UPDATE, "journal/old")))
      rmSync(join(directory, UPDATE, "journal/old", name));
    const there = snapshot(outside);
    expect(() => abortUpdate(directory)).toThrow(/what .* was before the update is gone/);
    expect(snapshot(outside)).toEqual(there);
    finishCutOff(directory);
    expect(unfinished(directory, "0.2.0")?.kind).toBe("open");
  });

  it("writes through no link that lies in its folder", async () => {
    const outside = mkdtempSync(join(room, "outside-"));
    const directory = join(outside, "repository");
    cpSync(await repository(true), directory, { recursive: true });
    const victims = ["gitignore", "running", "mine", "staging", "kept"];
    for (const name of victims) writeFileSync(join(outside, name), "outside\n");
    rmSync(join(outside, "kept"));
    mkdirSync(join(outside, "kept"));
    mkdirSync(join(directory, UPDATE));
    const plant = (name: string, to: string): void =>
      symlinkSync(join(outside, to), join(directory, UPDATE, name));
    plant(".gitignore", "gitignore");
    plant("running", "running");
    plant(`running-${process.pid}`, "mine");
    plant(`staging-${process.pid}`, "staging");
    await upgrade(directory, targetOf("0.2.0"));
    for (const name of ["gitignore", "running", "mine", "staging"])
      expect(readFileSync(join(outside, name), "utf8")).toBe("outside\n");
    // What was edited since is not carried out of the repository.
    plant("kept", "kept");
    write(directory, "Makefile", "resolved\n");
    expect(() => abortUpdate(directory)).toThrow(/kept is a symbolic link/);
    expect(readdirSync(join(outside, "kept"))).toEqual([]);
    expect(read(directory, "Makefile")).toBe("resolved\n");
  });

  it("a pending render that is gone is named, and the update can be undone", async () => {
    const directory = await repository(true);
    const before = stateOf(directory);
    await upgrade(directory, targetOf("0.2.0"));
    rmSync(join(directory, NEXT));
    expect(() => unfinished(directory, "0.2.0")).toThrow(/next.pack is gone/);
    abortUpdate(directory);
    expect(stateOf(directory)).toEqual(before);
    expect(lstatSync(join(directory, "policies")).isFile()).toBe(true);
  });
});
