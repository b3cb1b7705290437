/** The golden repositories, file by file. `npm run golden` writes them anew; the diff is for reading. */
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { describe, expect, it } from "vitest";
import { profiles } from "../support/profiles.ts";
import { repository, writeTree } from "../support/repository.ts";
import { root } from "../support/run.ts";

const golden = join(root, "test/golden");

async function filesBelow(directory: string): Promise<string[]> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

describe.each(Object.keys(profiles))("%s", (name) => {
  const { tree } = repository(profiles[name]);
  const directory = join(golden, name);

  it("is what lies on disk", async () => {
    if (process.env.UPDATE_GOLDEN === "1") {
      await rm(directory, { recursive: true, force: true });
      await writeTree(directory, tree);
    }
    expect(await filesBelow(directory)).toEqual([...tree.keys()].sort());
    for (const [path, { contents, mode }] of tree) {
      expect(await readFile(join(directory, path), "utf8"), path).toBe(contents);
      expect(
        ((await stat(join(directory, path))).mode & 0o100) !== 0,
        `${path} is executable`,
      ).toBe(mode === 0o755);
    }
  });
});
