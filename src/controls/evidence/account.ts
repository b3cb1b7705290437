/** The account that a root works in. */
import { planAccounts } from "../../blueprint/accounts.ts";
import type { AccountPlan } from "../../blueprint/types.ts";
import { findRegion } from "../../catalog/index.ts";
import type { Subject, TerraformRoot } from "./subject.ts";
import { textsOf } from "./value.ts";

/** The accounts that the answers make roots for, with their environments. */
export function plannedAccounts({ config }: Subject): AccountPlan[] {
  const partition = findRegion(config?.region ?? "")?.partition;
  return config === undefined || partition === undefined ? [] : planAccounts(config, partition);
}

/** What the providers of a root say that its account is. */
export const accountIdsOf = (root: TerraformRoot): string[] =>
  root.settings
    .filter(({ mode, type }) => mode === "provider" && type === "aws")
    .flatMap((provider) => textsOf(provider.get("allowed_account_ids")));

/** Whether a text is the id of the root's own account: its number, the variable that holds it, or the caller's. */
export function isOwnAccount(root: TerraformRoot, id: string): boolean {
  const allowed = accountIdsOf(root);
  return (
    allowed.includes(id) ||
    (allowed.length === 0 && /^(\d{12}|\$\{var\.account_id\})$/.test(id)) ||
    /^\$\{(module\..*)?data\.aws_caller_identity\.[^}]*\.account_id\}$/.test(id)
  );
}
