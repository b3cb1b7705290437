/** Addresses of Terraform in a render of ours, which is canonical: a block begins at the start of a line. */
import type { MergeTree } from "./pack.ts";

const BLOCK = /^(resource|module) "([^"]+)"(?: "([^"]+)")? \{$/gm;
const SOURCE = /^ {2}source\s*= "((?:\.\.\/)+modules\/[^"]+|\.\.\/[^"]+)"$/m;

interface Block {
  address: string;
  /** Directory of the module that it calls. */
  calls?: string;
}

const folderOf = (path: string): string => path.split("/").slice(0, -1).join("/");

function resolve(folder: string, source: string): string {
  const parts = folder.split("/");
  for (const part of source.split("/"))
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  return parts.join("/");
}

/** Blocks by directory. */
function blocksOf(tree: MergeTree): Map<string, Block[]> {
  const found = new Map<string, Block[]>();
  for (const [path, { contents }] of tree) {
    if (!path.endsWith(".tf")) continue;
    const folder = folderOf(path);
    const text = contents.toString("utf8");
    const blocks = found.get(folder) ?? [];
    for (const match of text.matchAll(BLOCK)) {
      const [whole, type, first, second] = match as unknown as [string, string, string, string];
      if (type === "resource") {
        blocks.push({ address: `${first}.${second}` });
        continue;
      }
      const body = text.slice(match.index + whole.length, text.indexOf("\n}", match.index));
      const source = SOURCE.exec(body)?.[1];
      blocks.push({
        address: `module.${first}`,
        ...(source === undefined ? {} : { calls: resolve(folder, source) }),
      });
    }
    found.set(folder, blocks);
  }
  return found;
}

/** Roots of a render: `environments/dev`, `accounts/main`, `bootstrap`. */
export const rootsOf = (tree: MergeTree): string[] =>
  [
    ...new Set(
      [...tree.keys()].flatMap(
        (path) =>
          /^(?:(?:environments|accounts)\/[^/]+|bootstrap)(?=\/[^/]+\.tf$)/.exec(path)?.[0] ?? [],
      ),
    ),
  ].sort();

/** Address of every resource and module call of a root, those of its modules too. Instances are not told apart. */
export function addressesOf(tree: MergeTree, root: string, blocks = blocksOf(tree)): Set<string> {
  const found = new Set<string>();
  const visit = (folder: string, prefix: string, depth: number): void => {
    for (const { address, calls } of blocks.get(folder) ?? []) {
      found.add(`${prefix}${address}`);
      if (calls !== undefined && depth < 8) visit(calls, `${prefix}${address}.`, depth + 1);
    }
  };
  visit(root, "", 0);
  return found;
}

/** Resources of each root of `before` that `after` does not have any more, by root. */
export function lostAddresses(before: MergeTree, after: MergeTree): Map<string, string[]> {
  const [old, now] = [blocksOf(before), blocksOf(after)];
  const lost = new Map<string, string[]>();
  for (const root of rootsOf(before)) {
    const left = addressesOf(after, root, now);
    const gone = [...addressesOf(before, root, old)].filter((address) => !left.has(address));
    if (gone.length > 0) lost.set(root, gone);
  }
  return lost;
}

/** Whether an address lies at or below another. */
export const isBelow = (address: string, at: string): boolean =>
  address === at || address.startsWith(`${at}.`);
