import { control, terraform } from "../control.ts";
import { absent } from "../evidence/require.ts";
import { stateBuckets } from "../evidence/state.ts";
import { Reference, textOf } from "../evidence/value.ts";
import { withoutStateBucket } from "../reasons.ts";

/** Each is another way to what the bucket holds, beside its own policy. */
const WAYS_OUT = [
  "aws_s3_access_point",
  "aws_s3_bucket_cors_configuration",
  "aws_s3_bucket_inventory",
  "aws_s3_bucket_notification",
  "aws_s3_bucket_replication_configuration",
  "aws_s3_bucket_website_configuration",
  "aws_s3_object_copy",
  "aws_s3control_multi_region_access_point",
  "aws_s3control_object_lambda_access_point",
];

/** Arguments of the bucket itself that say what resources of their own say, or the contrary. */
const OLD = [
  "acl",
  "cors_rule",
  "grant",
  "lifecycle_rule",
  "logging",
  "policy",
  "replication_configuration",
  "website",
];

export default control({
  id: "operations.state-stays-here",
  title: "The state bucket is copied nowhere, and has no second way in",
  why: "The states say everything about every cluster; a replica or an access point has a policy of its own, and the bucket's says nothing about it.",
  severity: "high",
  mapping: {},
  notApplicable: withoutStateBucket,
  evidence: [
    terraform((subject, probe) => {
      for (const { root, bucket } of stateBuckets(subject, probe)) {
        probe.none(root, "another way to the states than the bucket's own policy", ...WAYS_OUT);
        for (const argument of OLD) probe.expect(bucket, argument, absent);
      }
      // The bucket has a name, so any root can reach it.
      for (const root of subject.roots)
        for (const resource of root.resources) {
          if (resource.mode !== "managed" || !resource.type.startsWith("aws_s3_bucket_")) continue;
          const value = resource.get("bucket");
          const isKnown =
            value instanceof Reference ||
            (root.kind !== "bootstrap" && textOf(value) !== undefined);
          const isState = root.kind !== "bootstrap" && /tfstate/.test(textOf(value) ?? "");
          probe.that(
            isKnown && !isState,
            resource.placeOf("bucket"),
            `${resource.address}: ${isState ? "it belongs beside the bucket, in bootstrap/" : "the text does not say of which bucket it is"}`,
            root.path,
          );
        }
    }),
  ],
  fix: "Remove it; a backup of the states belongs into AWS Backup, in a vault of this account.",
  mutants: [
    {
      title: "A policy within the bucket's own block",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: "  bucket = local.bucket_name\n",
          with: '  bucket = local.bucket_name\n  policy = jsonencode({ Version = "2012-10-17", Statement = [] })\n',
        },
      ],
    },
    {
      title: "Its block of public access, loosened from another root",
      edits: [
        {
          file: "accounts/prod/main.baseline.tf",
          append:
            '\nresource "aws_s3_bucket_public_access_block" "states" {\n  bucket                  = "acme-platform-tfstate-${var.account_id}-us-east-1"\n  block_public_policy     = false\n  restrict_public_buckets = false\n}\n',
        },
      ],
    },
    {
      title: "A second policy, for a bucket that is put together",
      edits: [
        {
          file: "bootstrap/main.state.tf",
          append:
            '\nresource "aws_s3_bucket_policy" "reader" {\n  bucket = format("%s-tfstate-%s-us-east-1", local.name, var.account_id)\n  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::999999999999:root" }, Action = "s3:GetObject", Resource = "*" }] })\n}\n',
        },
      ],
    },
    {
      title: "A replica in another account",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          append:
            '\nresource "aws_s3_bucket_replication_configuration" "copy" {\n  bucket = aws_s3_bucket.state.id\n  role   = "arn:aws:iam::111122223333:role/replication"\n\n  rule {\n    status = "Enabled"\n\n    destination {\n      bucket  = "arn:aws:s3:::elsewhere"\n      account = "999999999999"\n    }\n  }\n}\n',
        },
      ],
    },
    {
      title: "An access point",
      edits: [
        {
          file: "bootstrap/main.state.tf",
          append:
            '\nresource "aws_s3_access_point" "states" {\n  bucket = "my-cluster-states"\n  name   = "states"\n}\n',
        },
      ],
    },
  ],
});
