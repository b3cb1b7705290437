import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkTarget, contained, stage } from "../../src/workspace/write.ts";
import { entries, scratch } from "../support/run.ts";

const files = (paths: string[]) =>
  new Map(paths.map((path) => [path, { contents: "x\n", mode: 0o644 }]));
const never = new AbortController().signal;

describe("paths", () => {
  it.each(["../x", "a/../../x", "/etc/passwd", "..", ".", "", "a\0b", "a\\..\\b"])(
    "refuses %j",
    (path) => {
      expect(() => contained("/srv/repository", path)).toThrow(/leaves the repository/);
    },
  );

  it("keeps what lies inside", () => {
    expect(contained("/r", "a/b.tf")).toBe(join("/r", "a/b.tf"));
    expect(contained("/r", "..a/b")).toBe(join("/r", "..a/b"));
  });
});

describe("staging", () => {
  it("leaves nothing when a path escapes, not even the parents it made", async () => {
    const parent = await scratch();
    await expect(
      stage(join(parent, "a/b/target"), files(["ok.txt", "../evil.txt"]), never),
    ).rejects.toThrow(/leaves/);
    expect(await entries(parent)).toEqual([]);
  });

  it("leaves nothing when it is aborted while it writes", async () => {
    const parent = await scratch();
    const controller = new AbortController();
    const many = files(Array.from({ length: 300 }, (_, index) => `d${index}/f.txt`));
    const staging = stage(join(parent, "target"), many, controller.signal);
    setTimeout(() => controller.abort("SIGINT"), 2);
    await expect(staging).rejects.toBeDefined();
    expect(await entries(parent)).toEqual([]);
  });

  it("does not write over a target that was filled meanwhile", async () => {
    const parent = await scratch();
    const target = join(parent, "target");
    const staged = await stage(target, files(["ours.txt"]), never);
    await mkdir(target);
    await writeFile(join(target, "theirs.txt"), "theirs");
    await expect(staged.commit()).rejects.toThrow(/filled meanwhile|could not be written/);
    expect(await entries(parent)).toEqual(["target"]);
    expect(await entries(target)).toEqual(["theirs.txt"]);
  });

  it("sweeps what a killed run left", async () => {
    const parent = await scratch();
    await mkdir(join(parent, ".create-hardened-eks-999999999-0badc0de-target/x"), {
      recursive: true,
    });
    await mkdir(join(parent, ".create-hardened-eks-mine"));
    const staged = await stage(join(parent, "target"), files(["a.txt"]), never);
    await staged.commit();
    expect(await entries(parent)).toEqual([".create-hardened-eks-mine", "target"]);
  });

  it("refuses what is no empty directory", async () => {
    const parent = await scratch();
    await writeFile(join(parent, "file"), "");
    await symlink(parent, join(parent, "link"));
    expect(() => checkTarget(join(parent, "file"))).toThrow(/is a file/);
    expect(() => checkTarget(join(parent, "link"))).toThrow(/symbolic link/);
    expect(() => checkTarget(join(parent, "file/below"))).toThrow(/is a file|cannot be used/);
    expect(checkTarget(join(parent, "new"))).toBeUndefined();
  });
});
