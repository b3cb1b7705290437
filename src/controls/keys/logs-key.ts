import { control, terraform } from "../control.ts";
import { isOwnAccount } from "../evidence/account.ts";
import { grantsOf, isServiceName, isUse, keysFor, keysIn } from "../evidence/keys.ts";
import { conditionOf, covers } from "../evidence/policy.ts";
import { ofType } from "../evidence/probe.ts";
import type { TerraformRoot } from "../evidence/subject.ts";
import { textsOf } from "../evidence/value.ts";

/** Whether an ARN names log groups of one of these clusters: the name in full, a wildcard only at the end. */
const isOurs = (root: TerraformRoot, clusters: readonly string[], arn: string): boolean => {
  const match = /^arn:[a-z-]+:logs:[a-z0-9-]+:([^:*?]+):log-group:([^:*?$]+)([:/]\*)?$/.exec(arn);
  return (
    match !== null &&
    isOwnAccount(root, match[1] ?? "") &&
    clusters.some((name) => match[2]?.split("/").includes(name))
  );
};

const CONTEXT = "kms:EncryptionContext:aws:logs:arn";

export default control({
  id: "keys.logs-key",
  title:
    "The logs key works only for CloudWatch Logs of the region, and for log groups of this cluster",
  why: "Without the encryption context, CloudWatch Logs would encrypt groups of any account with the key, and a reader of those could have ours decrypted.",
  severity: "medium",
  mapping: { nsaCisa: ["Audit logging and threat detection"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        const clusters = ofType(root, "aws_eks_cluster").flatMap((cluster) =>
          textsOf(cluster.get("name")),
        );
        for (const key of keysFor(probe, root, "logs")) {
          const uses = grantsOf(probe, root, key).filter(({ statement }) => isUse(statement));
          probe.that(
            uses.length > 0,
            key.placeOf("policy"),
            `${key.address}: nobody may use the key`,
            root.path,
          );
          const patterns = uses.flatMap(
            ({ statement }) =>
              conditionOf(statement, CONTEXT, (test) => /^Arn(Equals|Like)$/.test(test)) ?? [],
          );
          for (const group of ofType(root, "aws_cloudwatch_log_group"))
            if (keysIn(group.get("kms_key_id")).includes(key))
              for (const name of textsOf(group.get("name")))
                probe.that(
                  patterns.some((pattern) => covers(pattern.replace(/^.*:log-group:/, ""), name)),
                  key.placeOf("policy"),
                  `${key.address}: its policy does not let CloudWatch Logs write ${name} with it`,
                  root.path,
                );
          for (const { statement } of uses) {
            const name = `${key.address}: ${statement.sid || "a statement"}`;
            probe.that(
              statement.principals.length > 0 &&
                statement.notPrincipals.length === 0 &&
                statement.principals.every(
                  ({ type, identifiers }) =>
                    type === "Service" &&
                    identifiers.every((each) => isServiceName(each, root, "logs")),
                ),
              statement.place,
              `${name} lets others than CloudWatch Logs of this region use the key`,
              root.path,
            );
            const groups = conditionOf(statement, CONTEXT, (test) =>
              /^(Arn|String)(Equals|Like)$/.test(test),
            );
            probe.that(
              groups !== undefined &&
                groups.length > 0 &&
                groups.every((arn) => isOurs(root, clusters, arn)),
              statement.place,
              `${name} works for ${groups?.join(" and ") ?? "every log group"}, it must require kms:EncryptionContext:aws:logs:arn to be a log group of this cluster`,
              root.path,
            );
          }
        }
      }
    }),
  ],
  fix: "Allow logs.<region> alone, with ArnLike on kms:EncryptionContext:aws:logs:arn and the names of the cluster's groups.",
  mutants: [
    {
      title: "A name that no group of the cluster has: its logs are refused",
      edits: [
        {
          file: "environments/prod/main.keys.tf",
          replace: "log-group:/aws/eks/${local.name}/*",
          with: "log-group:/aws/eks/${local.name}/none/*",
        },
      ],
    },
    {
      title: "Every log group of the account",
      edits: [
        {
          file: "environments/prod/main.keys.tf",
          replace: "log-group:/aws/vpc/${local.name}/*",
          with: "log-group:*",
        },
      ],
    },
    {
      title: "Log groups of every cluster",
      edits: [
        {
          file: "environments/dev/main.keys.tf",
          replace: "log-group:/aws/eks/${local.name}/*",
          with: "log-group:/aws/eks/*",
        },
      ],
    },
    {
      title: "The condition is gone",
      edits: [
        {
          file: "modules/keys/main.logs.tf",
          replace: /\n {4}condition \{[^}]*\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "CloudTrail may use it too",
      of: "government",
      edits: [
        {
          file: "modules/keys/main.logs.tf",
          replace: '["logs.${var.region}.${var.dns_suffix}"]',
          with: '["logs.${var.region}.${var.dns_suffix}", "cloudtrail.amazonaws.com"]',
        },
      ],
    },
  ],
});
