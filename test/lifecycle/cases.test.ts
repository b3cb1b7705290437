import { describe, expect, it } from "vitest";
import { first, project, second, THEIRS, withLine } from "../support/project.ts";

describe("cases", () => {
  it("1 no edits", async () => {
    const it = await project();
    const { exitCode, items } = await it.updateTwice();
    expect(exitCode).toBe(0);
    expect(items.map(({ path, class: kind }) => [path, kind])).toEqual([["outputs.tf", "clean"]]);
  });
  it("3 the same line", async () => {
    const user = await project();
    user.edit("main.tf", 5, "the user's line");
    user.commit();
    const target = second({ "main.tf": withLine(first("main.tf"), 5, "the new line") });
    const { exitCode, open } = await user.updateTwice({ target });
    expect([exitCode, open]).toEqual([5, ["main.tf"]]);
    expect(user.read("main.tf")).toContain(
      `<<<<<<< yours\nthe user's line\n=======\nthe new line\n>>>>>>> ${THEIRS}\n`,
    );
    await user.staysOpen(["main.tf"]);
    user.edit("main.tf", 5, "x");
  });
});
