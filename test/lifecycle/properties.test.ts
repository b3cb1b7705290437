/** What holds for every update, whatever the user did: random edits of real repositories, by a seeded editor. */
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { add, remove, set } from "../../src/cli/commands/change.ts";
import { upgrade as upgradeCommand } from "../../src/cli/commands/upgrade.ts";
import { EXIT } from "../../src/cli/exit.ts";
import { maker } from "../../src/cli/maker.ts";
import { parseAnswers } from "../../src/lifecycle/answers.ts";
import { isCrlf } from "../../src/lifecycle/line-ends.ts";
import type { Lock } from "../../src/lifecycle/lock.ts";
import { ANSWERS, BASE, LOCK } from "../../src/lifecycle/paths.ts";
import { readState } from "../../src/lifecycle/state.ts";
import { abortUpdate, type Target, unfinished } from "../../src/lifecycle/update.ts";
import { InvalidConfigError } from "../../src/options/layers.ts";
import type { Data } from "../../src/options/paths.ts";
import type { FileTree, TreeFile } from "../../src/render/tree.ts";
import { UpdateError } from "../../src/workspace/journal/error.ts";
import { type Edit, edit, edits, marks } from "../support/editor.ts";
import { withOldGit } from "../support/project.ts";
import { repository } from "../support/repository.ts";
import { scratch } from "../support/run.ts";
import { quietTerminal } from "../support/terminal.ts";
import { commit, create, git, indexOf, ownGit, snapshot, upgrade } from "../support/updates.ts";
import { targetOf } from "../support/versions.ts";

ownGit();
vi.setConfig({ testTimeout: 600_000 });

/** Another one with PROPERTY_SEED; a failure prints what to run again. */
const SEED = Number(process.env.PROPERTY_SEED ?? 20261124);
const NAME = "acme-platform";

let room: string;
beforeAll(async () => {
  room = await scratch();
});

const holds = <T>(
  arbitrary: fc.Arbitrary<T>,
  numRuns: number,
  check: (value: T) => Promise<void>,
): Promise<void> =>
  fc.assert(fc.asyncProperty(arbitrary, check), {
    seed: SEED,
    numRuns,
    // Each run takes a good part of a second: a few steps of shrinking are worth it, hundreds are not.
    interruptAfterTimeLimit: 300_000,
    markInterruptAsFailure: true,
  });

/** A later version of a tree: lines, files, names and modes changed, by the place of a file in it. */
function later(tree: FileTree, version: number): FileTree {
  const files = new Map<string, TreeFile>();
  for (const [index, [path, file]] of [...tree].entries()) {
    const turn = index + version;
    if (path === "hardened-eks.yaml") {
      files.set(path, file);
      continue;
    }
    if (turn % 31 === 0) continue;
    const lines = file.contents.split("\n");
    const middle = Math.floor(lines.length / 2);
    if (turn % 4 === 0) lines.splice(Math.min(2, middle), 0, `inserted by ${version}`);
    if (turn % 5 === 0) lines[middle] = `changed by ${version}`;
    if (turn % 7 === 0) lines.splice(Math.floor(lines.length / 3), 1);
    const mode = turn % 29 === 0 ? ((file.mode ^ 0o111) as TreeFile["mode"]) : file.mode;
    const renamed = turn % 37 === 0 ? path.replace(/([^/]+)$/, `v${version}-$1`) : path;
    // A whole folder, too: what the user put into it is not to follow.
    const to =
      version === 2
        ? renamed.replace(/^docs\/runbooks\//, "docs/guides/")
        : renamed.replace(/^scripts\//, "bin/");
    files.set(to, { ...file, contents: lines.join("\n"), mode });
  }
  for (const folder of ["docs", "kubernetes/base", `new-${version}`])
    files.set(`${folder}/new-in-${version}.txt`, {
      contents: Array.from({ length: 9 }, (_, line) => `${folder} ${version} ${line}\n`).join(""),
      mode: 0o644,
      owner: "merged",
    });
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const INPUTS: readonly Data[] = [
  {},
  { iac: "opentofu", ci: "gitlab", networkPolicy: "cilium", environments: { prod: {} } },
];
const VERSIONS = ["0.0.1", "0.0.2", "0.0.3"] as const;

const memo = <T>(make: (input: number) => T): ((input: number) => T) => {
  const made = new Map<number, T>();
  return (input) => {
    if (!made.has(input)) made.set(input, make(input));
    return made.get(input) as T;
  };
};

/** Three versions of a real repository. */
const targets = memo((input): Target[] => {
  const { tree, config } = repository(INPUTS[input]);
  const second = later(tree, 2);
  return [tree, second, later(second, 3)].map((each, index) => ({
    ...targetOf(VERSIONS[index] as string, each),
    config,
  }));
});

/** A directory that a copy is made of for every run. */
const fresh = memo(async (key): Promise<string> => {
  const [input, version] = [Math.floor(key / 10), key % 10];
  const directory = join(mkdtempSync(join(room, "fresh-")), NAME);
  mkdirSync(directory);
  await create(directory, targets(input)[version] as Target);
  git(directory, "repack", "-adq");
  return directory;
});

function copy(from: string): string {
  const to = join(mkdtempSync(join(room, "run-")), basename(from));
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  return to;
}

/** A repository of the first version with the edits in it, committed. */
async function edited(input: number, list: readonly Edit[]): Promise<string> {
  const directory = copy(await fresh(input * 10));
  edit(directory, list);
  commit(directory);
  return directory;
}

/** Another answer than the default repository's, and the way back. */
interface Turn {
  there: readonly [command: "set" | "add" | "remove", word: string];
  back: Turn["there"];
}
const TURNS: readonly Turn[] = [
  ...(
    [
      ["networkPolicy", "cilium", "calico"],
      ["networkPolicy", "vpc-cni", "calico"],
      ["ci", "gitlab", "github"],
      ["ci", "none", "github"],
      ["iac", "opentofu", "terraform"],
      ["identity", "pod-identity", "irsa"],
      ["region", "eu-west-1", "us-east-1"],
      ["nodes.size", "xlarge", "large"],
      ["nodes.min", "1", "2"],
      ["nodes.disk", "200", "100"],
      ["nodes.os", "al2023", "bottlerocket"],
      ["nodes.arch", "arm", "x86"],
      ["state.backend", "local", "s3"],
      ["logs.retentionDays", "731", "365"],
      ["guardduty.ebsMalware", "false", "true"],
      ["addons", "none", "guardduty,ebs-csi"],
      ["environments.dev.network.egress", "none", "nat"],
    ] as const
  ).map(
    ([path, value, old]): Turn => ({
      there: ["set", `${path}=${value}`],
      back: ["set", `${path}=${old}`],
    }),
  ),
  { there: ["add", "environments.stage"], back: ["remove", "environments.stage"] },
  { there: ["add", "namespaces.batch"], back: ["remove", "namespaces.batch"] },
  { there: ["add", "nodes.groups.gpu"], back: ["remove", "nodes.groups.gpu"] },
  { there: ["remove", "ebs-csi"], back: ["add", "ebs-csi"] },
];

const COMMANDS = { set, add, remove };
/** Runs one; undefined where the answers do not hold together. */
async function turn(
  [command, word]: Turn["there"],
  directory: string,
): Promise<number | undefined> {
  try {
    return await COMMANDS[command]([word], { directory }, quietTerminal());
  } catch (error) {
    if (error instanceof InvalidConfigError) return undefined;
    throw error;
  }
}

/** The default repository as this very version makes it. */
const made = (() => {
  let directory: Promise<string> | undefined;
  return (): Promise<string> => {
    directory ??= (async () => {
      const { tree, config } = repository();
      const to = join(mkdtempSync(join(room, "made-")), NAME);
      mkdirSync(to);
      await create(to, { tree, config, answers: "", maker: maker() });
      git(to, "repack", "-adq");
      return to;
    })();
    return directory;
  };
})();

/** Comments and blank lines of the user's in the answers. */
function comment(directory: string, list: readonly (readonly [number, string])[]): void {
  const lines = read(directory, ANSWERS).trimEnd().split("\n");
  for (const [number, [line, kind]] of list.entries()) {
    const at = 3 + (line % (lines.length - 3));
    // What is said of an item goes when the item goes.
    if (/^ *- /.test(lines[at] as string)) continue;
    const indent = /^ */.exec(lines[at] as string)?.[0] ?? "";
    if (kind === "above") lines.splice(at, 0, `${indent}# mine ${number}`);
    else if (kind === "blank") lines.splice(at, 0, "");
    else if (lines[at] !== "" && !lines[at]?.includes("#")) lines[at] += ` # mine ${number}`;
  }
  writeFileSync(join(directory, ANSWERS), `${lines.join("\n")}\n`);
}

const isCrlfFile = (directory: string, path: string): boolean =>
  lstatSync(join(directory, path)).isFile() && isCrlf(readFileSync(join(directory, path)));

const someInput = fc.nat(INPUTS.length - 1);
const read = (directory: string, path: string): string =>
  readFileSync(join(directory, path), "utf8");
const stateOf = (directory: string) => ({ tree: snapshot(directory), index: indexOf(directory) });

describe(`with seed ${SEED}`, () => {
  it("no edits: the upgrade is the fresh render, in one step and in two", async () => {
    for (const input of INPUTS.keys())
      for (const way of [[1], [2], [1, 2]]) {
        const directory = copy(await fresh(input * 10));
        for (const version of way) {
          const { open } = await upgrade(directory, targets(input)[version] as Target);
          expect(open).toEqual([]);
          commit(directory);
        }
        const made = await fresh(input * 10 + (way.at(-1) as number));
        expect(snapshot(directory)).toEqual(snapshot(made));
      }
  });

  it("the same version changes nothing, whatever the user did", () =>
    holds(fc.tuple(someInput, edits(40)), 8, async ([input, list]) => {
      const directory = await edited(input, list);
      const before = stateOf(directory);
      const { plan, written } = await upgrade(directory, targets(input)[0] as Target);
      expect(plan.changes).toBe(false);
      expect(written).toEqual([]);
      expect(stateOf(directory)).toEqual(before);
    }));

  it("no line of the user's disappears unreported; what is not in the plan stays; an abort brings all of it back", async () => {
    let conflicts = 0;
    let merges = 0;
    await holds(
      fc.tuple(
        someInput,
        edits(60),
        fc.constantFrom(1, 2),
        fc.boolean(),
        fc.constantFrom(false, false, true),
      ),
      24,
      async ([input, list, version, isDirty, isOldGit]) => {
        const directory = copy(await fresh(input * 10));
        edit(directory, list);
        if (!isDirty) commit(directory);
        const before = stateOf(directory);
        const mine = marks(directory);
        const crlf = Object.keys(before.tree).filter((each) => isCrlfFile(directory, each));
        const target = targets(input)[version] as Target;
        const update = () => upgrade(directory, target, { allowDirty: isDirty });
        const { plan, open } = await (isOldGit ? withOldGit(update) : update());
        const after = snapshot(directory);
        const now = marks(directory);
        const reported = new Set(open.map(({ path }) => path));
        for (const mark of mine.keys()) expect(now.has(mark), `${mark} is gone`).toBe(true);
        for (const [each, there] of Object.entries(after)) {
          if (!there.startsWith("file:")) continue;
          const text = readFileSync(join(directory, each), "latin1");
          if (/^<{7} yours/m.test(text)) expect(reported).toContain(each);
        }
        const written = new Set(
          plan.items.filter(({ action }) => action !== "none").map(({ path }) => path),
        );
        for (const [each, mark] of Object.entries(before.tree))
          if (
            mark.startsWith("file:") &&
            !each.startsWith(".hardened-eks/") &&
            (!written.has(each) || /^own\/|\/own-\d+/.test(each))
          )
            expect(after[each], each).toBe(mark);
        for (const each of crlf)
          if (after[each] !== undefined) expect(isCrlfFile(directory, each), each).toBe(true);
        const first = (targets(input)[0] as Target).tree;
        for (const [each, mark] of Object.entries(before.tree))
          if (
            after[each] &&
            first.has(each) &&
            first.get(each)?.mode === target.tree.get(each)?.mode
          )
            expect(after[each]?.slice(0, 9), each).toBe(mark.slice(0, 9));
        const lock = JSON.parse(readFileSync(join(directory, LOCK), "utf8"));
        expect((open.length > 0 ? lock.pending : lock).version).toBe(VERSIONS[version]);
        expect(lock.version).toBe(VERSIONS[open.length > 0 ? 0 : version]);
        conflicts += open.length;
        merges += plan.items.filter((item) => item.class === "merged").length;
        expect(unfinished(directory, VERSIONS[version] as string) === undefined).toBe(
          open.length === 0,
        );
        expect(abortUpdate(directory).kept).toEqual([]);
        expect(stateOf(directory)).toEqual(before);
        expect(existsSync(join(directory, ".hardened-eks/update"))).toBe(false);
      },
    );
    // Else the editor is too timid to say anything.
    expect(conflicts).toBeGreaterThan(20);
    expect(merges).toBeGreaterThan(20);
  });

  it("in one jump is as in steps", async () => {
    let compared = 0;
    await holds(fc.tuple(someInput, edits(6)), 12, async ([input, list]) => {
      const [, second, third] = targets(input) as [Target, Target, Target];
      const steps = await edited(input, list);
      const jump = copy(steps);
      const open = [...(await upgrade(jump, third)).open];
      open.push(...(await upgrade(steps, second)).open);
      if (open.length > 0) return;
      commit(steps);
      if ((await upgrade(steps, third)).open.length > 0) return;
      compared += 1;
      expect(snapshot(steps)).toEqual(snapshot(jump));
    });
    expect(compared).toBeGreaterThan(4);
  });

  it("every answer can be changed by itself", async () => {
    for (const { there } of TURNS) {
      const directory = copy(await made());
      expect(await turn(there, directory), there.join(" ")).toBe(EXIT.ok);
    }
  });

  it("an answer changed and changed back returns to the start: bytes, comments, lock and base", async () => {
    let returned = 0;
    await holds(
      fc.tuple(
        fc.uniqueArray(fc.constantFrom(...TURNS), {
          minLength: 1,
          maxLength: 2,
          selector: ({ back }) => back[1],
        }),
        edits(4),
        fc.array(fc.tuple(fc.nat(99), fc.constantFrom("above", "beside", "blank")), {
          maxLength: 6,
        }),
      ),
      16,
      async ([turns, list, comments]) => {
        const directory = copy(await made());
        edit(directory, list);
        comment(directory, comments);
        commit(directory);
        const start = stateOf(directory);
        const todo = turns.map(({ there }) => there);
        const ways = [...todo];
        for (const way of ways) {
          const before = stateOf(directory);
          const code = await turn(way, directory);
          if (code === EXIT.conflicts) {
            abortUpdate(directory);
            expect(stateOf(directory)).toEqual(before);
            return;
          }
          // What an update merged with edits has to be committed before the next one.
          if (list.length > 0) commit(directory);
          const done = todo.indexOf(way);
          if (code === undefined) expect(stateOf(directory)).toEqual(before);
          else if (done >= 0) ways.splice(todo.length, 0, (turns[done] as Turn).back);
        }
        returned += 1;
        expect(read(directory, ANSWERS)).toBe(git(directory, "show", `HEAD:${ANSWERS}`));
        expect(stateOf(directory)).toEqual(start);
      },
    );
    expect(returned).toBeGreaterThan(8);
  });

  it("the answers edited by hand and upgrade are as set", () =>
    holds(fc.tuple(fc.constantFrom(...TURNS), edits(10)), 8, async ([{ there }, list]) => {
      const byHand = copy(await made());
      edit(byHand, list);
      commit(byHand);
      const bySet = copy(byHand);
      const code = await turn(there, bySet);
      writeFileSync(join(byHand, ANSWERS), read(bySet, ANSWERS));
      commit(byHand);
      expect(await upgradeCommand(byHand, {}, quietTerminal())).toBe(code);
      expect(snapshot(byHand)).toEqual(snapshot(bySet));
    }));

  it("no edits: a changed answer gives what a create with it gives", () =>
    holds(fc.constantFrom(...TURNS), 6, async ({ there }) => {
      const directory = copy(await made());
      expect(await turn(there, directory)).toBe(EXIT.ok);
      const data = parseAnswers(read(directory, ANSWERS), ANSWERS);
      const { tree } = repository(data);
      const paths = Object.entries(snapshot(directory)).flatMap(([path, mark]) =>
        mark === "directory" || path === LOCK || path === BASE ? [] : [path],
      );
      expect(paths.sort()).toEqual([...tree.keys()].sort());
      for (const [path, { contents }] of tree) expect(read(directory, path), path).toBe(contents);
    }));

  describe("a lock or a base of which a byte is another", () => {
    const OWN = [LOCK, BASE] as const;
    /** A small repository, with the update of it and what that gives. */
    let from: string;
    let expected: Record<string, string>;
    const target = (): Target => targetOf("0.2.0");
    beforeAll(async () => {
      from = mkdtempSync(join(room, "small-"));
      await create(from, targetOf("0.1.0"));
      writeFileSync(join(from, "README.md"), `mine\n${read(from, "README.md")}`);
      commit(from);
      const done = copy(from);
      await upgrade(done, target());
      expected = snapshot(done);
    });

    /** The bytes with one of them changed; the change is never nothing. */
    const flipped = (bytes: Buffer, at: number, mask: number): Buffer => {
      const result = Buffer.from(bytes);
      result[at % bytes.length] = (result[at % bytes.length] as number) ^ (1 + (mask % 255));
      return result;
    };

    it.each(OWN)("%s: read, or refused in words", (path) => {
      const directory = copy(from);
      const bytes = readFileSync(join(from, path));
      let refused = 0;
      for (let at = 0; at < bytes.length; at += 1)
        for (const mask of [0, (at * 37) % 255]) {
          writeFileSync(join(directory, path), flipped(bytes, at, mask));
          try {
            readState(directory, "0.2.0");
          } catch (error) {
            refused += 1;
            expect(error, `byte ${at}, mask ${mask + 1}`).toBeInstanceOf(UpdateError);
            expect((error as UpdateError).mend).not.toBe("");
          }
        }
      expect(refused).toBeGreaterThan(bytes.length / 2);
    });

    it("an update is refused before it writes, or gives what it would have given", async () => {
      let done = 0;
      await holds(
        fc.tuple(
          fc.constantFrom(LOCK, LOCK, LOCK, BASE),
          fc.nat(99_999),
          // One low bit gives another digit or letter, which is read.
          fc.oneof(fc.constantFrom(0, 1, 3), fc.nat(254)),
        ),
        60,
        async ([path, at, mask]) => {
          const directory = copy(from);
          writeFileSync(
            join(directory, path),
            flipped(readFileSync(join(directory, path)), at, mask),
          );
          const before = stateOf(directory);
          try {
            await upgrade(directory, target());
          } catch (error) {
            expect(error).toBeInstanceOf(UpdateError);
            expect(stateOf(directory)).toEqual(before);
            expect(existsSync(join(directory, ".hardened-eks/update"))).toBe(false);
            return;
          }
          done += 1;
          expect(snapshot(directory)).toEqual(expected);
        },
      );
      expect(done).toBeGreaterThan(5);
    });

    it.each(OWN)("%s: cut at any place, it is refused", (path) => {
      const directory = copy(from);
      const bytes = readFileSync(join(from, path));
      // The end of a line is no part of the lock.
      for (let length = 0; length < bytes.length - 1; length += 1) {
        writeFileSync(join(directory, path), bytes.subarray(0, length));
        expect(() => readState(directory, "0.2.0"), `${length} bytes`).toThrow(UpdateError);
      }
    });

    it("a pending lock is no more trusted than another", async () => {
      const directory = copy(from);
      writeFileSync(join(directory, "Makefile"), "mine\n");
      commit(directory);
      expect((await upgrade(directory, target())).open.length).toBe(1);
      const bytes = readFileSync(join(directory, LOCK));
      for (let at = bytes.indexOf('"pending"'); at < bytes.length; at += 1)
        for (const mask of [0, (at * 37) % 255]) {
          writeFileSync(join(directory, LOCK), flipped(bytes, at, mask));
          try {
            readState(directory, "0.2.0");
          } catch (error) {
            expect(error, `byte ${at}, mask ${mask + 1}`).toBeInstanceOf(UpdateError);
          }
        }
    });

    const pending = (change: object) => (lock: Lock) => ({
      pending: { ...lock.pending, ...change },
    });
    const file = (path: string, change: object | null) => (lock: Lock) => ({
      files: { ...lock.files, [path]: change && { ...lock.files.Makefile, ...change } },
    });
    it.each<[string, (lock: Lock) => object]>([
      ["pending is nothing", () => ({ pending: null })],
      ["pending is a text", () => ({ pending: "x" })],
      ["pending has no conflicts", pending({ conflicts: undefined })],
      ["a conflict lies outside", pending({ conflicts: ["../x"] })],
      ["a conflict is no path", pending({ conflicts: [1] })],
      ["a place lies outside", pending({ unplaced: ["/etc/passwd"] })],
      ["the pending base is no digest", pending({ base: "x" })],
      ["files is a list", () => ({ files: [] })],
      ["a file is nothing", file("x", null)],
      ["a file lies in git's folder", file(".git/config", {})],
      ["a file lies outside", file("../x", {})],
      ["a file has no such owner", file("x", { owner: "root" })],
      ["a file has no such mode", file("x", { mode: "4755" })],
    ])("a lock in which %s is refused", async (_, change) => {
      const directory = copy(from);
      writeFileSync(join(directory, "Makefile"), "mine\n");
      commit(directory);
      await upgrade(directory, target());
      const lock = JSON.parse(read(directory, LOCK)) as Lock;
      writeFileSync(join(directory, LOCK), JSON.stringify({ ...lock, ...change(lock) }));
      expect(() => unfinished(directory, "0.2.0")).toThrow(UpdateError);
      expect(() => unfinished(directory, "0.2.0")).toThrow(/lock.json is damaged at /);
    });
  });
});
