/** Lock and base: what is written, and what is not believed. */

import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { digest, pack } from "../../src/lifecycle/pack.ts";
import { toMergeTree } from "../../src/lifecycle/render.ts";
import { readState } from "../../src/lifecycle/state.ts";
import { unpack } from "../../src/lifecycle/unpack.ts";
import { past, restore } from "../support/history.ts";
import { profiles } from "../support/profiles.ts";
import { repository } from "../support/repository.ts";

const NOW = "0.3.0";
const LOCK = ".hardened-eks/lock.json";
const BASE = ".hardened-eks/base.pack";

describe("the packed base", () => {
  it.each(Object.keys(profiles))("%s: what was packed, in at most 150 kB", async (name) => {
    const tree = toMergeTree(repository(profiles[name]).tree);
    const { bytes, digest: id } = await pack(tree);
    expect(bytes.length).toBeLessThanOrEqual(150_000);
    expect(unpack(bytes, id, BASE)).toEqual(tree);
  });

  it("the same tree gives the same bytes, whatever the order it comes in", async () => {
    const tree = toMergeTree(repository().tree);
    const turned = new Map([...tree].reverse());
    expect((await pack(turned)).bytes.equals((await pack(tree)).bytes)).toBe(true);
  });
});

it("a base of the first schema, its texts in one line of JSON, is read as one of today", () => {
  const text = (files: unknown[], schemaVersion: number): string =>
    JSON.stringify({ schemaVersion, files });
  const first = text([["ä\n.tf", "755", "once", "ü\n"]], 1);
  const today = `${text([["ä\n.tf", "755", "once", 3]], 2)}\nü\n`;
  const read = (packed: string) => unpack(brotliCompressSync(packed), digest(packed), BASE);
  expect(read(first)).toEqual(read(today));
  expect(read(first).get("ä\n.tf")?.contents.toString()).toBe("ü\n");
});

/** A lock or a base that somebody changed. */
async function refusal(change: (directory: string) => void): Promise<string> {
  const directory = await restore(past("0.2.0", "startup"));
  change(directory);
  try {
    readState(directory, NOW);
  } catch (error) {
    const { message, mend } = error as { message: string; mend: string };
    return `${message}; ${mend}`;
  }
  return "";
}

const edit = (directory: string, change: (lock: Record<string, unknown>) => object): void => {
  const lock = JSON.parse(readFileSync(join(directory, LOCK), "utf8")) as Record<string, unknown>;
  writeFileSync(join(directory, LOCK), JSON.stringify(change(lock)));
};

const repack = (directory: string, data: unknown, files = ""): void =>
  repackText(directory, `${JSON.stringify(data)}${files}`);

const repackText = (directory: string, text: string): void => {
  writeFileSync(join(directory, BASE), brotliCompressSync(text));
  edit(directory, (lock) => ({ ...lock, base: digest(text) }));
};

it.each<[string, (directory: string) => void, RegExp]>([
  ["no lock", (at) => rmSync(join(at, LOCK)), /there is no \.hardened-eks\/lock\.json.*adopt/],
  ["no base", (at) => rmSync(join(at, BASE)), /there is no \.hardened-eks\/base\.pack.*adopt/],
  ["no answers", (at) => rmSync(join(at, "hardened-eks.yaml")), /no hardened-eks\.yaml/],
  ["no JSON", (at) => writeFileSync(join(at, LOCK), "{"), /lock\.json is not JSON/],
  ["not UTF-8", (at) => writeFileSync(join(at, LOCK), Buffer.from([0xff, 0xfe])), /not UTF-8/],
  [
    "a conflict in it",
    (at) => writeFileSync(join(at, LOCK), '{\n<<<<<<< a\n"version": "0.2.0"\n>>>>>>> b\n}'),
    /conflict markers.*check --fix/,
  ],
  [
    "a newer schema",
    (at) => edit(at, (lock) => ({ ...lock, schemaVersion: 2 })),
    /schema version 2/,
  ],
  [
    "a newer version",
    (at) => edit(at, (lock) => ({ ...lock, version: "9.1.0" })),
    /written by version 9\.1\.0.*create-hardened-eks@9\.1\.0/,
  ],
  [
    "a version that is none",
    (at) => edit(at, (lock) => ({ ...lock, version: "new" })),
    /damaged at version/,
  ],
  [
    "a digest that is none",
    (at) => edit(at, (lock) => ({ ...lock, base: "x" })),
    /damaged at base/,
  ],
  [
    "a path that leaves",
    (at) =>
      edit(at, (lock) => ({
        ...lock,
        files: { "../evil": { sha256: "0".repeat(64), mode: "0644", owner: "merged" } },
      })),
    /damaged at files/,
  ],
  [
    "a path into git's own folder",
    (at) =>
      edit(at, (lock) => ({
        ...lock,
        files: { ".git/hooks/x": { sha256: "0".repeat(64), mode: "0644", owner: "merged" } },
      })),
    /damaged at files/,
  ],
  ["another base", (at) => writeFileSync(join(at, BASE), brotliCompressSync("{}")), /digest/],
  [
    "a base that is cut off",
    (at) => writeFileSync(join(at, BASE), readFileSync(join(at, BASE)).subarray(0, 999)),
    /damaged/,
  ],
  [
    "a base whose file leaves",
    (at) => repack(at, { schemaVersion: 1, files: [["a/../../b", "644", "merged", ""]] }),
    /cannot be a file/,
  ],
  [
    "a base whose file is longer than the base",
    (at) => repack(at, { schemaVersion: 2, files: [["a", "644", "merged", 3]] }, "\nab"),
    /a is not whole/,
  ],
  [
    "a base whose file begins before itself",
    (at) =>
      repack(
        at,
        {
          schemaVersion: 2,
          files: [
            ["a", "644", "merged", 2],
            ["b", "644", "merged", -2],
          ],
        },
        "\nab",
      ),
    /b is not whole/,
  ],
  [
    "a base without a head",
    (at) => repackText(at, "PACK 3\n"),
    /does not begin with a line of JSON/,
  ],
  ["a base of nothing", (at) => repackText(at, "null\n"), /schema version undefined/],
  ["a base without files", (at) => repack(at, { schemaVersion: 2 }, "\n"), /no list of files/],
  [
    "a base of a newer schema",
    (at) => repack(at, { schemaVersion: 3, files: [] }),
    /schema version 3/,
  ],
  [
    "a base that would fill the memory",
    (at) => repack(at, { schemaVersion: 1, files: [["a", "644", "merged", "x".repeat(80 << 20)]] }),
    /damaged/,
  ],
  [
    "a lock behind a link",
    (at) => {
      renameSync(join(at, LOCK), join(at, "elsewhere"));
      symlinkSync("../elsewhere", join(at, LOCK));
    },
    /symbolic link/,
  ],
  [
    "the whole folder behind a link",
    (at) => {
      renameSync(join(at, ".hardened-eks"), join(at, "elsewhere"));
      symlinkSync("elsewhere", join(at, ".hardened-eks"));
    },
    /no directory/,
  ],
  [
    "a folder for a lock",
    (at) => {
      rmSync(join(at, LOCK));
      mkdirSync(join(at, LOCK));
    },
    /no file/,
  ],
])("refused: %s", async (_, change, words) => {
  expect(await refusal(change)).toMatch(words);
});
