import { control, terraform } from "../control.ts";
import { isOwnAccount } from "../evidence/account.ts";
import {
  accountIn,
  allKeys,
  grantsOf,
  isThrough,
  isUse,
  rolesBoundIn,
  whoOf,
} from "../evidence/keys.ts";

export default control({
  id: "keys.no-account-wide-use",
  title: "No key policy lets everyone, or a whole account, use the key",
  why: "A wildcard opens the key to other accounts; kms:* for the account's root principal lets any IAM policy hand out kms:Decrypt, where no diff of this repository shows it.",
  severity: "critical",
  mapping: { securityHub: ["KMS.5"], checkov: ["CKV_AWS_33"] },
  evidence: [
    terraform((subject, probe) => {
      for (const { root, key } of allKeys(subject, probe))
        for (const { statement } of grantsOf(probe, root, key)) {
          const name = `${key.address}: ${statement.sid || "a statement"}`;
          const note = (ok: boolean, message: string): boolean =>
            probe.that(ok, statement.place, `${name} ${message}`, root.path);
          for (const { who, identifier } of whoOf(statement)) {
            if (who === "unknown")
              probe.unresolved(
                statement.place,
                `${name}: who ${identifier} is the text does not say`,
                root.path,
              );
            note(who !== "other", `names ${identifier}, which is no role, account or service`);
            note(
              who !== "anyone" || rolesBoundIn(statement) !== undefined,
              "lets everyone in, of every account: it must name principals",
            );
            if (who !== "account") continue;
            note(
              isOwnAccount(root, accountIn(identifier)),
              `lets ${identifier} in, which is another account`,
            );
            note(
              !isUse(statement) ||
                rolesBoundIn(statement) !== undefined ||
                isThrough(statement, root),
              `lets the whole account use the key: it must be bound to roles (aws:PrincipalArn) or to one service (kms:ViaService)`,
            );
          }
        }
    }),
  ],
  fix: "Name the roles or services that use the key, or bind the account with aws:PrincipalArn or kms:ViaService.",
  mutants: [
    {
      title: "The usual root statement",
      edits: [
        {
          file: "modules/keys/main.administration.tf",
          replace: /actions = \[\n {6}"kms:CreateAlias",[\s\S]*?\n {4}\]/,
          with: 'actions   = ["kms:*"]',
        },
      ],
    },
    {
      title: "The role is no longer asked for",
      edits: [
        {
          file: "modules/keys/main.secrets.tf",
          replace: /\n {4}condition \{\n {6}test {5}= "ArnEquals"[^}]*\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "Any role whose name begins so",
      edits: [
        {
          file: "environments/prod/main.keys.tf",
          replace: '"${local.role_arn_prefix}-cluster"',
          with: '"${local.role_arn_prefix}-*"',
        },
        {
          file: "modules/keys/main.secrets.tf",
          replace: 'test     = "ArnEquals"',
          with: 'test     = "ArnLike"',
        },
      ],
    },
    {
      title: "A policy beside the key, for everyone",
      edits: [
        {
          file: "modules/state-backend/main.key.tf",
          append:
            '\nresource "aws_kms_key_policy" "partners" {\n  key_id = aws_kms_key.state.id\n  policy = jsonencode({\n    Version = "2012-10-17"\n    Statement = [{\n      Effect    = "Allow"\n      Principal = { AWS = "*" }\n      Action    = ["kms:Decrypt"]\n      Resource  = "*"\n    }]\n  })\n}\n',
        },
      ],
    },
  ],
});
