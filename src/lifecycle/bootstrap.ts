/** What an update changes in `bootstrap/`, which no pipeline applies. */
import { foldersOf } from "./addresses.ts";
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
  if (![...tree.keys()].some((path) => path.startsWith(`${ROOT}/`))) return [];
  const folders = foldersOf(tree, ROOT);
  const isOfIt = ({ path, action }: PlanItem): boolean =>
    action !== "none" &&
    /\.(tf|tfvars)$/.test(path) &&
    folders.has(path.split("/").slice(0, -1).join("/"));
  return items.some(isOfIt)
    ? [
        "run `scripts/bootstrap <account>` for each account before an environment is applied: bootstrap/ changes, and the pipeline, whose roles it makes, never applies it (docs/runbooks/bootstrap.md)",
      ]
    : [];
}
