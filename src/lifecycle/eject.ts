/** What still names the product in a repository that leaves it. */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A line that names the product. */
export interface Mention {
  path: string;
  line: number;
  text: string;
}

const MENTION = /create-hardened-eks|hardened-eks\.yaml|\.hardened-eks/;
const NOT_OURS = [".git", ".terraform", "node_modules", ".hardened-eks"];
const LARGE = 1024 * 1024;

const filesBelow = (directory: string, folder: string): string[] =>
  readdirSync(join(directory, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return NOT_OURS.includes(entry.name) ? [] : filesBelow(directory, path);
    return entry.isFile() ? [path] : [];
  });

/** Every line that names the product; large files are not looked into. */
export const mentionsIn = (directory: string): Mention[] =>
  filesBelow(directory, "").flatMap((path) => {
    const full = join(directory, path);
    if (lstatSync(full).size > LARGE) return [];
    return readFileSync(full, "utf8")
      .split("\n")
      .flatMap((text, index) =>
        MENTION.test(text) ? [{ path, line: index + 1, text: text.trim() }] : [],
      );
  });
