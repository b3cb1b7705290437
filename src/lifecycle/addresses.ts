/** Addresses of Terraform in a render of ours, which is canonical: a block begins at the start of a line. */
/** Files of a render, in memory or unpacked. */
type Files = ReadonlyMap<string, { contents: string | Buffer }>;

/** Addresses of a render by root. */
export type Addresses = ReadonlyMap<string, ReadonlySet<string>>;

const BLOCK = /^(resource|module) "([^"]+)"(?: "([^"]+)")? \{\}?$/gm;
const SOURCE = /^ {2}source\s*= "((?:\.\.\/)+modules\/[^"]+|\.\.\/[^"]+)"$/m;

interface Block {
  address: string;
  /** Directory of the module that it calls. */
  calls?: string;
}

/** The folder of a path. */
export const folderOf = (path: string): string => path.split("/").slice(0, -1).join("/");

function resolve(folder: string, source: string): string {
  const parts = folder.split("/");
  for (const part of source.split("/"))
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  return parts.join("/");
}

/** What was found in a render, which is asked for more than once and does not change. */
const known = new WeakMap<Files, ReadonlyMap<string, readonly Block[]>>();

/** Blocks by directory. */
function blocksOf(tree: Files): ReadonlyMap<string, readonly Block[]> {
  const before = known.get(tree);
  if (before !== undefined) return before;
  const found = new Map<string, Block[]>();
  known.set(tree, found);
  for (const [path, { contents }] of tree) {
    if (!path.endsWith(".tf")) continue;
    const folder = folderOf(path);
    const text = contents.toString();
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

const ROOT = /^(?:(?:environments|accounts)\/[^/]+|bootstrap)(?=\/[^/]+\.tf$)/;

/**
 * Address of every resource and module call by root (`environments/dev`, `accounts/main`, `bootstrap`), those of its modules
 * too. Instances are not told apart.
 */
export function addressesOf(tree: Files): Addresses {
  const blocks = blocksOf(tree);
  const found = new Map<string, Set<string>>();
  const roots = [...tree.keys()].flatMap((path) => ROOT.exec(path)?.[0] ?? []);
  for (const root of [...new Set(roots)].sort()) {
    const addresses = new Set<string>();
    const visit = (folder: string, prefix: string, depth: number): void => {
      for (const { address, calls } of blocks.get(folder) ?? []) {
        addresses.add(`${prefix}${address}`);
        if (calls !== undefined && depth < 8) visit(calls, `${prefix}${address}.`, depth + 1);
      }
    };
    visit(root, "", 0);
    found.set(root, addresses);
  }
  return found;
}

/** Folders of Terraform that a root is made of: its own, and those of the modules that it calls. */
export function foldersOf(tree: Files, root: string): ReadonlySet<string> {
  const blocks = blocksOf(tree);
  const found = new Set<string>();
  const visit = (folder: string): void => {
    if (found.has(folder)) return;
    found.add(folder);
    for (const { calls } of blocks.get(folder) ?? []) if (calls !== undefined) visit(calls);
  };
  visit(root);
  return found;
}

/** Whether an address lies at or below another. */
export const isBelow = (address: string, at: string): boolean =>
  address === at || address.startsWith(`${at}.`);
