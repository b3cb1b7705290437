import { planAccounts } from "../../blueprint/accounts.ts";
import type { Config } from "../../options/config.ts";
import { control, terraform } from "../control.ts";
import { awsProviders } from "../evidence/providers.ts";
import { shown } from "../evidence/require.ts";
import type { TerraformRoot } from "../evidence/subject.ts";
import { isKnown, textsOf } from "../evidence/value.ts";

/** Account ids that a root may be for; none where the answers do not say. */
function accountsOf(config: Config | undefined, { kind, name }: TerraformRoot): string[] {
  if (config === undefined) return [];
  const known = (ids: readonly (string | undefined)[]): string[] =>
    ids.filter((id) => id !== undefined);
  if (kind === "environment") return known([config.environments[name]?.accountId]);
  const plans = planAccounts(config, "aws");
  const own = kind === "account" ? plans.filter((plan) => plan.name === name) : plans;
  return known(own.map(({ accountId }) => accountId));
}

export default control({
  id: "operations.account-guard",
  title: "Every root works in its one account and refuses credentials of another",
  why: "A wrong profile in a shell would build or destroy production in the name of development, and the plan looks the same.",
  severity: "high",
  mapping: {},
  evidence: [
    terraform((subject, probe) => {
      for (const { root, provider } of awsProviders(subject, probe)) {
        const value = provider.get("allowed_account_ids");
        const ids = textsOf(value);
        const [id = ""] = ids;
        const place = provider.placeOf("allowed_account_ids");
        const expected = accountsOf(subject.config, root);
        // A data source would name the account of whatever credentials are there.
        const isOne = ids.length === 1 && (/^\d{12}$/.test(id) || id === "${var.account_id}");
        probe.that(
          isOne,
          place,
          `${root.path}: allowed_account_ids of ${provider.address} is ${shown(value)}, it must be the root's account id alone`,
          root.path,
        );
        if (isOne && isKnown(value) && expected.length > 0)
          probe.that(
            expected.includes(id),
            place,
            `${root.path}: allowed_account_ids of ${provider.address} is ${id}, hardened-eks.yaml says ${expected.join(" or ")}`,
            root.path,
          );
      }
    }),
  ],
  fix: "Set allowed_account_ids = [var.account_id] in every provider.",
  mutants: [
    {
      title: "No guard",
      edits: [
        {
          file: "environments/prod/providers.tf",
          replace: "  allowed_account_ids = [var.account_id]\n",
          with: "",
        },
      ],
    },
    {
      title: "The guard asks the credentials themselves",
      edits: [
        {
          file: "environments/prod/providers.tf",
          replace: "[var.account_id]",
          with: "[data.aws_caller_identity.current.account_id]",
        },
        {
          file: "environments/prod/providers.tf",
          append: '\ndata "aws_caller_identity" "current" {}\n',
        },
      ],
    },
    {
      title: "Two accounts",
      of: "bank",
      edits: [
        {
          file: "environments/prod/providers.tf",
          replace: "[var.account_id]",
          with: '[var.account_id, "111122223333"]',
        },
      ],
    },
    {
      title: "A second provider without a guard",
      edits: [
        {
          file: "environments/prod/providers.tf",
          append:
            '\nprovider "aws" {\n  alias  = "global"\n  region = "us-east-1"\n\n  default_tags {\n    tags = local.tags\n  }\n}\n',
        },
      ],
    },
  ],
});
