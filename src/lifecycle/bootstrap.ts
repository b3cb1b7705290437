/** What an update changes in `bootstrap/`, which no pipeline applies. */
import { folderOf, foldersOf } from "./addresses.ts";
import type { PlanItem } from "./plan.ts";

const ROOT = "bootstrap";

/**
 * What to do before the environments are applied; nothing where the update leaves the root and its modules alone.
 *
 * @param tree the new render
 */
export function bootstrapSteps(
  items: readonly PlanItem[],
  tree: ReadonlyMap<string, { contents: string | Buffer }>,
): string[] {
  const changed = items.filter(
    ({ path, action }) => action !== "none" && /\.(tf|tfvars)$/.test(path),
  );
  const hasRoot = [...tree.keys()].some((path) => path.startsWith(`${ROOT}/`));
  if (changed.length === 0 || !hasRoot) return [];
  const folders = foldersOf(tree, ROOT);
  return changed.some(({ path }) => folders.has(folderOf(path)))
    ? [
        "run `scripts/bootstrap <account>` for each account before an environment is applied: bootstrap/ changes, and the pipeline, whose roles it makes, never applies it (docs/runbooks/bootstrap.md)",
      ]
    : [];
}
