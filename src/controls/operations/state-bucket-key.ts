import { control, terraform } from "../control.ts";
import { is, ownKey } from "../evidence/require.ts";
import { attached, stateBuckets } from "../evidence/state.ts";
import { withoutStateBucket } from "../reasons.ts";

export default control({
  id: "operations.state-bucket-key",
  title: "The state bucket encrypts with its own KMS key, through a bucket key",
  why: "Only a key of our own has a policy that keeps a role with s3:* out, and without a bucket key each object asks KMS alone, until it throttles.",
  severity: "high",
  mapping: { checkov: ["CKV_AWS_19", "CKV_AWS_145"], trivy: ["AWS-0132"] },
  notApplicable: withoutStateBucket,
  evidence: [
    terraform((subject, probe) => {
      for (const where of stateBuckets(subject, probe))
        for (const encryption of attached(
          probe,
          where,
          "encryption of its own",
          "aws_s3_bucket_server_side_encryption_configuration",
        )) {
          const defaults = "rule.apply_server_side_encryption_by_default";
          probe.expect(encryption, `${defaults}.sse_algorithm`, is("aws:kms"));
          probe.expect(encryption, `${defaults}.kms_master_key_id`, ownKey);
          probe.expect(encryption, "rule.bucket_key_enabled", is(true));
        }
    }),
  ],
  fix: 'Set sse_algorithm = "aws:kms", kms_master_key_id to the state key and bucket_key_enabled = true.',
  mutants: [
    {
      title: "S3's own encryption",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace:
            '      sse_algorithm     = "aws:kms"\n      kms_master_key_id = aws_kms_key.state.arn\n',
          with: '      sse_algorithm = "AES256"\n',
        },
      ],
    },
    {
      title: "AWS's key for S3",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: "      kms_master_key_id = aws_kms_key.state.arn\n",
          with: "",
        },
      ],
    },
    {
      title: "No bucket key",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: "    bucket_key_enabled = true\n",
          with: "    bucket_key_enabled = false\n",
        },
      ],
    },
  ],
});
