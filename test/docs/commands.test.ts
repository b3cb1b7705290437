/** What the documents tell the reader to type works. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { buildProgram } from "../../src/cli/program.ts";
import { root, run, scratch } from "../support/run.ts";
import { quietTerminal } from "../support/terminal.ts";
import { commands, inlineCode, names, read } from "./documents.ts";

const program = buildProgram(quietTerminal(), () => undefined);
const flags = [program, ...program.commands].flatMap((command) =>
  command.options.map(({ long }) => long),
);
// Commander adds it to every command by itself.
flags.push("--help");
const scripts = Object.keys(manifest.scripts);

/** Why a command cannot be run as it stands, or nothing. */
function wrongWith(command: string): string | undefined {
  const [program = "", ...words] = command.split(" ");
  if (program === "npm") {
    if (words[0] === "ci") return undefined;
    const script = words[0] === "run" ? words[1] : words[0];
    return scripts.includes(script ?? "") ? undefined : `no script ${script}`;
  }
  if (program === "npx" && words[0] === manifest.name) return undefined;
  if (program === "npx")
    return existsSync(join(root, "node_modules/.bin", words[0] ?? "")) ? undefined : "no such bin";
  if (["node", "bash"].includes(program))
    return existsSync(join(root, words[0] ?? "")) ? undefined : `no file ${words[0]}`;
  return `nothing here says what ${program} is`;
}

describe.each(["README.md", "CONTRIBUTING.md"])("%s", (name) => {
  const markdown = read(name);
  const typed = commands(markdown);

  it("shows commands that exist", () => {
    expect(typed.length).toBeGreaterThan(3);
    const inline = inlineCode(markdown).filter((code) => /^(npm|npx|node|bash) /.test(code));
    expect(
      [...typed, ...inline].flatMap((command) => {
        const wrong = wrongWith(command);
        return wrong === undefined || command === "node -e 0" ? [] : [`${command}: ${wrong}`];
      }),
    ).toEqual([]);
  });

  it("gives our command arguments that it takes", async () => {
    const ours = typed.flatMap(
      (command) =>
        /(?:create-hardened-eks|npm start --|dist\/bin\.js) (.+)$/.exec(command)?.[1] ?? [],
    );
    expect(ours).not.toEqual([]);
    for (const line of ours) {
      const args = line.split(" ").map((word) => word.replace(/^\/tmp\//, ""));
      // The example adds a feature that only its reader has.
      if (line.includes("cloudwatch")) continue;
      const { exitCode, stderr } = await run([...args, "--no-validate"], { cwd: await scratch() });
      // Without --yes it asks; here is no terminal to ask on.
      expect(exitCode, `${line}\n${stderr}`).toBe(args.includes("--yes") ? 0 : 4);
    }
  });

  it("names flags that exist", () => {
    const own = /^(npm|npx|node|bash) /;
    const named = inlineCode(markdown)
      .filter((code) => !own.test(code))
      .flatMap((code) => code.match(/(?<![\w-])--[a-z][a-z-]+/g) ?? []);
    expect(named.filter((flag) => !flags.includes(flag))).toEqual([]);
  });
});

it("lists every command", () => {
  const listed = inlineCode(read("README.md")).flatMap(
    (code) => /^create-hardened-eks (\w+)/.exec(code)?.[1] ?? [],
  );
  expect(listed.sort()).toEqual(program.commands.map((command) => command.name()).sort());
});

it("all documents are checked", () => {
  expect(names.every((name) => existsSync(join(root, name)))).toBe(true);
});
