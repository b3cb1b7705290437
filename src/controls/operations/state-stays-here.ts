import { control, terraform } from "../control.ts";
import { stateBuckets } from "../evidence/state.ts";
import { withoutStateBucket } from "../reasons.ts";

/** Each is another way to what the bucket holds, beside its own policy. */
const WAYS_OUT = [
  "aws_s3_access_point",
  "aws_s3_bucket_cors_configuration",
  "aws_s3_bucket_inventory",
  "aws_s3_bucket_replication_configuration",
  "aws_s3_bucket_website_configuration",
  "aws_s3control_multi_region_access_point",
  "aws_s3control_object_lambda_access_point",
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
      for (const { root } of stateBuckets(subject, probe))
        probe.none(root, "another way to the states than the bucket's own policy", ...WAYS_OUT);
    }),
  ],
  fix: "Remove it; a backup of the states belongs into AWS Backup, in a vault of this account.",
  mutants: [
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
