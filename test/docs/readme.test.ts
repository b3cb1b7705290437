/** What the README says of options, codes, files and the session is so. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { addonPin, DEFAULT_KUBERNETES } from "../../src/catalog/index.ts";
import { EXIT } from "../../src/cli/exit.ts";
import { RESERVED_VARIABLES } from "../../src/cli/flags.ts";
import type { Feature } from "../../src/features/feature.ts";
import { declarations } from "../../src/features/index.ts";
import type { Data } from "../../src/options/paths.ts";
import { checkSchema } from "../../src/options/validate.ts";
import { repository } from "../support/repository.ts";
import { root, run, scratch } from "../support/run.ts";
import { blocks, inlineCode, read } from "./documents.ts";

const readme = read("README.md");

const options = async (flag: string): Promise<string> =>
  (await run(["options", flag], { cwd: root })).stdout;

it("has the current table of options", async () => {
  const table = /<!-- options:start -->\n\n([\s\S]*)\n<!-- options:end -->/.exec(readme)?.[1];
  expect(table, "npm run record writes it").toBe(`${await options("--markdown")}\n`);
});

it("lists the exit codes that are in use", () => {
  const listed = [...readme.matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code));
  expect(listed).toEqual(Object.values(EXIT));
});

it("names variables that are read", async () => {
  const named = inlineCode(readme).filter((code) => /^HARDENED_EKS_\w*[A-Z]$/.test(code));
  const rows = JSON.parse(await options("--json")) as { options: { variable?: string }[] };
  const known = [...rows.options.map(({ variable }) => variable), ...RESERVED_VARIABLES];
  expect(named.length).toBeGreaterThan(1);
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});

it("shows a file that is valid, and from which a repository can be made", () => {
  const [example] = blocks(readme).filter(({ language }) => language === "yaml");
  const data = parse(example?.text ?? "") as Data;
  expect(Object.keys(data).length).toBeGreaterThan(3);
  expect(checkSchema(declarations, data)).toEqual([]);
  expect(repository(data).paths.length).toBeGreaterThan(50);
});

it("shows the files that come out, and all of them at the top", () => {
  const [tree] = blocks(readme).filter(({ text }) => text.startsWith("my-cluster/"));
  const shown: string[] = [];
  let parent = "";
  for (const line of tree?.text.split("\n").slice(1) ?? []) {
    const match = /^(.*?)[├└]── (\S+)/.exec(line);
    if (match === null) continue;
    const [, indent = "", name = ""] = match;
    if (indent === "") parent = name;
    shown.push(indent === "" ? name : parent + name);
  }
  const { paths } = repository();
  expect(shown.length).toBeGreaterThan(8);
  expect(shown.filter((path) => !paths.some((made) => made.startsWith(path)))).toEqual([]);
  const folders = new Set(
    paths.filter((path) => path.includes("/")).map((path) => path.split("/")[0]),
  );
  const tops = new Set(shown.map((path) => path.split("/")[0]));
  expect([...folders].filter((folder) => folder !== ".hardened-eks" && !tops.has(folder))).toEqual(
    [],
  );
});

const plainText = (text: string): string =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");

/** Without figures, and without the validation: it depends on the tool that is installed. */
const stable = (text: string): string =>
  text.replace(/\nValidation\n( .*\n)+/, "\n").replace(/ *[\d,]+/g, " 0");

it("shows a session as it is today", async () => {
  const svg = readFileSync(join(root, "docs/session.svg"), "utf8");
  const recorded = plainText(/<desc[^>]*>([\s\S]*)<\/desc>/.exec(svg)?.[1] ?? "");
  const { stderr, exitCode } = await run(["my-cluster", "--yes", "--no-validate"], {
    cwd: await scratch(),
  });
  expect(exitCode).toBe(0);
  const [first, ...rest] = recorded.split("\n");
  expect(first).toBe("$ npx create-hardened-eks my-cluster --yes");
  expect(stable(`${rest.join("\n")}\n`), "npm run record makes it anew").toBe(
    stable(`${stderr.trimEnd()}\n`),
  );
});

it("records a session that was validated", () => {
  const svg = readFileSync(join(root, "docs/session.svg"), "utf8");
  expect(svg).not.toMatch(/skipped|\d ms/);
  expect(svg).toMatch(/provider aws 5/);
});

it("explains a feature with one that the catalog can pin", async () => {
  const contributing = read("CONTRIBUTING.md");
  const [example] = blocks(contributing).filter(({ text }) => text.includes("contribute:"));
  const { code } = await transform(example?.text ?? "", { loader: "ts", format: "esm" });
  const { cloudwatch } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    cloudwatch: Feature;
  };
  const { addons = [] } = cloudwatch.contribute({} as never);
  expect(addons.map(({ name }) => addonPin(name, DEFAULT_KUBERNETES)?.version)).toEqual([
    expect.stringMatching(/^v\d/),
  ]);
});
