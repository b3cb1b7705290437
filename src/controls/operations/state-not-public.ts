import { control, terraform } from "../control.ts";
import { is } from "../evidence/require.ts";
import { attached, bucketStatements, stateBuckets } from "../evidence/state.ts";
import { withoutStateBucket } from "../reasons.ts";

export default control({
  id: "operations.state-not-public",
  title: "Nothing can make the state bucket public, and its policy lets nobody in",
  why: "A public state is a plan of the whole platform with every secret in it, and buckets that open are found within minutes.",
  severity: "critical",
  mapping: {
    checkov: ["CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CKV_AWS_70", "CKV2_AWS_6"],
    trivy: ["AWS-0086", "AWS-0087", "AWS-0091", "AWS-0093", "AWS-0094"],
  },
  notApplicable: withoutStateBucket,
  evidence: [
    terraform((subject, probe) => {
      for (const where of stateBuckets(subject, probe)) {
        for (const block of attached(
          probe,
          where,
          "block of public access",
          "aws_s3_bucket_public_access_block",
        ))
          for (const name of [
            "block_public_acls",
            "block_public_policy",
            "ignore_public_acls",
            "restrict_public_buckets",
          ])
            probe.expect(block, name, is(true));
        // The account's own roles come in by IAM; the policy only takes away.
        for (const { statements, policy } of bucketStatements(probe, where))
          for (const { effect, sid, place } of statements)
            probe.that(
              effect === "Deny",
              place,
              `${policy.address}: statement ${sid || "without a name"} lets somebody into the state bucket`,
              where.root.path,
            );
      }
    }),
  ],
  fix: "Set all four flags of aws_s3_bucket_public_access_block to true, and let the bucket's policy only deny.",
  mutants: [
    {
      title: "Public policies are accepted",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: "block_public_policy     = true",
          with: "block_public_policy     = false",
        },
      ],
    },
    {
      title: "One flag by its default",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: "  restrict_public_buckets = true\n",
          with: "",
        },
      ],
    },
    {
      title: "Another account may read, by a document that is taken over",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: 'data "aws_iam_policy_document" "bucket" {\n',
          with: 'data "aws_iam_policy_document" "readers" {\n  statement {\n    sid       = "Readers"\n    actions   = ["s3:GetObject"]\n    resources = ["${local.bucket_arn}/*"]\n\n    principals {\n      type        = "AWS"\n      identifiers = ["arn:aws:iam::999999999999:root"]\n    }\n  }\n}\n\ndata "aws_iam_policy_document" "bucket" {\n  source_policy_documents = [data.aws_iam_policy_document.readers.json]\n\n',
        },
      ],
    },
    {
      title: "The block guards another bucket",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace:
            'resource "aws_s3_bucket_public_access_block" "state" {\n  bucket = aws_s3_bucket.state.id',
          with: 'resource "aws_s3_bucket_public_access_block" "state" {\n  bucket = "${local.bucket_name}-logs"',
        },
      ],
    },
  ],
});
