/** The migrations in their order, and what they make of one repository. */
import compareVersions from "semver/functions/compare.js";
import type { Data } from "../../options/paths.ts";
import { type Addresses, isBelow } from "../addresses.ts";
import { migration as v0_2_0 } from "./0.2.0.ts";
import { migration as v0_3_0 } from "./0.3.0.ts";
import type { Import, Migration, Move, Removal } from "./migration.ts";

/** All of them, the oldest first. */
export const migrations: readonly Migration[] = [v0_2_0, v0_3_0];

/** Those that lie between a repository's version and ours. */
export const migrationsSince = (
  version: string,
  all: readonly Migration[] = migrations,
): Migration[] => all.filter((each) => compareVersions(each.version, version) > 0);

/** The answers as the newest version names them. */
export const migrateConfig = (data: Data, since: readonly Migration[]): Data =>
  since.reduce((now, { config }) => config?.(now) ?? now, data);

const isOf = (root: string, kind: Move["root"]): boolean =>
  root === kind || root.startsWith(`${kind}/`);

const movedBlock = ({ from, to }: Move): string => `moved {\n  from = ${from}\n  to   = ${to}\n}\n`;

const removedBlock = ({ from, why }: Removal): string =>
  `# ${why}\nremoved {\n  from = ${from}\n\n  lifecycle {\n    destroy = false\n  }\n}\n`;

const importBlock = ({ to, id, why }: Import): string =>
  `# ${why}\nimport {\n  to = ${to}\n  id = ${id}\n}\n`;

/**
 * Files that carry a repository's state over: `moved` and `removed` blocks for what the older render had, and `import`
 * blocks for what the newer one has first.
 *
 * @returns path to text; nothing where the render never had what moved, and nothing is to be imported
 */
export function stateFiles(
  before: Addresses,
  after: Addresses,
  since: readonly Migration[],
): Map<string, string> {
  const files = new Map<string, string>();
  for (const [root, addresses] of before) {
    if (!after.has(root)) continue;
    // A later migration moves on from where an earlier one arrived.
    const had = [...addresses];
    for (const { version, summary, moved = [], removed = [], imported = [] } of since) {
      const moves = moved.filter(
        (move) => isOf(root, move.root) && had.some((address) => isBelow(address, move.from)),
      );
      const removals = removed.filter(
        (removal) =>
          isOf(root, removal.root) && had.some((address) => isBelow(address, removal.from)),
      );
      for (const { from, to } of moves)
        for (const [index, address] of had.entries())
          if (isBelow(address, from)) had[index] = to + address.slice(from.length);
      const imports = imported.filter(
        ({ root: kind, to }) =>
          isOf(root, kind) &&
          after.get(root)?.has(to) === true &&
          !had.some((address) => isBelow(address, to)),
      );
      if (moves.length + removals.length + imports.length === 0) continue;
      files.set(
        `${root}/moved.${version}.tf`,
        `# ${version}: ${summary}.\n# Delete this file when every state of this root has been applied with it.\n${[
          ...moves.map(movedBlock),
          ...removals.map(removedBlock),
          ...imports.map(importBlock),
        ].join("\n")}`,
      );
    }
  }
  return files;
}

/** A module call is nothing in AWS; what is in it is. */
const isResource = (address: string): boolean => address.split(".").at(-2) !== "module";

/** Resources that the newer render drops and that no migration answers for, by root: an apply would destroy them. */
export function unanswered(
  before: Addresses,
  after: Addresses,
  since: readonly Migration[],
): Map<string, string[]> {
  const left = new Map<string, string[]>();
  for (const [root, addresses] of before) {
    const now = after.get(root);
    const open = [...addresses].filter((address) => {
      if (now?.has(address) || !isResource(address)) return false;
      let at = address;
      const isAt = (each: Move | Removal): boolean =>
        isOf(root, each.root) && isBelow(at, each.from);
      for (const { moved = [], removed = [] } of since) {
        if (removed.some(isAt)) return false;
        const move = moved.find(isAt);
        if (move !== undefined) at = move.to + at.slice(move.from.length);
      }
      return !now?.has(at);
    });
    if (open.length > 0) left.set(root, open);
  }
  return left;
}
