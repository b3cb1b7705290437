/** The account that a root works in. */
import type { TerraformRoot } from "./subject.ts";
import { textsOf } from "./value.ts";

/** Whether a text is the id of the root's own account: its number, the variable that holds it, or the caller's. */
export function isOwnAccount(root: TerraformRoot, id: string): boolean {
  const allowed = root.settings
    .filter(({ mode, type }) => mode === "provider" && type === "aws")
    .flatMap((provider) => textsOf(provider.get("allowed_account_ids")));
  return (
    allowed.includes(id) ||
    (allowed.length === 0 && /^(\d{12}|\$\{var\.account_id\})$/.test(id)) ||
    /^\$\{(module\..*)?data\.aws_caller_identity\.[^}]*\.account_id\}$/.test(id)
  );
}
