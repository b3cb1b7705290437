/**
 * Update cases on real repositories. The numbers are those of the measured cases in which other tools lose work;
 * `Project.update` checks at every step what holds in all of them: no byte of the user's is gone, the rest of the
 * tree and git's own stay, and the lock names the new version only when all of it is there.
 */
import { readdirSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LOCK } from "../../src/lifecycle/paths.ts";
import {
  ANSWERS_TEXT,
  first,
  firstRender,
  lines,
  type Project,
  project,
  second,
  THEIRS,
  withLine,
} from "../support/project.ts";
import { scratch } from "../support/run.ts";

const NEW_LINE = "the new version's line";
const MY_LINE = "the user's line";

/** A new version that changes line `number` of a file. */
const changing = (path: string, number = 5) => second({ [path]: newText(path, number) });
const newText = (path: string, number = 5): string => withLine(first(path), number, NEW_LINE);

const conflictText = (mine: string, theirs: string): string =>
  `<<<<<<< yours\n${mine}\n=======\n${theirs}\n>>>>>>> ${THEIRS}\n`;

/** The user's project, with an edit that is committed. */
async function edited(edit: (user: Project) => void): Promise<Project> {
  const user = await project();
  edit(user);
  user.commit();
  return user;
}

/** The rest of the update arrives whatever becomes of one file. */
const expectUnrelated = (user: Project): void => {
  expect(user.read("outputs.tf")).toContain("output 10 of the second version");
};

/** Resolves the conflict in a file as its user does. */
function resolve(user: Project, path: string, contents: string): void {
  user.write(path, contents);
  user.git("add", "--", path);
}

describe("text", () => {
  it("1: no edits", async () => {
    const user = await project();
    const { exitCode, items } = await user.updateTwice();
    expect(exitCode).toBe(0);
    expect(items).toEqual([
      { path: "outputs.tf", class: "clean", owner: "merged", action: "write" },
    ]);
    expectUnrelated(user);
  });

  it("2: an edit in another place", async () => {
    const user = await edited((at) => at.edit("main.tf", 2, MY_LINE));
    const { exitCode, item } = await user.updateTwice({ target: changing("main.tf", 15) });
    expect(exitCode).toBe(0);
    expect(item("main.tf")).toMatchObject({ class: "merged", action: "write" });
    expect(user.read("main.tf")).toBe(withLine(newText("main.tf", 15), 2, MY_LINE));
  });

  it("3: the same line", async () => {
    const user = await edited((at) => at.edit("main.tf", 5, MY_LINE));
    const { exitCode, open } = await user.updateTwice({ target: changing("main.tf") });
    expect([exitCode, open]).toEqual([5, ["main.tf"]]);
    expect(user.read("main.tf")).toContain(conflictText(MY_LINE, NEW_LINE));
    expectUnrelated(user);
    await user.staysOpen(["main.tf"]);
  });

  it("3: git and editors see a three-way merge, with all three sides", async () => {
    const user = await edited((at) => at.edit("main.tf", 5, MY_LINE));
    await user.update({ target: changing("main.tf") });
    expect(user.git("diff", "--name-only", "--diff-filter=U")).toBe("main.tf\n");
    expect(user.git("show", ":1:main.tf")).toBe(first("main.tf"));
    expect(user.git("show", ":2:main.tf")).toBe(withLine(first("main.tf"), 5, MY_LINE));
    expect(user.git("show", ":3:main.tf")).toBe(newText("main.tf"));
  });

  it("3: resolved and added, the next run finishes; half resolved, it does not", async () => {
    const user = await edited((at) => at.edit("main.tf", 5, MY_LINE));
    await user.update({ target: changing("main.tf") });
    user.write("main.tf", withLine(first("main.tf"), 5, "both"));
    await user.staysOpen(["main.tf"]);
    user.git("add", "main.tf");
    expect(user.left()).toBe("resolved: main.tf");
    user.finish();
    expect(user.read("main.tf")).toBe(withLine(first("main.tf"), 5, "both"));
  });

  it("3: added with its markers still in it, it stays open", async () => {
    const user = await edited((at) => at.edit("main.tf", 5, MY_LINE));
    await user.update({ target: changing("main.tf") });
    user.git("add", "main.tf");
    await user.staysOpen(["main.tf"]);
  });

  it("3: abort after the user began to resolve keeps their work aside", async () => {
    const user = await edited((at) => at.edit("main.tf", 5, MY_LINE));
    const before = user.read("main.tf");
    await user.update({ target: changing("main.tf") });
    user.write("main.tf", "half of my resolution\n");
    expect(user.abortKeeping()).toEqual(["main.tf"]);
    expect(user.read("main.tf")).toBe(before);
    expect(user.read(".hardened-eks/update/kept/main.tf")).toBe("half of my resolution\n");
    expect(user.status()).toBe("");
  });

  it("several conflicts in one file and in several files are conflicts, however many", async () => {
    const user = await edited((at) => {
      for (const number of [2, 10, 18]) at.edit("main.tf", number, `${MY_LINE} ${number}`);
      at.edit("Makefile", 3, MY_LINE);
    });
    const theirs = [2, 10, 18].reduce(
      (text, number) => withLine(text, number, `${NEW_LINE} ${number}`),
      first("main.tf"),
    );
    const target = second({ "main.tf": theirs, Makefile: newText("Makefile", 3) });
    const { exitCode, open } = await user.updateTwice({ target });
    expect([exitCode, open]).toEqual([5, ["Makefile", "main.tf"]]);
    for (const number of [2, 10, 18])
      expect(user.read("main.tf")).toContain(
        conflictText(`${MY_LINE} ${number}`, `${NEW_LINE} ${number}`),
      );
    resolve(user, "Makefile", newText("Makefile", 3));
    await user.staysOpen(["main.tf"]);
    resolve(user, "main.tf", theirs);
    user.finish();
  });

  it("130 conflicts in one file: the count is no exit code that wraps round", async () => {
    const long = lines("rule", 1300);
    const render = new Map(firstRender).set("main.tf", {
      contents: long,
      mode: 0o644,
      owner: "merged",
    });
    const user = await project({ render });
    const at = (text: string, line: string): string =>
      text.replace(/^rule (\d+)$/gm, (all, number: string) =>
        Number(number) % 10 === 0 ? `${line} ${number}` : all,
      );
    user.write("main.tf", at(long, MY_LINE));
    user.commit();
    const { exitCode, open } = await user.update({
      target: second({ "main.tf": at(long, NEW_LINE) }),
    });
    expect([exitCode, open]).toEqual([5, ["main.tf"]]);
    expect(user.read("main.tf").match(/^<<<<<<< yours$/gm)).toHaveLength(130);
  });

  it("both made the same change: nothing to do, and no conflict", async () => {
    const user = await edited((at) => at.write("main.tf", newText("main.tf")));
    const { exitCode, item } = await user.updateTwice({ target: changing("main.tf") });
    expect(exitCode).toBe(0);
    expect(item("main.tf")).toMatchObject({ class: "same", action: "none" });
  });

  it("14: no newline at the end, both append", async () => {
    const render = new Map(firstRender).set("main.tf", {
      contents: first("main.tf").trimEnd(),
      mode: 0o644,
      owner: "merged",
    });
    const user = await project({ render });
    user.write("main.tf", `${first("main.tf")}mine, without an end`);
    user.commit();
    const target = second({ "main.tf": `${first("main.tf")}theirs, without an end` });
    const { exitCode, open } = await user.updateTwice({ target });
    expect([exitCode, open]).toEqual([5, ["main.tf"]]);
    expect(user.read("main.tf")).toContain("mine, without an end\n=======\ntheirs, without an end");
  });

  it("what was given once is never changed again", async () => {
    const user = await edited((at) => at.edit("SECURITY.md", 5, MY_LINE));
    const target = second({ "SECURITY.md": { contents: lines("other"), owner: "once" } });
    const { exitCode, item } = await user.updateTwice({ target });
    expect([exitCode, item("SECURITY.md")]).toEqual([0, undefined]);
    expect(user.read("SECURITY.md")).toBe(withLine(first("SECURITY.md"), 5, MY_LINE));
  });
});

describe("names", () => {
  const moved = (extra: string = first("main.tf")) =>
    second({ "main.tf": undefined, "main.network.tf": extra });

  it("4: the new version renames an edited file", async () => {
    const user = await edited((at) => at.edit("main.tf", 5, MY_LINE));
    const { exitCode, item } = await user.updateTwice({ target: moved() });
    expect(exitCode).toBe(0);
    expect(item("main.network.tf")).toMatchObject({ class: "renamed", action: "write" });
    expect(user.has("main.tf")).toBe(false);
    expect(user.read("main.network.tf")).toBe(withLine(first("main.tf"), 5, MY_LINE));
  });

  it("4b: and edits it", async () => {
    const user = await edited((at) => at.edit("main.tf", 5, MY_LINE));
    const { exitCode } = await user.updateTwice({ target: moved(newText("main.tf", 15)) });
    expect(exitCode).toBe(0);
    expect(user.read("main.network.tf")).toBe(withLine(newText("main.tf", 15), 5, MY_LINE));
  });

  it("4c: and edits the same line", async () => {
    const user = await edited((at) => at.edit("main.tf", 5, MY_LINE));
    const { exitCode, open } = await user.updateTwice({ target: moved(newText("main.tf")) });
    expect([exitCode, open]).toEqual([5, ["main.network.tf"]]);
    expect(user.read("main.network.tf")).toContain(`${MY_LINE}\n=======\n${NEW_LINE}\n`);
    expect(user.has("main.tf")).toBe(false);
    await user.staysOpen(["main.network.tf"]);
    resolve(user, "main.network.tf", newText("main.tf"));
    user.finish();
  });

  it("the user renames a file that the new version changes", async () => {
    const user = await edited((at) => at.move("main.tf", "network/main.tf"));
    const { exitCode, item } = await user.updateTwice({ target: changing("main.tf") });
    expect(exitCode).toBe(0);
    expect(item("network/main.tf")).toMatchObject({ class: "renamed", action: "write" });
    expect(user.has("main.tf")).toBe(false);
    expect(user.read("network/main.tf")).toBe(newText("main.tf"));
  });

  it("the user renames a file that the new version removes", async () => {
    const user = await edited((at) => {
      at.move("main.tf", "mine.tf");
      at.edit("mine.tf", 5, MY_LINE);
    });
    const { exitCode, open } = await user.updateTwice({ target: second({ "main.tf": undefined }) });
    expect([exitCode, open]).toEqual([5, ["mine.tf"]]);
    expect(user.read("mine.tf")).toBe(withLine(first("main.tf"), 5, MY_LINE));
    expect(user.has("main.tf")).toBe(false);
  });

  it("both rename it, to different names: both names are there, and the user decides", async () => {
    const user = await edited((at) => {
      at.move("main.tf", "mine.tf");
      at.edit("mine.tf", 5, MY_LINE);
    });
    const { exitCode, open } = await user.updateTwice({ target: moved(newText("main.tf", 15)) });
    expect([exitCode, open]).toEqual([5, ["main.network.tf"]]);
    for (const path of ["mine.tf", "main.network.tf"])
      expect(user.read(path)).toBe(withLine(newText("main.tf", 15), 5, MY_LINE));
    expect(user.has("main.tf")).toBe(false);
    await user.staysOpen(["main.network.tf"]);
    user.git("rm", "--quiet", "--force", "main.network.tf");
    user.finish();
    expect(user.has("main.network.tf")).toBe(false);
  });

  it("the new version renames an edited file to a name that the user took", async () => {
    const user = await edited((at) => {
      at.edit("main.tf", 5, MY_LINE);
      at.write("main.network.tf", "my own network\n");
    });
    const { exitCode, open } = await user.updateTwice({ target: moved(newText("main.tf", 15)) });
    expect(exitCode).toBe(5);
    expect(open).toContain("main.network.tf");
  });

  it("5: the new version removes an edited file", async () => {
    const user = await edited((at) => at.edit("main.tf", 5, MY_LINE));
    const target = second({ "main.tf": undefined });
    const { exitCode, open, item } = await user.updateTwice({ target });
    expect([exitCode, open]).toEqual([5, ["main.tf"]]);
    expect(item("main.tf")?.note).toContain("yours is kept");
    expect(user.read("main.tf")).toBe(withLine(first("main.tf"), 5, MY_LINE));
    await user.staysOpen(["main.tf"]);
    user.git("rm", "--quiet", "--force", "main.tf");
    user.finish();
    expect(user.has("main.tf")).toBe(false);
  });

  it("5: kept by `git add`, it is the user's from then on", async () => {
    const user = await edited((at) => at.edit("main.tf", 5, MY_LINE));
    await user.update({ target: second({ "main.tf": undefined }) });
    user.git("add", "main.tf");
    user.finish();
    expect(user.read("main.tf")).toContain(MY_LINE);
  });

  it("the new version removes a file that nobody edited", async () => {
    const user = await project();
    const target = second({ "kubernetes/policies/deny.yaml": undefined });
    const { exitCode, item } = await user.updateTwice({ target });
    expect(exitCode).toBe(0);
    expect(item("kubernetes/policies/deny.yaml")).toMatchObject({
      class: "clean",
      action: "delete",
    });
    expect(user.has("kubernetes/policies")).toBe(false);
  });

  it("6: the user removed a file that the new version changes: it stays removed, and is named", async () => {
    const user = await edited((at) => at.remove("main.tf"));
    const { exitCode, item } = await user.updateTwice({ target: changing("main.tf") });
    expect(exitCode).toBe(0);
    expect(item("main.tf")).toMatchObject({ class: "user-deleted", action: "none" });
    expect(item("main.tf")?.note).toContain("stays removed");
    expect(user.has("main.tf")).toBe(false);
  });

  it("6: both removed it", async () => {
    const user = await edited((at) => at.remove("main.tf"));
    const { exitCode } = await user.updateTwice({ target: second({ "main.tf": undefined }) });
    expect(exitCode).toBe(0);
    expect(user.has("main.tf")).toBe(false);
  });

  it("6: a removed folder stays removed when one of its files changes", async () => {
    const user = await edited((at) => at.remove("modules"));
    const { exitCode, item } = await user.updateTwice({
      target: changing("modules/cluster/main.tf"),
    });
    expect(exitCode).toBe(0);
    expect(item("modules/cluster/main.tf")?.class).toBe("user-deleted");
    expect(user.has("modules")).toBe(false);
  });

  it("7: both add the same path", async () => {
    const user = await edited((at) => at.write("extra.tf", `${MY_LINE}\n`));
    const { exitCode, open } = await user.updateTwice({
      target: second({ "extra.tf": `${NEW_LINE}\n` }),
    });
    expect([exitCode, open]).toEqual([5, ["extra.tf"]]);
    expect(user.read("extra.tf")).toBe(conflictText(MY_LINE, NEW_LINE));
    await user.staysOpen(["extra.tf"]);
    resolve(user, "extra.tf", `${MY_LINE}\n${NEW_LINE}\n`);
    user.finish();
  });

  it("7: both add the same path with the same text", async () => {
    const user = await edited((at) => at.write("extra.tf", `${NEW_LINE}\n`));
    const { exitCode, open } = await user.updateTwice({
      target: second({ "extra.tf": `${NEW_LINE}\n` }),
    });
    expect([exitCode, open]).toEqual([0, []]);
  });

  it("12: a folder is renamed, and a file of the user's own in it stays where it is", async () => {
    const user = await edited((at) => at.write("modules/cluster/mine.tf", "resource mine\n"));
    const target = second({
      "modules/cluster/main.tf": undefined,
      "modules/cluster/variables.tf": undefined,
      "modules/control-plane/main.tf": first("modules/cluster/main.tf"),
      "modules/control-plane/variables.tf": first("modules/cluster/variables.tf"),
    });
    const { exitCode } = await user.updateTwice({ target });
    expect(exitCode).toBe(0);
    expect(user.read("modules/cluster/mine.tf")).toBe("resource mine\n");
    expect(user.has("modules/cluster/main.tf")).toBe(false);
    expect(user.has("modules/control-plane/mine.tf")).toBe(false);
  });

  it("12: and the edits of a file in it go along", async () => {
    const user = await edited((at) => at.edit("modules/cluster/main.tf", 5, MY_LINE));
    const target = second({
      "modules/cluster/main.tf": undefined,
      "modules/cluster/variables.tf": undefined,
      "modules/control-plane/main.tf": newText("modules/cluster/main.tf", 15),
      "modules/control-plane/variables.tf": first("modules/cluster/variables.tf"),
    });
    const { exitCode } = await user.updateTwice({ target });
    expect(exitCode).toBe(0);
    expect(user.read("modules/control-plane/main.tf")).toBe(
      withLine(newText("modules/cluster/main.tf", 15), 5, MY_LINE),
    );
    expect(user.has("modules/cluster")).toBe(false);
  });

  it("19: an option goes off whose file was edited", async () => {
    const user = await edited((at) => at.edit("kubernetes/policies/deny.yaml", 5, MY_LINE));
    const target = second({
      "kubernetes/policies/deny.yaml": undefined,
      ".github/workflows/plan.yml": undefined,
      Makefile: newText("Makefile"),
    });
    const { exitCode, open } = await user.updateTwice({ target });
    expect([exitCode, open]).toEqual([5, ["kubernetes/policies/deny.yaml"]]);
    expect(user.has(".github")).toBe(false);
    expect(user.read("Makefile")).toBe(newText("Makefile"));
  });

  it.each([
    ["23a", (at: Project, path: string) => at.edit(path, 2, MY_LINE), 0],
    ["23b", (at: Project, path: string) => at.edit(path, 15, MY_LINE), 5],
    ["23c", (at: Project, path: string) => at.remove(path), 0],
  ] as const)("%s: names with spaces, quotes and letters beyond ASCII", async (_, edit, exit) => {
    for (const path of [
      "docs/größe der Knoten.md",
      'docs/"quoted" $HOME `x`.md',
      "docs/日本 語.md",
    ]) {
      const file = { contents: lines("word"), mode: 0o644, owner: "merged" } as const;
      const user = await project({ render: new Map(firstRender).set(path, file) });
      edit(user, path);
      user.commit();
      const target = second({ [path]: withLine(lines("word"), 15, NEW_LINE) });
      const { exitCode } = await user.updateTwice({ target });
      expect([path, exitCode]).toEqual([path, exit]);
    }
  });

  it("23d: such a name is removed by the new version and edited by the user", async () => {
    const path = "docs/größe der Knoten.md";
    const file = { contents: lines("word"), mode: 0o644, owner: "merged" } as const;
    const user = await project({ render: new Map(firstRender).set(path, file) });
    user.edit(path, 2, MY_LINE);
    user.commit();
    const { exitCode, open } = await user.updateTwice();
    expect([exitCode, open]).toEqual([5, [path]]);
  });
});

describe("binaries, line ends and modes", () => {
  const mine = "logo\0of the user\n";

  it("8: a binary that only the user changed", async () => {
    const user = await edited((at) => {
      at.write("docs/logo.bin", mine);
      at.edit("main.tf", 2, MY_LINE);
    });
    const { exitCode } = await user.updateTwice({ target: changing("main.tf", 15) });
    expect(exitCode).toBe(0);
    expect(user.read("docs/logo.bin")).toBe(mine);
  });

  it("8c: a binary that only the new version changed", async () => {
    const user = await project();
    const { exitCode } = await user.updateTwice({
      target: second({ "docs/logo.bin": "logo\0two\n" }),
    });
    expect(exitCode).toBe(0);
    expect(user.read("docs/logo.bin")).toBe("logo\0two\n");
  });

  it("9: a binary that both changed", async () => {
    const user = await edited((at) => at.write("docs/logo.bin", mine));
    const target = second({ "docs/logo.bin": "logo\0two\n" });
    const { exitCode, open, item } = await user.updateTwice({ target });
    expect([exitCode, open]).toEqual([5, ["docs/logo.bin"]]);
    expect(item("docs/logo.bin")?.note).toContain("binary");
    expect(user.read("docs/logo.bin")).toBe(mine);
    expect(user.git("show", ":3:docs/logo.bin")).toBe("logo\0two\n");
    await user.staysOpen(["docs/logo.bin"]);
    user.git("checkout", "--quiet", "--theirs", "docs/logo.bin");
    user.git("add", "docs/logo.bin");
    user.finish();
    expect(user.read("docs/logo.bin")).toBe("logo\0two\n");
  });

  const crlf = (text: string): string => text.replaceAll("\n", "\r\n");

  it("10: the user's copy has CRLF, committed: it keeps it, and the edits of both", async () => {
    const user = await edited((at) =>
      at.write("main.tf", crlf(withLine(first("main.tf"), 2, MY_LINE))),
    );
    const { exitCode } = await user.updateTwice({ target: changing("main.tf", 15) });
    expect(exitCode).toBe(0);
    expect(user.read("main.tf")).toBe(crlf(withLine(newText("main.tf", 15), 2, MY_LINE)));
  });

  it("10: CRLF and nothing else changed", async () => {
    const user = await edited((at) => at.write("main.tf", crlf(first("main.tf"))));
    const { exitCode } = await user.updateTwice({ target: changing("main.tf") });
    expect(exitCode).toBe(0);
    expect(user.read("main.tf")).toBe(crlf(newText("main.tf")));
  });

  it("10: CRLF and the same line: the conflict is one of that line, in CRLF", async () => {
    const user = await edited((at) =>
      at.write("main.tf", crlf(withLine(first("main.tf"), 5, MY_LINE))),
    );
    const { exitCode, open } = await user.updateTwice({ target: changing("main.tf") });
    expect([exitCode, open]).toEqual([5, ["main.tf"]]);
    expect(user.read("main.tf")).toContain(crlf(conflictText(MY_LINE, NEW_LINE)));
  });

  it("10: CRLF in a file that the new version renames stays CRLF", async () => {
    const user = await edited((at) =>
      at.write("main.tf", crlf(withLine(first("main.tf"), 5, MY_LINE))),
    );
    const target = second({ "main.tf": undefined, "main.network.tf": newText("main.tf", 15) });
    const { exitCode } = await user.updateTwice({ target });
    expect(exitCode).toBe(0);
    expect(user.read("main.network.tf")).toBe(crlf(withLine(newText("main.tf", 15), 5, MY_LINE)));
  });

  it("10: mixed line ends are the user's, too", async () => {
    const half = first("main.tf").replace("main 3\n", "main 3\r\n");
    const user = await edited((at) => at.write("main.tf", half));
    const { exitCode } = await user.updateTwice({ target: changing("main.tf", 15) });
    expect(exitCode).toBe(0);
    expect(user.read("main.tf")).toBe(withLine(half, 15, NEW_LINE));
  });

  it("10b: CRLF on disk, LF in git (`eol=crlf`)", async () => {
    const user = await edited((at) => {
      at.write(".gitattributes", "* text=auto eol=crlf\n*.bin binary\n");
      at.edit("main.tf", 2, MY_LINE);
    });
    user.git("rm", "--quiet", "--cached", "-r", ".");
    user.git("reset", "--quiet", "--hard");
    expect(user.read("main.tf")).toContain("\r\n");
    const { exitCode } = await user.updateTwice({ target: changing("main.tf", 15) });
    expect(exitCode).toBe(0);
    expect(user.read("main.tf")).toBe(crlf(withLine(newText("main.tf", 15), 2, MY_LINE)));
    expect(user.git("diff", "--stat", "--", "main.tf")).toContain("1 insertion(+), 1 deletion(-)");
  });

  it("11: the user sets the bit, the new version edits", async () => {
    const user = await edited((at) => at.write("main.tf", first("main.tf"), 0o755));
    const { exitCode } = await user.updateTwice({ target: changing("main.tf") });
    expect(exitCode).toBe(0);
    expect([user.read("main.tf"), user.mode("main.tf")]).toEqual([newText("main.tf"), 0o755]);
  });

  it("11: the user takes the bit away, the new version edits", async () => {
    const user = await edited((at) => at.write("scripts/connect", first("scripts/connect"), 0o644));
    const target = second({
      "scripts/connect": { contents: newText("scripts/connect"), mode: 0o755 },
    });
    const { exitCode } = await user.updateTwice({ target });
    expect(exitCode).toBe(0);
    expect(user.mode("scripts/connect")).toBe(0o644);
    expect(user.read("scripts/connect")).toBe(newText("scripts/connect"));
  });

  it("11: the new version sets the bit, the user edits", async () => {
    const user = await edited((at) => at.edit("main.tf", 5, MY_LINE));
    const target = second({ "main.tf": { contents: first("main.tf"), mode: 0o755 } });
    const { exitCode } = await user.updateTwice({ target });
    expect(exitCode).toBe(0);
    expect([user.read("main.tf"), user.mode("main.tf")]).toEqual([
      withLine(first("main.tf"), 5, MY_LINE),
      0o755,
    ]);
  });
});

describe("files that a migration adds beside the render", () => {
  const path = "modules/cluster/moved.2.0.0.tf";
  const additions = new Map([[path, "moved {}\n"]]);

  it("are written where nothing is", async () => {
    const user = await project();
    const { exitCode, item } = await user.updateTwice({ additions });
    expect([exitCode, item(path)?.class]).toEqual([0, "new"]);
    expect(user.read(path)).toBe("moved {}\n");
  });

  it("are in nobody's way where they are already", async () => {
    const user = await edited((at) => at.write(path, "moved {}\n"));
    const { exitCode, item } = await user.updateTwice({ additions });
    expect([exitCode, item(path)?.action ?? "none"]).toEqual([0, "none"]);
  });

  it.each(["in git", "not in git"])(
    "get another name where a file of the user's is (%s)",
    async (how) => {
      const user = await project();
      user.write(path, `${MY_LINE}\n`);
      if (how === "in git") user.commit();
      const { exitCode, item } = await user.updateTwice({ additions });
      const place = "modules/cluster/moved.2.0.0-2.tf";
      expect([exitCode, item(place)?.class]).toEqual([0, "new"]);
      expect(user.read(path)).toBe(`${MY_LINE}\n`);
      expect(user.read(place)).toBe("moved {}\n");
    },
  );

  it("are there already where the user's file says the same and more", async () => {
    const user = await edited((at) => at.write(path, "# mine\nmoved {}\n\nmoved { mine }\n"));
    const { exitCode, items } = await user.updateTwice({ additions });
    expect([exitCode, items.map((each) => each.path)]).toEqual([0, ["outputs.tf"]]);
  });

  it("do not come back to a root that the user took away", async () => {
    const user = await edited((at) => at.remove("modules"));
    const { exitCode } = await user.updateTwice({ additions });
    expect(exitCode).toBe(0);
    expect(user.has("modules")).toBe(false);
  });

  it("are not written through a link", async () => {
    const outside = await scratch();
    const user = await edited((at) => {
      at.remove("modules/cluster");
      symlinkSync(outside, at.at("modules/cluster"));
    });
    await user.attempt({ additions });
    expect(readdirSync(outside)).toEqual([]);
  });
});

describe("something else is at the path", () => {
  const folder = (at: Project): void => {
    at.move("main.tf", "main.old");
    at.write("main.tf/inner.tf", `${MY_LINE}\n`);
    at.write("main.tf/a.tf", lines("a"));
    at.remove("main.old");
  };

  it("13: the user made a folder of a file that the new version changes", async () => {
    const user = await edited(folder);
    const { exitCode, open, item } = await user.updateTwice({ target: changing("main.tf") });
    expect([exitCode, open]).toEqual([5, ["main.tf"]]);
    expect(item("main.tf")?.note).toContain("directory");
    expect(user.read("main.tf/inner.tf")).toBe(`${MY_LINE}\n`);
    expectUnrelated(user);
  });

  it("13b: that it does not touch", async () => {
    const user = await edited(folder);
    const { exitCode } = await user.updateTwice();
    expect(exitCode).toBe(0);
    expectUnrelated(user);
  });

  it("13c: and every file changes", async () => {
    const user = await edited(folder);
    const changed = Object.fromEntries(
      [...firstRender.keys()]
        .filter((path) => path !== "SECURITY.md" && first(path).split("\n").length > 15)
        .map((path) => [
          path,
          { contents: newText(path), mode: firstRender.get(path)?.mode ?? 0o644 },
        ]),
    );
    const { exitCode, open } = await user.updateTwice({ target: second(changed) });
    expect([exitCode, open]).toEqual([5, ["main.tf"]]);
    expect(user.read("terraform.tf")).toBe(newText("terraform.tf"));
  });

  it("13: with the way free again, the next run brings the file", async () => {
    const user = await edited(folder);
    await user.update({ target: changing("main.tf") });
    await user.staysOpen(["main.tf"]);
    user.move("main.tf", "mine");
    expect(user.left()).toBe("resolved: main.tf");
    user.finish(["main.tf"]);
    expect(user.read("main.tf")).toBe(newText("main.tf"));
  });

  it("13: committed as it is, the user's folder stays", async () => {
    const user = await edited(folder);
    await user.update({ target: changing("main.tf") });
    user.commit();
    expect(user.left()).toBe("resolved: main.tf");
    user.finish();
    expect(user.read("main.tf/inner.tf")).toBe(`${MY_LINE}\n`);
  });

  it("13 the reverse: the user made a file of a folder", async () => {
    const user = await edited((at) => {
      at.remove("modules/cluster");
      at.write("modules/cluster", `${MY_LINE}\n`);
    });
    const target = second({
      "modules/cluster/main.tf": newText("modules/cluster/main.tf"),
      "modules/cluster/new.tf": `${NEW_LINE}\n`,
    });
    const { exitCode, open } = await user.updateTwice({ target });
    expect([exitCode, open]).toEqual([5, ["modules/cluster/main.tf", "modules/cluster/new.tf"]]);
    expect(user.read("modules/cluster")).toBe(`${MY_LINE}\n`);
  });

  it("the new version makes a folder of a file", async () => {
    const user = await project();
    const target = second({ Makefile: undefined, "Makefile/all": lines("all") });
    const { exitCode } = await user.updateTwice({ target });
    expect(exitCode).toBe(0);
    expect(user.read("Makefile/all")).toBe(lines("all"));
  });

  it("the new version makes a folder of a file that the user edited", async () => {
    const user = await edited((at) => at.edit("Makefile", 5, MY_LINE));
    const target = second({ Makefile: undefined, "Makefile/all": lines("all") });
    const { exitCode, open } = await user.updateTwice({ target });
    expect(exitCode).toBe(5);
    expect(open).toContain("Makefile");
    expect(user.read("Makefile")).toContain(MY_LINE);
  });

  it("the new version makes a file of a folder", async () => {
    const user = await project();
    const target = second({
      "kubernetes/policies/deny.yaml": undefined,
      "kubernetes/policies": lines("one"),
    });
    const { exitCode } = await user.updateTwice({ target });
    expect(exitCode).toBe(0);
    expect(user.read("kubernetes/policies")).toBe(lines("one"));
  });

  it("the new version makes a file of a folder in which the user has a file", async () => {
    const user = await edited((at) => at.write("kubernetes/policies/mine.yaml", `${MY_LINE}\n`));
    const target = second({
      "kubernetes/policies/deny.yaml": undefined,
      "kubernetes/policies": lines("one"),
    });
    const { exitCode, open } = await user.updateTwice({ target });
    expect([exitCode, open]).toEqual([5, ["kubernetes/policies"]]);
    expect(user.read("kubernetes/policies/mine.yaml")).toBe(`${MY_LINE}\n`);
  });

  it("an empty folder is where the new version wants a file", async () => {
    const user = await project();
    user.folder("extra");
    const { exitCode, open } = await user.updateTwice({
      target: second({ extra: lines("extra") }),
    });
    expect([exitCode, open]).toEqual([5, ["extra"]]);
    user.remove("extra");
    user.finish(["extra"]);
    expect(user.read("extra")).toBe(lines("extra"));
  });

  const untracked = (at: Project): void => at.write("extra.tf", `${MY_LINE}\n`);
  const wanting = second({ "extra.tf": `${NEW_LINE}\n` });

  it("16: an untracked file is where the new version wants one", async () => {
    const user = await project();
    untracked(user);
    const { exitCode, open, item } = await user.updateTwice({ target: wanting });
    expect([exitCode, open]).toEqual([5, ["extra.tf"]]);
    expect(item("extra.tf")).toMatchObject({ class: "occupied", action: "none" });
    expect(user.read("extra.tf")).toBe(`${MY_LINE}\n`);
    expectUnrelated(user);
  });

  it("16: it stays open until the user decides; moved away, the new file comes", async () => {
    const user = await project();
    untracked(user);
    await user.update({ target: wanting });
    await user.staysOpen(["extra.tf"]);
    user.move("extra.tf", "mine.tf");
    expect(user.left()).toBe("resolved: extra.tf");
    user.finish(["extra.tf"]);
    expect(user.read("extra.tf")).toBe(`${NEW_LINE}\n`);
    expect(user.read("mine.tf")).toBe(`${MY_LINE}\n`);
  });

  it("16: added to git, it is the user's edit of the new file", async () => {
    const user = await project();
    untracked(user);
    await user.update({ target: wanting });
    user.git("add", "extra.tf");
    expect(user.left()).toBe("resolved: extra.tf");
    user.finish();
    expect(user.read("extra.tf")).toBe(`${MY_LINE}\n`);
  });

  it("16: with the same text in it, it is in nobody's way", async () => {
    const user = await project();
    user.write("extra.tf", `${NEW_LINE}\n`);
    const { exitCode, item } = await user.updateTwice({ target: wanting });
    expect([exitCode, item("extra.tf")?.class]).toEqual([0, "same"]);
  });

  it("17: an ignored file is where the new version wants one", async () => {
    const user = await project();
    user.write("settings.local", "password\n");
    const target = second({ "settings.local": "the new version's\n" });
    const { exitCode, open } = await user.updateTwice({ target });
    expect([exitCode, open]).toEqual([5, ["settings.local"]]);
    expect(user.read("settings.local")).toBe("password\n");
    // What git was told to leave alone does not come into its objects.
    expect(user.objects()).not.toContain("password");
    await user.staysOpen(["settings.local"]);
  });

  it("18: the user made a link of a file that the new version changes", async () => {
    const user = await edited((at) => {
      at.move("main.tf", "real.tf");
      symlinkSync("real.tf", at.at("main.tf"));
    });
    const { exitCode, open, item } = await user.updateTwice({ target: changing("main.tf") });
    expect([exitCode, open]).toEqual([5, ["main.tf"]]);
    expect(item("main.tf")?.note).toContain("symbolic link");
    expect(user.read("real.tf")).toBe(first("main.tf"));
    await user.staysOpen(["main.tf"]);
  });

  it("18b: a link out of the repository is never written through", async () => {
    const outside = join(await scratch(), "outside.tf");
    const user = await edited((at) => {
      renameSync(at.at("main.tf"), outside);
      symlinkSync(outside, at.at("main.tf"));
    });
    const { exitCode, open } = await user.updateTwice({ target: changing("main.tf") });
    expect([exitCode, open]).toEqual([5, ["main.tf"]]);
    expect(readFileSync(outside, "utf8")).toBe(first("main.tf"));
  });

  it("18: a folder became a link: no file below it is written", async () => {
    const outside = await scratch();
    const user = await edited((at) => {
      at.remove("modules/cluster");
      symlinkSync(outside, at.at("modules/cluster"));
    });
    const target = second({
      "modules/cluster/main.tf": newText("modules/cluster/main.tf"),
      "modules/cluster/new.tf": `${NEW_LINE}\n`,
      "modules/cluster/variables.tf": undefined,
    });
    const { exitCode, open } = await user.updateTwice({ target });
    expect(exitCode).toBe(5);
    expect(open).toEqual(["modules/cluster/main.tf", "modules/cluster/new.tf"]);
    expect(readdirSync(outside)).toEqual([]);
  });

  it("a link of the user's own that leads inside or nowhere is nobody's business", async () => {
    const user = await edited((at) => {
      symlinkSync("main.tf", at.at("inside.tf"));
      symlinkSync("nowhere/at/all", at.at("dangling"));
      symlinkSync("loop", at.at("loop"));
    });
    const { exitCode } = await user.updateTwice({ target: changing("main.tf") });
    expect(exitCode).toBe(0);
  });

  it("the lock, the base or their folder as a link is refused", async () => {
    for (const path of [LOCK, ".hardened-eks/base.pack", ".hardened-eks", "hardened-eks.yaml"]) {
      const user = await edited((at) => {
        at.move(path, `${path}.real`);
        symlinkSync(join(at.root, `${path}.real`), at.at(path));
      });
      const { exitCode, refusal } = await user.update({ answers: ANSWERS_TEXT });
      expect([path, exitCode]).toEqual([path, 1]);
      expect(refusal).toMatch(/symbolic link|no directory/);
    }
  });
});
