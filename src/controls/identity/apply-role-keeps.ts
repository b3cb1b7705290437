import { control, terraform } from "../control.ts";
import { grantedTo, labelOf, pipelineRolesOf } from "../evidence/iam.ts";
import { allows } from "../evidence/policy.ts";
import { withoutPipeline } from "../reasons.ts";

/** What cannot be made again, or switches off what would tell. */
const LOSSES = [
  "cloudtrail:DeleteTrail",
  "cloudtrail:StopLogging",
  "ec2:DeleteVpc",
  "ec2:DisableEbsEncryptionByDefault",
  "ec2:DisableSnapshotBlockPublicAccess",
  "eks:DeleteCluster",
  "guardduty:DeleteDetector",
  "guardduty:DeleteMembers",
  "guardduty:DisassociateFromAdministratorAccount",
  "guardduty:StopMonitoringMembers",
  "iam:DeleteOpenIDConnectProvider",
  "kms:DeleteImportedKeyMaterial",
  "kms:DisableKey",
  "kms:DisableKeyRotation",
  "kms:ScheduleKeyDeletion",
  "logs:DeleteLogGroup",
  "logs:DeleteLogStream",
  "logs:DeleteRetentionPolicy",
  "logs:DisassociateKmsKey",
  "s3:DeleteBucket",
  "s3:DeleteObjectVersion",
];

export default control({
  id: "identity.apply-role-keeps",
  title: "The pipeline cannot delete a cluster, a key, a log group or a detector",
  why: "One wrong plan that was approved in a hurry, or one stolen token, would take what no backup brings back: the key's data and the logs of how it happened.",
  severity: "high",
  mapping: { nsaCisa: ["Audit logging and threat detection"] },
  notApplicable: withoutPipeline,
  evidence: [
    terraform((subject, probe) => {
      for (const { root, apply } of pipelineRolesOf(probe, subject))
        for (const role of apply) {
          const grants = grantedTo(probe, subject, role);
          probe.that(
            grants.length > 0,
            role.place,
            `${role.address}: no policy of it is found`,
            root.path,
          );
          for (const { aws, statements = [], place } of grants) {
            if (aws !== undefined)
              probe.unresolved(
                place,
                `${role.address} has ${aws}: what it allows is not in this repository`,
                root.path,
              );
            for (const statement of statements) {
              const losses = LOSSES.filter((action) => allows(statement, action));
              probe.that(
                losses.length === 0,
                statement.placeOf("actions"),
                `${role.address}: ${labelOf(statement)} allows ${losses.join(", ")}`,
                root.path,
              );
            }
          }
        }
    }),
  ],
  fix: "Leave deleting these to a person with a role of his own (scripts/teardown).",
  mutants: [
    {
      title: "Clusters may be deleted",
      edits: [
        {
          file: "modules/ci-identity/main.write.tf",
          replace: '      "eks:DeleteAddon",\n',
          with: '      "eks:DeleteAddon",\n      "eks:DeleteCluster",\n',
        },
      ],
    },
    {
      title: "All that is called Delete of log groups",
      of: "bank",
      edits: [
        {
          file: "modules/ci-identity/main.write.tf",
          replace: '      "logs:CreateLogGroup",\n',
          with: '      "logs:CreateLogGroup",\n      "logs:Delete*",\n',
        },
      ],
    },
    {
      title: "The care for keys, by another policy that one account adds",
      of: "government",
      edits: [
        {
          file: "bootstrap/main.ci.tf",
          append: `
resource "aws_iam_role_policy" "keys" {
  name   = "keys"
  role   = reverse(split("/", module.ci.apply_role_arn))[0]
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["kms:ScheduleKeyDeletion"], Resource = "arn:\${local.partition}:kms:*:\${var.account_id}:key/*" }] })
}
`,
        },
      ],
    },
    {
      title: "A policy of AWS",
      edits: [
        {
          file: "modules/ci-identity/main.roles.tf",
          replace: "    guard    = aws_iam_policy.guard.arn\n",
          with: '    guard    = aws_iam_policy.guard.arn\n    eks      = "arn:${var.partition}:iam::aws:policy/AmazonEKSServicePolicy"\n',
        },
      ],
    },
  ],
});
