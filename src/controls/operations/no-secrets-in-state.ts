import { control, terraform } from "../control.ts";
import { ofType, type Probe } from "../evidence/probe.ts";
import { absent } from "../evidence/require.ts";
import type { TerraformRoot } from "../evidence/subject.ts";

/** Arguments that a state keeps in plain text; each has a write-only twin or a place outside of Terraform. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  aws_db_instance: ["password"],
  aws_rds_cluster: ["master_password"],
  aws_secretsmanager_secret_version: ["secret_string", "secret_binary"],
  aws_ssm_parameter: ["value", "insecure_value"],
};
/** What makes a secret and writes it down in the state. */
const MADE = ["random_password", "tls_private_key", "aws_iam_access_key"];

/** What reads a secret, which the state then holds, too. */
const READ = new Set([
  "aws_eks_cluster_auth",
  "aws_kms_secrets",
  "aws_secretsmanager_random_password",
  "aws_secretsmanager_secret_version",
  "aws_ssm_parameter",
  "aws_ssm_parameters_by_path",
]);

function look(probe: Probe, root: TerraformRoot): void {
  for (const [type, names] of Object.entries(KEPT))
    for (const resource of ofType(root, type))
      for (const name of names) probe.expect(resource, name, absent);
  for (const { mode, type, place, address } of root.resources)
    if (mode === "data" && READ.has(type))
      probe.wrong(place, `${address}: the state holds what it reads in plain text`, root.path);
  probe.none(root, "the state holds what it makes in plain text", ...MADE);
}

export default control({
  id: "operations.no-secrets-in-state",
  title: "No secret goes through Terraform, for its state would hold it in plain text",
  why: "Whoever may plan may read the state, the plan role of every run without a reviewer among them; what is in it once is in every older version of it.",
  severity: "high",
  mapping: {},
  evidence: [
    terraform((subject, probe) => {
      for (const root of subject.roots) look(probe, root);
    }),
  ],
  fix: "Make the secret in Secrets Manager, and let its workload read it; where Terraform has to set it, use the write-only argument (secret_string_wo, value_wo).",
  mutants: [
    {
      title: "A password as a parameter",
      edits: [
        {
          file: "environments/prod/main.addons.tf",
          append:
            '\nresource "aws_ssm_parameter" "database" {\n  name  = "/database/password"\n  type  = "SecureString"\n  value = var.admin_role_arns[0]\n}\n',
        },
      ],
    },
    {
      title: "A version of a secret",
      edits: [
        {
          file: "accounts/prod/main.baseline.tf",
          append:
            '\nresource "aws_secretsmanager_secret" "token" {\n  name = "token"\n}\n\nresource "aws_secretsmanager_secret_version" "token" {\n  secret_id     = aws_secretsmanager_secret.token.id\n  secret_string = jsonencode({ token = "unknown" })\n}\n',
        },
      ],
    },
    {
      title: "A secret that is read",
      edits: [
        {
          file: "environments/prod/main.addons.tf",
          append:
            '\ndata "aws_secretsmanager_secret_version" "database" {\n  secret_id = "database"\n}\n',
        },
      ],
    },
    {
      title: "A key that Terraform makes",
      edits: [
        {
          file: "modules/nodes/main.role.tf",
          append: '\nresource "tls_private_key" "node" {\n  algorithm = "ED25519"\n}\n',
        },
      ],
    },
  ],
});
