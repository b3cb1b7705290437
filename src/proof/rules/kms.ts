/** AWS KMS. */
import { policy } from "./policy.ts";
import { between, either, keyArn, matches, oneOf, type Rules, roleArn } from "./rule.ts";

export const kms: Rules = {
  aws_kms_key: {
    values: {
      deletion_window_in_days: between("a deletion window in days", 7, 30),
      rotation_period_in_days: between("a rotation period in days", 90, 2560),
      key_usage: oneOf("a use of a key", [
        "ENCRYPT_DECRYPT",
        "SIGN_VERIFY",
        "GENERATE_VERIFY_MAC",
        "KEY_AGREEMENT",
      ]),
      customer_master_key_spec: oneOf("a kind of key", [
        "SYMMETRIC_DEFAULT",
        "RSA_2048",
        "RSA_3072",
        "RSA_4096",
        "HMAC_224",
        "HMAC_256",
        "HMAC_384",
        "HMAC_512",
        "ECC_NIST_P256",
        "ECC_NIST_P384",
        "ECC_NIST_P521",
        "ECC_SECG_P256K1",
        "ML_DSA_44",
        "ML_DSA_65",
        "ML_DSA_87",
        "SM2",
      ]),
      policy: policy("key"),
    },
    blocks: {
      "": (block, report) => {
        if (
          block.enable_key_rotation === false &&
          typeof block.rotation_period_in_days === "number"
        )
          report(["rotation_period_in_days"], {
            summary: "A rotation period without rotation",
            detail: "Write enable_key_rotation = true.",
          });
      },
    },
  },
  aws_kms_key_policy: { values: { policy: policy("key") } },
  aws_kms_alias: {
    values: {
      name: matches(
        "an alias",
        /^alias\/(?!aws\/)[a-zA-Z0-9/_-]+$/,
        'It begins with "alias/", then letters, digits, slashes, hyphens and underscores; "alias/aws/" is reserved.',
      ),
      name_prefix: matches(
        "the beginning of an alias",
        /^alias\/(?!aws\/)[a-zA-Z0-9/_-]+$/,
        'It begins with "alias/", then letters, digits, slashes, hyphens and underscores; "alias/aws/" is reserved.',
      ),
    },
    conflicts: [["name", "name_prefix"]],
  },
  aws_kms_grant: {
    values: {
      key_id: either(
        keyArn,
        matches("a key", /^(mrk-)?[0-9a-f-]{32,36}$/, "Give the id or the ARN of a key."),
      ),
      "operations*": oneOf("an operation of a grant", [
        "Decrypt",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyWithoutPlaintext",
        "ReEncryptFrom",
        "ReEncryptTo",
        "Sign",
        "Verify",
        "GetPublicKey",
        "CreateGrant",
        "RetireGrant",
        "DescribeKey",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
        "GenerateMac",
        "VerifyMac",
        "DeriveSharedSecret",
      ]),
    },
  },
  aws_ebs_default_kms_key: { values: { key_arn: keyArn } },
  aws_iam_service_linked_role: {
    values: {
      aws_service_name: matches(
        "the name of a service",
        /^[a-z0-9.-]+\.(amazonaws\.com|amazonaws\.com\.cn)$/,
        'It is written "autoscaling.amazonaws.com".',
      ),
    },
  },
  aws_ssm_parameter: {
    values: {
      type: oneOf("a type of parameter", ["String", "StringList", "SecureString"]),
      tier: oneOf("a tier", ["Standard", "Advanced", "Intelligent-Tiering"]),
    },
  },
  aws_secretsmanager_secret: {
    values: {
      // 0 deletes at once; otherwise the window of the API.
      recovery_window_in_days: either(
        oneOf("a recovery window", ["0"]),
        between("a recovery window in days", 7, 30),
      ),
      policy: policy("resource"),
    },
    conflicts: [["name", "name_prefix"]],
  },
  aws_backup_vault: { values: { kms_key_arn: keyArn } },
  aws_backup_selection: { values: { iam_role_arn: roleArn } },
};
