/** Reads the project's own documents. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/run.ts";

export const names = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"];

export const read = (name: string): string => readFileSync(join(root, name), "utf8");

interface Block {
  language: string;
  text: string;
}

/** Fenced code blocks, outermost fences only. */
export function blocks(markdown: string): Block[] {
  return [...markdown.matchAll(/^(`{3,})(\w*)\n([\s\S]*?)^\1$/gm)].map(([, , language, text]) => ({
    language: language ?? "",
    text: text ?? "",
  }));
}

/** The text without fenced blocks. */
export const prose = (markdown: string): string =>
  markdown.replace(/^(`{3,})\w*\n[\s\S]*?^\1$/gm, "");

/** Inline code, without what stands in fenced blocks. */
export const inlineCode = (markdown: string): string[] =>
  [...prose(markdown).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code as string);

/** Commands of the shell blocks, one each. */
export const commands = (markdown: string): string[] =>
  blocks(markdown)
    .filter(({ language }) => language === "sh")
    .flatMap(({ text }) => text.trim().split(/\n|&&/))
    .map((command) => command.trim());
