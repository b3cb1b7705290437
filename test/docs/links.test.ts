/** What the documents point to is there. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../support/run.ts";
import { inlineCode, names, prose, read } from "./documents.ts";

const anchorsOf = (markdown: string): string[] =>
  [...prose(markdown).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    (heading as string)
      .toLowerCase()
      .replace(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );

/** Made by the build or by the reader who follows the example, or a file of the repositories that users get. */
const notInGit = /\.generated\.|^dist\/|^generators\/dist|cloudwatch|^\.hardened-eks\//;

describe.each(names)("%s", (name) => {
  const markdown = read(name);

  it("links to files and headings that exist", () => {
    const links = [...prose(markdown).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => to as string);
    const broken = links.filter((link) => {
      if (/^https:/.test(link)) return false;
      const [path = "", anchor] = link.split("#");
      if (!existsSync(join(root, path))) return true;
      return anchor !== undefined && !anchorsOf(read(path || name)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it("names files of this repository that exist", () => {
    const paths = inlineCode(markdown)
      .filter((code) => /^(\.?[\w-]+\/)+[\w.*-]*$/.test(code) || /^\.[\w-]+\.cjs$/.test(code))
      .filter((code) => /^(src|test|build|docs|templates|generators|\.)/.test(code))
      .filter((code) => !notInGit.test(code))
      .map((code) => code.replace(/\/[^/]*\*.*$/, ""));
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    if (name === "CONTRIBUTING.md") expect(paths.length).toBeGreaterThan(10);
  });
});
