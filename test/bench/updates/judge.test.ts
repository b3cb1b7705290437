import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../support/run.ts";

// Scripts of the bench are plain JavaScript without declarations.
const { judge } = await import(new URL("judge.mjs", import.meta.url).href);
const { document } = await import(new URL("report.mjs", import.meta.url).href);

const file = (text: string) => ({ bytes: Buffer.from(text), executable: false, link: false });
const tree = (files: Record<string, string>) =>
  new Map(Object.entries(files).map(([path, text]) => [path, file(text)]));
const has = (path: string, words: string) => ({
  path,
  words,
  holds: (now: ReturnType<typeof tree>) => now.get(path)?.bytes.includes(words) === true,
});

const before = tree({ a: "mine", b: "old" });
const run = (given: object) =>
  judge({
    mine: [has("a", "mine")],
    theirs: [has("b", "new")],
    before,
    after: tree({ a: "mine", b: "new" }),
    outside: "",
    exitCode: 0,
    conflicts: new Set(),
    named: () => false,
    inGit: () => true,
    ...given,
  });

describe("what became of an update", () => {
  it.each([
    ["ok", {}],
    ["lost", { after: tree({ a: "old", b: "new" }) }],
    ["lost!", { after: tree({ b: "new" }), inGit: () => false }],
    // What is said of another file excuses nothing.
    ["lost", { after: tree({ b: "new" }), conflicts: new Set(["b"]) }],
    ["conflict", { after: tree({ a: "<<<<<<<", b: "new" }), conflicts: new Set(["a"]) }],
    ["silent", { after: before }],
    ["named", { after: before, named: (path: string) => path === "b" }],
    ["refused", { after: before, exitCode: 1 }],
    ["torn", { exitCode: 1 }],
    [
      "re-created",
      { mine: [{ path: "c", otherwise: "re-created", holds: () => false }], after: before },
    ],
  ])("%s", (outcome, given) => {
    expect(run(given)).toBe(outcome);
  });
});

it("docs/updates.md is what docs/updates.json says, and edits of ours are never lost", () => {
  const results = JSON.parse(readFileSync(join(root, "docs/updates.json"), "utf8"));
  expect(readFileSync(join(root, "docs/updates.md"), "utf8")).toBe(document(results));
  for (const { id, outcomes } of results.cases)
    expect(["ok", "conflict", "named", "refused"], id).toContain(outcomes.product.outcome);
});
