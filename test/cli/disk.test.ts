/** Disks that refuse: full, and read-only. Needs the right to mount; says so where it is missing. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, describe, expect, it } from "vitest";
import { entries, run, scratch } from "../support/run.ts";

const mounted: string[] = [];

/** A small file system of its own, or nothing where this process may not mount. */
async function mount(options: string): Promise<string | undefined> {
  const place = join(await scratch(), "disk");
  await mkdir(place);
  const { exitCode } = await execa("mount", ["-t", "tmpfs", "-o", options, "tmpfs", place], {
    reject: false,
  });
  if (exitCode !== 0) return undefined;
  mounted.push(place);
  return place;
}

afterEach(async () => {
  for (const place of mounted.splice(0)) await execa("umount", [place], { reject: false });
});

describe("a disk that refuses", () => {
  it("full: says so, exits 1, leaves nothing", async (test) => {
    const disk = await mount("size=128k");
    if (disk === undefined) return test.skip("this process may not mount a file system");
    const ran = await run(["my-cluster", "--yes", "--no-validate"], { cwd: disk });
    expect(ran.stderr).toMatch(/ENOSPC/);
    expect(ran.stderr).toMatch(/free space/);
    expect(ran.exitCode).toBe(1);
    expect(await entries(disk)).toEqual([]);
  });

  it("read-only: says so, exits 1", async (test) => {
    const disk = await mount("size=1m,ro");
    if (disk === undefined) return test.skip("this process may not mount a file system");
    const ran = await run(["my-cluster", "--yes", "--no-validate"], { cwd: disk });
    expect(ran.stderr).toMatch(/EROFS/);
    expect(ran.stderr).toMatch(/another directory/);
    expect(ran.exitCode).toBe(1);
    expect(await entries(disk)).toEqual([]);
  });
});
