/** SIGKILL before every write of an update: the tree is as before or as after, or the next run finishes or undoes it. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Lock } from "../../src/lifecycle/lock.ts";
import {
  abortUpdate,
  finishCutOff,
  finishResolved,
  unfinished,
} from "../../src/lifecycle/update.ts";
import { root, scratch } from "../support/run.ts";
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
import { TREES, targetOf } from "../support/versions.ts";
import type { Order } from "./killed.ts";

ownGit();
// One process for every write: minutes where the machine has other work.
vi.setConfig({ testTimeout: 900_000 });

const UPDATE = ".hardened-eks/update";
let program: string;
let room: string;
beforeAll(async () => {
  room = await scratch();
  program = join(room, "killed.mjs");
  await build({
    entryPoints: [join(root, "test/lifecycle/killed.ts")],
    outfile: program,
    bundle: true,
    format: "esm",
    platform: "node",
    // CommonJS inside the bundle asks for node's own modules.
    banner: { js: "const require=(id)=>process.getBuiltinModule(id);" },
    logLevel: "warning",
  });
});

/** Starts the process; what it would have written, or undefined where it was killed. */
const start = (order: Omit<Order, "scratch">): Promise<string[] | undefined> =>
  new Promise((resolve, reject) => {
    const told: Order = { ...order, scratch: room };
    execFile(process.execPath, [program, JSON.stringify(told)], (error, out, err) => {
      if (error === null) resolve(JSON.parse(out) as string[]);
      else if (error.signal === "SIGKILL") resolve(undefined);
      else reject(new Error(err));
    });
  });

const isHook = (what: string): boolean => what.startsWith("hook ");
const copy = (directory: string): string => {
  const to = mkdtempSync(join(room, "copy-"));
  cpSync(directory, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  return to;
};

/** A repository of the first version with edits that merge, and with one that does not where `conflict` says so. */
async function repository(conflict: boolean): Promise<string> {
  const directory = mkdtempSync(join(room, "repository-"));
  await create(directory, targetOf("0.1.0"));
  write(directory, "notes/mine.txt", "mine\n");
  write(directory, "README.md", `mine\n${readFileSync(join(directory, "README.md"), "utf8")}`);
  if (conflict)
    write(
      directory,
      "Makefile",
      readFileSync(join(directory, "Makefile"), "utf8").replace("make 6", "make half a dozen"),
    );
  commit(directory);
  return directory;
}

interface State {
  tree: Record<string, string>;
  index: string;
}
const stateOf = (directory: string): State => ({
  tree: snapshot(directory),
  index: indexOf(directory),
});

const lockOf = (directory: string): Lock =>
  JSON.parse(readFileSync(join(directory, ".hardened-eks/lock.json"), "utf8")) as Lock;

/** The lock says the version, or that it is coming, only where all of it is there. */
function expectHonest(directory: string, after: State): void {
  const { version, pending } = lockOf(directory);
  if (version === "0.2.0" || pending !== undefined) expect(snapshot(directory)).toEqual(after.tree);
}

/** Git is told to leave the journal alone from the first write of it on. */
const expectIgnored = (directory: string): void => {
  const inside = join(directory, UPDATE);
  if (existsSync(inside) && readdirSync(inside).length > 0)
    expect(readFileSync(join(inside, ".gitignore"), "utf8")).toBe("*\n");
};

/** Tries every place where `order` can be killed, two at a time. */
async function everywhere(
  order: { what: Order["what"]; from: string },
  check: (directory: string, before: string) => void | Promise<void>,
): Promise<number> {
  const dry = await start({ what: order.what, directory: copy(order.from) });
  const writes = (dry ?? []).filter((what) => !isHook(what));
  const places = [...writes.entries()];
  const work = async (): Promise<void> => {
    for (;;) {
      const next = places.shift();
      if (next === undefined) return;
      const directory = copy(order.from);
      expect(await start({ what: order.what, directory, at: next[0] + 1 })).toBeUndefined();
      try {
        await check(directory, next[1]);
      } catch (error) {
        (error as Error).message =
          `killed before ${next[0] + 1}. ${next[1]}: ${(error as Error).message}`;
        throw error;
      }
    }
  };
  await Promise.all([work(), work()]);
  return writes.length;
}

describe.each([
  ["without conflicts", false],
  ["with a conflict", true],
])("an update %s", (_, conflict) => {
  let from: string;
  let done: string;
  let before: State;
  let after: State;
  beforeAll(async () => {
    from = await repository(conflict);
    before = stateOf(from);
    done = copy(from);
    await upgrade(done, targetOf("0.2.0"));
    after = stateOf(done);
  });

  const expectAfter = (directory: string): void => {
    expect(stateOf(directory)).toEqual(after);
    expect(unfinished(directory, "0.2.0")?.kind).toBe(conflict ? "open" : undefined);
    expectIgnored(directory);
  };
  const expectBefore = (directory: string): void => {
    expect(stateOf(directory)).toEqual(before);
    expect(unfinished(directory, "0.2.0")).toBeUndefined();
    expect(existsSync(join(directory, UPDATE))).toBe(false);
  };

  it("is what the fixture wants: every kind of change", () => {
    const { version, pending } = lockOf(done);
    expect(conflict ? pending?.version : version).toBe("0.2.0");
    expect(pending?.conflicts).toEqual(conflict ? ["Makefile"] : undefined);
    expect(Object.keys(after.tree)).toEqual(
      expect.arrayContaining(["docs/guide", "policies/deny.rego", "modules/c/main.tf"]),
    );
    expect(after.tree["docs/guide"]).toMatch(/^file/);
    expect(after.tree["modules/b"]).toBeUndefined();
    expect(after.tree["scripts/doctor"]).toMatch(/^file:0755/);
    expect(after.tree["docs/notes.md"]).toBe(before.tree["docs/notes.md"]);
    for (const path of TREES["0.2.0"]?.keys() ?? []) expect(after.tree).toHaveProperty([path]);
  });

  it("is asked of the hook before every write of the tree", async () => {
    const seen = (await start({ what: "apply", directory: copy(from) })) ?? [];
    const own = (what: string): boolean => what.includes(UPDATE) && !what.startsWith("renameSync");
    const asked = seen.filter((what) => !own(what) && !/^(mkdir|rmdir)Sync/.test(what));
    for (const [index, what] of asked.entries())
      if (!isHook(what) && /^(rename|unlink|write)Sync [^.]/.test(what))
        expect(asked[index - 1], what).toMatch(/^hook /);
  });

  it("killed while it applies, is before or after, or is finished or undone by the next run", async () => {
    const count = await everywhere({ what: "apply", from }, async (directory) => {
      expectHonest(directory, after);
      expectIgnored(directory);
      const left = unfinished(directory, "0.2.0");
      if (left?.kind !== "cut-off") {
        if (left === undefined && lockOf(directory).version === "0.1.0") {
          expect(stateOf(directory)).toEqual(before);
          await upgrade(directory, targetOf("0.2.0"));
        }
        expectAfter(directory);
        return;
      }
      const other = copy(directory);
      finishCutOff(directory);
      expectAfter(directory);
      abortUpdate(other);
      expectBefore(other);
    });
    expect(count).toBeGreaterThan(40);
  });

  it("killed while it is undone, is undone by the next run, whatever that is", async () => {
    const count = await everywhere({ what: "abort", from: done }, (directory) => {
      expectHonest(directory, after);
      const left = unfinished(directory, "0.2.0");
      if (left?.kind === "cut-off") {
        const other = copy(directory);
        finishCutOff(other);
        expectBefore(other);
        abortUpdate(directory);
        expectBefore(directory);
      } else if (lockOf(directory).version === "0.1.0" && left === undefined)
        expect(stateOf(directory)).toEqual(before);
      else {
        expectAfter(directory);
        abortUpdate(directory);
        expectBefore(directory);
      }
    });
    expect(count).toBeGreaterThan(20);
  });

  it("killed twice: while it applies, and while that is finished or undone", async () => {
    const dry = (await start({ what: "apply", directory: copy(from) })) ?? [];
    const writes = dry.filter((what) => !isHook(what));
    const first = writes.findIndex((what) => what.startsWith("unlinkSync modules"));
    const last = writes.findIndex((what) => what.endsWith(" .hardened-eks/lock.json"));
    expect(first).toBeGreaterThan(0);
    expect(last).toBeGreaterThan(first);
    for (const at of conflict ? [last] : [Math.floor((first + last) / 2)]) {
      const killed = copy(from);
      expect(await start({ what: "apply", directory: killed, at: at + 1 })).toBeUndefined();
      expect(unfinished(killed, "0.2.0")?.kind).toBe("cut-off");
      await everywhere({ what: "finishCutOff", from: killed }, (directory) => {
        expectHonest(directory, after);
        if (unfinished(directory, "0.2.0")?.kind === "cut-off") {
          const other = copy(directory);
          abortUpdate(other);
          expectBefore(other);
          finishCutOff(directory);
        }
        expectAfter(directory);
      });
      await everywhere({ what: "abort", from: killed }, (directory) => {
        expectHonest(directory, after);
        if (unfinished(directory, "0.2.0")?.kind === "cut-off") abortUpdate(directory);
        expect(stateOf(directory)).toEqual(before);
        expect(unfinished(directory, "0.2.0")).toBeUndefined();
      });
    }
  });
});

describe("an update whose conflict is resolved", () => {
  it("killed while that is written down, is pending or done, or is finished or undone by the next run", async () => {
    const from = await repository(true);
    await upgrade(from, targetOf("0.2.0"));
    write(from, "Makefile", "resolved\n");
    git(from, "add", "Makefile");
    const pending = stateOf(from);
    const done = copy(from);
    finishResolved(done, "0.2.0");
    const after = stateOf(done);
    expect(lockOf(done)).toMatchObject({ version: "0.2.0" });
    expect(lockOf(done).pending).toBeUndefined();

    await everywhere({ what: "finishResolved", from }, (directory) => {
      const left = unfinished(directory, "0.2.0");
      if (left?.kind === "cut-off") {
        const other = copy(directory);
        abortUpdate(other);
        expect(stateOf(other)).toEqual(pending);
        // The update itself can still be undone.
        expect(unfinished(other, "0.2.0")?.kind).toBe("resolved");
        expect(abortUpdate(other).kept).toEqual(["Makefile"]);
        expect(lockOf(other).version).toBe("0.1.0");
        finishCutOff(directory);
      } else if (left !== undefined) {
        expect(stateOf(directory)).toEqual(pending);
        finishResolved(directory, "0.2.0");
      }
      expect(stateOf(directory)).toEqual(after);
      expect(unfinished(directory, "0.2.0")).toBeUndefined();
    });
  });
});

describe("two processes", () => {
  it("the second is refused by every way while the first writes, and changes nothing", async () => {
    const directory = await repository(true);
    const done = copy(directory);
    await upgrade(done, targetOf("0.2.0"));
    const order: Order = { what: "apply", directory, scratch: room, holdAt: "write README.md" };
    const first = spawn(process.execPath, [program, JSON.stringify(order)]);
    const ended = once(first, "close");
    const [said] = await once(first.stdout, "data");
    expect(String(said)).toBe("held\n");

    const held = stateOf(directory);
    const byName = new RegExp(`another update .* is running \\(process ${first.pid}\\)`);
    expect(unfinished(directory, "0.2.0")?.kind).toBe("cut-off");
    expect(() => finishCutOff(directory)).toThrow(byName);
    expect(() => abortUpdate(directory)).toThrow(byName);
    expect(() => finishResolved(directory, "0.2.0")).toThrow(byName);
    await expect(upgrade(directory, targetOf("0.2.0"))).rejects.toThrow(/cut off/);
    for (const what of ["finishCutOff", "abort"] as const)
      await expect(start({ what, directory })).rejects.toThrow(byName);
    expect(stateOf(directory)).toEqual(held);

    first.stdin.write("x");
    await ended;
    expect(first.exitCode).toBe(0);
    expect(stateOf(directory)).toEqual(stateOf(done));
    expect(unfinished(directory, "0.2.0")?.kind).toBe("open");
  });
});
