/** A person chooses, file by file, what becomes of each conflict of an update. */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { CliError } from "../../src/cli/exit.ts";
import { resolveConflicts } from "../../src/cli/update/resolve.ts";
import { isOpen } from "../../src/lifecycle/plan.ts";
import { abortUpdate, applyUpdate, planUpdate, unfinished } from "../../src/lifecycle/update.ts";
import type { Config } from "../../src/options/config.ts";
import type { FileTree } from "../../src/render/tree.ts";
import {
  ANSWERS_TEXT,
  first,
  NEW,
  type Project,
  project,
  second,
  withLine,
} from "../support/project.ts";
import { scratch } from "../support/run.ts";
import { quietTerminal } from "../support/terminal.ts";

interface Question {
  message: string;
  choices: { value: string; name: string }[];
}

const asked = vi.hoisted(() => ({
  questions: [] as Question[],
  choices: {} as Record<string, string>,
}));

/** What is asked is Inquirer's; here its answers are given. */
vi.mock("../../src/cli/questions.ts", () => ({
  askOnStderr: async ([question]: [Question]) => {
    asked.questions.push(question);
    const choice = asked.choices[question.message.split(": ")[0] as string] as string;
    expect(question.choices.map(({ value }) => value)).toContain(choice);
    return { choice };
  },
}));

const MINE = "the user's line";
const THEIRS = "the new version's line";
const changing = (path: string): FileTree => second({ [path]: withLine(first(path), 5, THEIRS) });

/** An update in which a person answers by path. */
async function updateWith(
  user: Project,
  target: FileTree,
  choices: Record<string, string>,
  env: Record<string, string> = {},
): Promise<string[]> {
  asked.questions = [];
  asked.choices = choices;
  const folder = await scratch();
  const plan = await planUpdate(
    { tree: target, config: { name: "acme" } as Config, answers: ANSWERS_TEXT, maker: NEW },
    { directory: user.directory, scratch: folder },
  );
  plan.items = await resolveConflicts(plan.items, folder, quietTerminal({ env }));
  expect(asked.questions).toHaveLength(Object.keys(choices).length);
  await applyUpdate(plan);
  return plan.items.filter(isOpen).map(({ path }) => path);
}

/** An editor that writes what it is told. */
async function editor(contents: string, exitCode = 0): Promise<string> {
  const file = join(await scratch(), "editor");
  writeFileSync(
    file,
    `#!/bin/sh\n[ "$1" = --wait ] && shift\nprintf '%s' '${contents}' >"$1"\nexit ${exitCode}\n`,
  );
  chmodSync(file, 0o755);
  return `${file} --wait`;
}

const edited = async (): Promise<Project> => {
  const user = await project();
  user.edit("main.tf", 5, MINE);
  user.commit();
  return user;
};

/** Everything of the update is there, and nothing is left open. */
function expectFinished(user: Project): void {
  expect(user.lock()).toMatchObject({ version: NEW.version });
  expect(user.lock().pending).toBeUndefined();
  expect(user.left()).toBe("nothing");
  expect(user.git("ls-files", "--unmerged")).toBe("");
  expect(user.read("outputs.tf")).toContain("output 10 of the second version");
}

describe("the same lines, changed by both", () => {
  it("ours keeps the file as it is", async () => {
    const user = await edited();
    const mine = user.read("main.tf");
    expect(await updateWith(user, changing("main.tf"), { "main.tf": "ours" })).toEqual([]);
    expect(user.read("main.tf")).toBe(mine);
    expectFinished(user);
  });

  it("theirs takes the new version's, and an undoing brings the edit back", async () => {
    const user = await edited();
    const mine = user.read("main.tf");
    expect(await updateWith(user, changing("main.tf"), { "main.tf": "theirs" })).toEqual([]);
    expect(user.read("main.tf")).toBe(withLine(first("main.tf"), 5, THEIRS));
    expectFinished(user);
    abortUpdate(user.directory);
    expect(user.read("main.tf")).toBe(mine);
  });

  it("both writes markers, and three stages for the editor", async () => {
    const user = await edited();
    expect(await updateWith(user, changing("main.tf"), { "main.tf": "both" })).toEqual(["main.tf"]);
    expect(user.read("main.tf")).toContain(`<<<<<<< yours\n${MINE}\n=======\n${THEIRS}\n>>>>>>>`);
    expect(user.git("ls-files", "--unmerged").trim().split("\n")).toHaveLength(3);
    expect(user.left()).toBe("open: main.tf");
  });

  it("edit takes what the editor leaves, and stays open where it leaves markers", async () => {
    const user = await edited();
    const EDITOR = await editor("both of it\n");
    const choices = { "main.tf": "edit" };
    expect(await updateWith(user, changing("main.tf"), choices, { EDITOR })).toEqual([]);
    expect(user.read("main.tf")).toBe("both of it\n");
    expectFinished(user);

    const other = await edited();
    const VISUAL = await editor("<<<<<<< yours\na\n=======\nb\n>>>>>>> c\n");
    expect(await updateWith(other, changing("main.tf"), choices, { VISUAL, EDITOR })).toEqual([
      "main.tf",
    ]);
    expect(other.read("main.tf")).toContain("<<<<<<< yours\na\n");
    expect(other.lock().version).not.toBe(NEW.version);
  });

  it("an editor that fails leaves everything as it was", async () => {
    const user = await edited();
    const before = user.status();
    for (const EDITOR of [await editor("x", 1), "/nonexistent/editor"])
      await expect(
        updateWith(user, changing("main.tf"), { "main.tf": "edit" }, { EDITOR }),
      ).rejects.toThrow(CliError);
    expect(user.read("main.tf")).toContain(MINE);
    expect(user.status()).toBe(before);
    expect(user.has(".hardened-eks/update")).toBe(false);
  });
});

describe("a file that the new version removes, and its user changed", () => {
  const removing = second({ "main.tf": undefined });

  it("ours keeps it, theirs removes it", async () => {
    const user = await edited();
    const mine = user.read("main.tf");
    expect(await updateWith(user, removing, { "main.tf": "ours" })).toEqual([]);
    expect(user.read("main.tf")).toBe(mine);
    expectFinished(user);

    const other = await edited();
    expect(await updateWith(other, removing, { "main.tf": "theirs" })).toEqual([]);
    expect(other.has("main.tf")).toBe(false);
    expectFinished(other);
    abortUpdate(other.directory);
    expect(other.read("main.tf")).toBe(mine);
  });
});

describe("a binary file, changed by both", () => {
  const target = second({ "docs/logo.bin": "logo\0three\n" });

  it.each([
    ["ours", "logo\0two\n", []],
    ["theirs", "logo\0three\n", []],
    ["both", "logo\0two\n", ["docs/logo.bin"]],
  ])("%s", async (choice, bytes, open) => {
    const user = await project();
    user.write("docs/logo.bin", "logo\0two\n");
    user.commit();
    expect(await updateWith(user, target, { "docs/logo.bin": choice })).toEqual(open);
    expect(user.read("docs/logo.bin")).toBe(bytes);
    if (open.length === 0) expectFinished(user);
    else expect(user.left()).toBe("open: docs/logo.bin");
  });
});

describe("a file that git does not know, where a new one goes", () => {
  const target = second({ "notes.local": "the new version's\n" });

  it.each([
    ["ours", "my own\n", []],
    ["theirs", "the new version's\n", []],
    ["both", "my own\n", ["notes.local"]],
  ])("%s", async (choice, contents, open) => {
    const user = await project();
    user.write("notes.local", "my own\n");
    expect(await updateWith(user, target, { "notes.local": choice })).toEqual(open);
    expect(user.read("notes.local")).toBe(contents);
    if (open.length === 0) expectFinished(user);
    abortUpdate(user.directory);
    expect(user.read("notes.local")).toBe("my own\n");
  });
});

describe("a folder in the place of a file that the new version changes", () => {
  const inFolder = async (): Promise<Project> => {
    const user = await project();
    user.remove("main.tf");
    user.write("main.tf/mine.txt", "in my folder\n");
    user.commit();
    return user;
  };

  it.each([
    ["ours", []],
    ["both", ["main.tf"]],
  ])("%s leaves it, and the new version's is not offered", async (choice, open) => {
    const user = await inFolder();
    expect(await updateWith(user, changing("main.tf"), { "main.tf": choice })).toEqual(open);
    expect(asked.questions[0]?.choices.map(({ value }) => value)).toEqual(["ours", "both"]);
    expect(user.read("main.tf/mine.txt")).toBe("in my folder\n");
    if (open.length === 0) expectFinished(user);
  });
});

describe("what is still open says what to do, and that ends it", () => {
  const toDo = (user: Project): Record<string, string> => {
    const left = unfinished(user.directory, NEW.version);
    return left?.kind === "open" ? left.toDo : {};
  };

  it("markers, by their line", async () => {
    const user = await edited();
    await updateWith(user, changing("main.tf"), { "main.tf": "both" });
    expect(toDo(user)).toEqual({
      "main.tf": "has conflict markers (line 5): edit it, then git add it",
    });
    user.write("main.tf", "both of it\n");
    expect(toDo(user)["main.tf"]).toMatch(/^git's index still holds all sides/);
    user.git("add", "main.tf");
    expect(toDo(user)).toEqual({});
    user.finish();
  });

  it.each([
    ["git add", "logo\0two\n"],
    ["git rm", undefined],
  ])("sides in the index: %s", async (how, bytes) => {
    const user = await project();
    user.write("docs/logo.bin", "logo\0two\n");
    user.commit();
    const target = second({ "docs/logo.bin": "logo\0three\n" });
    await updateWith(user, target, { "docs/logo.bin": "both" });
    expect(toDo(user)["docs/logo.bin"]).toContain(`${how} it`);
    user.git(how.slice("git ".length), "docs/logo.bin");
    expect(toDo(user)).toEqual({});
    expect(user.has("docs/logo.bin") ? user.read("docs/logo.bin") : undefined).toBe(bytes);
    user.finish();
  });

  it("a file that is in the way: moved away, the new one comes", async () => {
    const user = await project();
    user.write("notes.local", "my own\n");
    const target = second({ "notes.local": "the new version's\n" });
    await updateWith(user, target, { "notes.local": "both" });
    expect(toDo(user)["notes.local"]).toMatch(/^a file of yours is in its place: move it away/);
    user.move("notes.local", "mine.local");
    expect(toDo(user)).toEqual({});
    user.finish(["notes.local"]);
    expect(user.read("mine.local")).toBe("my own\n");
  });

  it("a folder that is in the way: moved away, the new one comes", async () => {
    const user = await project();
    user.remove("main.tf");
    user.write("main.tf/mine.txt", "in my folder\n");
    user.commit();
    await updateWith(user, changing("main.tf"), { "main.tf": "both" });
    expect(toDo(user)["main.tf"]).toMatch(/^something else is in its place: move it away/);
    user.move("main.tf", "mine");
    expect(toDo(user)).toEqual({});
    user.finish(["main.tf"]);
  });
});
