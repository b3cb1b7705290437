import { control, terraform } from "../control.ts";
import {
  grantsOf,
  isGrant,
  isRole,
  isThrough,
  isUse,
  keysFor,
  rolesBoundIn,
  whoOf,
} from "../evidence/keys.ts";
import { ofType } from "../evidence/probe.ts";
import { resourcesIn, textsOf } from "../evidence/value.ts";

export default control({
  id: "keys.secrets-key",
  title: "The secrets key works for the cluster's role and through EKS, for nobody else",
  why: "Whoever may call kms:Decrypt on it reads every secret of the cluster from a snapshot or a backup of etcd, without asking the API server or its audit log.",
  severity: "high",
  mapping: { cisEks: ["5.3.1"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        const roles = ofType(root, "aws_eks_cluster").flatMap((cluster) =>
          resourcesIn(cluster.get("role_arn"), "aws_iam_role"),
        );
        const isClusterRole = (arn: string): boolean =>
          isRole(arn) &&
          roles.some(
            (role) =>
              arn === `\${${role.address}.arn}` ||
              textsOf(role.get("name")).some((name) => arn.endsWith(`:role/${name}`)),
          );
        for (const key of keysFor(probe, root, "Kubernetes API data")) {
          const grants = grantsOf(probe, root, key);
          for (const { statement } of grants) {
            if (!isUse(statement) && !isGrant(statement)) continue;
            const callers =
              rolesBoundIn(statement) ??
              whoOf(statement).map(({ who, identifier }) => (who === "role" ? identifier : ""));
            probe.that(
              callers.every(isClusterRole) || isThrough(statement, root, "eks"),
              statement.place,
              `${key.address}: ${statement.sid || "a statement"} lets others use the key than the cluster's role, and not only through EKS`,
              root.path,
            );
          }
          probe.that(
            grants.some(({ statement }) => isGrant(statement) || isUse(statement)),
            key.placeOf("policy"),
            `${key.address}: neither EKS nor the cluster's role may use the key`,
            root.path,
          );
        }
      }
    }),
  ],
  fix: "Bind each use to the cluster's role (aws:PrincipalArn) or to EKS (kms:ViaService).",
  mutants: [
    {
      title: "The administrators may decrypt",
      edits: [
        {
          file: "modules/keys/main.administration.tf",
          replace: '"kms:DisableKey",',
          with: '"kms:Decrypt",\n      "kms:DisableKey",',
        },
      ],
    },
    {
      title: "The nodes' role beside the cluster's",
      edits: [
        {
          file: "modules/keys/main.secrets.tf",
          replace: "[var.cluster_role_arn]",
          with: '[var.cluster_role_arn, replace(var.cluster_role_arn, "-cluster", "-node")]',
        },
      ],
    },
    {
      title: "Grants through EC2",
      edits: [
        {
          file: "modules/keys/main.secrets.tf",
          replace: "eks.${var.region}.${var.dns_suffix}",
          with: "ec2.${var.region}.${var.dns_suffix}",
        },
      ],
    },
    {
      title: "A statement for a backup role",
      of: "bank",
      edits: [
        {
          file: "modules/keys/main.secrets.tf",
          replace: "  # EKS checks the key with",
          with: '  statement {\n    sid       = "Backup"\n    actions   = ["kms:Decrypt"]\n    resources = ["*"]\n\n    principals {\n      type        = "AWS"\n      identifiers = ["arn:${var.partition}:iam::${var.account_id}:role/backup"]\n    }\n  }\n\n  # EKS checks the key with',
        },
      ],
    },
  ],
});
