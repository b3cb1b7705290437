import { control, terraform } from "../control.ts";
import { isOwnAccount } from "../evidence/account.ts";
import { exactly, isForAnyone, policyOf, type Statement } from "../evidence/policy.ts";
import { ofType, type Probe } from "../evidence/probe.ts";
import { is, orAbsent, type Requirement } from "../evidence/require.ts";
import type { TerraformRoot } from "../evidence/subject.ts";
import { blocksOf, leavesOf, placesOf, Reference, textOf } from "../evidence/value.ts";

/** Where a store says who may come in. */
const POLICIES = [
  "aws_backup_vault_policy",
  "aws_dynamodb_resource_policy",
  "aws_ecr_repository_policy",
  "aws_efs_file_system_policy",
  "aws_s3_bucket_policy",
  "aws_secretsmanager_secret",
  "aws_secretsmanager_secret_policy",
  "aws_sqs_queue",
  "aws_sqs_queue_policy",
];

/** What a database has to be, where one is made. */
const DATABASES: Readonly<Record<string, Readonly<Record<string, Requirement>>>> = {
  aws_db_instance: { publicly_accessible: orAbsent(is(false)), storage_encrypted: is(true) },
  aws_rds_cluster: { storage_encrypted: is(true) },
  aws_rds_cluster_instance: { publicly_accessible: orAbsent(is(false)) },
  aws_elasticache_replication_group: {
    at_rest_encryption_enabled: is(true),
    transit_encryption_enabled: is(true),
  },
};

/** Keys that say whose the caller is. */
const WHOSE = ["aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:SourceAccount", "aws:SourceArn"];

const isHeld = (statement: Statement): boolean =>
  WHOSE.some((key) => (exactly(statement, key) ?? []).some((value) => !/[*?]/.test(value)));

/** Accounts that a statement names, other than the root's. */
const strangers = (root: TerraformRoot, { principals }: Statement): string[] =>
  principals
    .filter(({ type }) => type === "AWS")
    .flatMap(({ identifiers }) => identifiers)
    .filter((identifier) => {
      const account = /^(?:arn:[^:]+:iam::)?(\d{12})(?::|$)/.exec(identifier)?.[1];
      return account !== undefined && !isOwnAccount(root, account);
    });

function checkPolicies(root: TerraformRoot, probe: Probe): void {
  for (const store of ofType(root, ...POLICIES)) {
    if ([undefined, null].includes(store.get("policy") as null | undefined)) continue;
    const policy = policyOf(store, "policy");
    if ("unresolved" in policy) {
      probe.unresolved(
        store.placeOf("policy"),
        `${store.address}: its policy cannot be read (${policy.unresolved})`,
        root.path,
      );
      continue;
    }
    for (const statement of policy.statements.filter(({ effect }) => effect === "Allow")) {
      probe.that(
        !isForAnyone(statement) || isHeld(statement),
        statement.place,
        `${store.address} is open to anyone: ${statement.actions.join(", ") || "all but some"}`,
        root.path,
      );
      const [stranger] = strangers(root, statement);
      probe.that(
        stranger === undefined,
        statement.place,
        `${store.address} is open to ${stranger}, of another account`,
        root.path,
      );
    }
  }
}

export default control({
  id: "operations.stores-closed",
  title:
    "Stores and queues beside the cluster are encrypted, and open to nobody outside of the account",
  why: "The cluster's data ends there: a queue for everyone or a database with a public address gives out what the private endpoint keeps in.",
  severity: "high",
  mapping: { securityHub: ["RDS.2", "RDS.3"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of subject.roots) {
        probe.checked += 1;
        checkPolicies(root, probe);
        for (const [type, wanted] of Object.entries(DATABASES))
          for (const database of ofType(root, type))
            for (const [name, requirement] of Object.entries(wanted))
              probe.expect(database, name, requirement);
        for (const plan of ofType(root, "aws_backup_plan"))
          for (const copy of blocksOf(plan.get("rule")).flatMap((rule) =>
            blocksOf(rule.copy_action),
          ))
            for (const vault of leavesOf(copy.destination_vault_arn)) {
              const account = /^arn:[^:]+:backup:[^:]*:([^:]+):/.exec(textOf(vault) ?? "")?.[1];
              probe.that(
                vault instanceof Reference ||
                  (account !== undefined && isOwnAccount(root, account)),
                placesOf(copy)?.self ?? plan.place,
                `${plan.address} copies to ${textOf(vault)}, which is not of this account`,
                root.path,
              );
            }
      }
    }),
  ],
  fix: "Name the roles of the account in the policy, encrypt the store, and take its public address away.",
  mutants: (
    [
      [
        "A queue for everyone",
        'resource "aws_sqs_queue" "orders" {\n  name   = "orders"\n  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "sqs:*", Resource = "*" }] })\n}',
      ],
      [
        "A secret for another account",
        'resource "aws_secretsmanager_secret" "orders" {\n  name   = "orders"\n  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::999999999999:root" }, Action = "secretsmanager:GetSecretValue", Resource = "*" }] })\n}',
      ],
      [
        "A database with a public address, in the clear",
        'resource "aws_db_instance" "orders" {\n  instance_class      = "db.t4g.small"\n  engine              = "postgres"\n  publicly_accessible = true\n}',
      ],
      [
        "Backups in another account",
        'resource "aws_backup_plan" "daily" {\n  name = "daily"\n\n  rule {\n    rule_name         = "daily"\n    target_vault_name = "daily"\n\n    copy_action {\n      destination_vault_arn = "arn:aws:backup:us-east-1:999999999999:backup-vault:copies"\n    }\n  }\n}',
      ],
    ] as const
  ).map(([title, text]) => ({
    title,
    of: "bank" as const,
    edits: [{ file: "environments/prod/main.workloads.tf", create: `${text}\n` }],
  })),
});
