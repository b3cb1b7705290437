import { control, terraform } from "../control.ts";
import { accountIdsOf } from "../evidence/account.ts";
import { principalsOfType, rolesForPeople } from "../evidence/iam.ts";
import { grantsOf, KEY_TYPES } from "../evidence/keys.ts";
import { policyOf } from "../evidence/policy.ts";
import { ofType, type Probe } from "../evidence/probe.ts";
import type { Subject, TerraformRoot } from "../evidence/subject.ts";
import { type Place, textsOf } from "../evidence/value.ts";

const ACCOUNT = /^arn:[^:]+:iam::(\d{12}):/;

/** Everyone whom the answers name, for the whole or for one environment. */
const answered = ({ config }: Subject): Set<string> =>
  new Set([
    ...(config?.access.admins ?? []),
    ...Object.values(config?.environments ?? {}).flatMap(({ access }) => access?.admins ?? []),
  ]);

/** Accounts that the answers name. */
const accountsOf = ({ config }: Subject): string[] =>
  Object.values(config?.environments ?? {}).flatMap(({ accountId }) => accountId ?? []);

export default control({
  id: "identity.own-people",
  title:
    "Whoever administers clusters and keys, or breaks the glass, is of the account or named in the answers",
  why: "A number in an ARN decides whose employee it is: an administrator of another account is let in by rules that nobody here can read, and keeps the key when he leaves.",
  severity: "high",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  evidence: [
    terraform((subject, probe) => {
      const named = answered(subject);
      const accounts = accountsOf(subject);
      const check = (root: TerraformRoot, principal: string, place: Place, what: string): void => {
        const [, account] = ACCOUNT.exec(principal) ?? [];
        if (account === undefined) return;
        const isOwn =
          named.has(principal) ||
          accounts.includes(account) ||
          accountIdsOf(root).includes(account);
        probe.that(
          isOwn,
          place,
          `${what} ${principal}, of an account that neither the answers nor ${root.path} name`,
          root.path,
        );
      };
      for (const root of subject.roots) {
        probe.checked += 1;
        for (const entry of ofType(
          root,
          "aws_eks_access_entry",
          "aws_eks_access_policy_association",
        ))
          for (const principal of textsOf(entry.get("principal_arn")))
            check(root, principal, entry.placeOf("principal_arn"), `${entry.address} lets in`);
        // Whom the refusals of the state bucket spare.
        for (const policy of ofType(root, "aws_s3_bucket_policy")) {
          const read = policyOf(policy, "policy");
          for (const { conditions } of "statements" in read ? read.statements : [])
            for (const { variable, values, place } of conditions)
              if (variable.toLowerCase() === "aws:principalarn")
                for (const principal of values)
                  check(root, principal, place, `${policy.address} spares`);
        }
        for (const key of ofType(root, ...KEY_TYPES)) forKey(probe, root, key, check);
      }
      for (const { role, statement } of rolesForPeople(probe, subject)) {
        const root = subject.roots.find(({ path }) => path === role.root);
        if (root === undefined) continue;
        for (const person of principalsOfType(statement, "AWS"))
          check(root, person, statement.placeOf("principals"), `${role.address} trusts`);
      }
    }),
  ],
  fix: "Name the person's role under access.admins in hardened-eks.yaml, or set account_id of the root where it is of the same account.",
  mutants: [
    {
      title: "An administrator of somebody else, by default",
      edits: [
        {
          file: "environments/prod/variables.tf",
          replace: /(variable "admin_role_arns" \{\n[\s\S]*?nullable {4}= false\n)/,
          with: 'variable "admin_role_arns" {\n  type     = set(string)\n  nullable = false\n  default  = ["arn:aws:iam::999999999999:role/helper"]\n',
        },
      ],
    },
    {
      title: "One more, in a file that terraform reads by itself",
      of: "bank",
      edits: [
        {
          file: "environments/stage/more.auto.tfvars",
          create:
            'admin_role_arns = ["arn:aws:iam::111122223333:role/platform-admin", "arn:aws:iam::999999999999:role/helper"]\n',
        },
      ],
    },
    {
      title: "The state's key belongs to another account",
      edits: [
        {
          file: "bootstrap/prod.tfvars",
          append: '\nkey_admin_role_arns = ["arn:aws:iam::999999999999:role/helper"]\n',
        },
      ],
    },
    {
      title: "The state's history may be deleted from another account",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: "values   = sort(var.key_admin_arns)",
          with: 'values   = concat(sort(var.key_admin_arns), ["arn:aws:iam::999999999999:role/helper"])',
        },
      ],
    },
    {
      title: "Another account's user breaks the glass",
      edits: [
        {
          file: "accounts/prod/people.auto.tfvars",
          create: 'break_glass_user_arns = ["arn:aws:iam::999999999999:user/helper"]\n',
        },
      ],
    },
  ],
});

function forKey(
  probe: Probe,
  root: TerraformRoot,
  key: Parameters<typeof grantsOf>[2],
  check: (root: TerraformRoot, principal: string, place: Place, what: string) => void,
): void {
  for (const { statement } of grantsOf(probe, root, key)) {
    for (const principal of principalsOfType(statement, "AWS"))
      check(root, principal, statement.placeOf("principals"), `${key.address} is for`);
    for (const { variable, values, place } of statement.conditions)
      if (variable.toLowerCase() === "aws:principalarn")
        for (const principal of values) check(root, principal, place, `${key.address} is for`);
  }
}
