import { control, terraform } from "../control.ts";
import { ofType } from "../evidence/probe.ts";
import { absent, is } from "../evidence/require.ts";
import { attached, stateBuckets } from "../evidence/state.ts";
import { withoutStateBucket } from "../reasons.ts";

export default control({
  id: "operations.state-no-acl",
  title: "The state bucket has no ACLs, and owns every object in it",
  why: "An ACL on one object lets another account in beside every policy, and whoever owns an object decides on it.",
  severity: "medium",
  mapping: {
    checkov: ["CKV_AWS_20", "CKV_AWS_57", "CKV_AWS_375", "CKV2_AWS_43"],
    trivy: ["AWS-0092"],
  },
  notApplicable: withoutStateBucket,
  evidence: [
    terraform((subject, probe) => {
      for (const where of stateBuckets(subject, probe)) {
        for (const name of ["acl", "grant"]) probe.expect(where.bucket, name, absent);
        for (const acl of ofType(where.root, "aws_s3_bucket_acl", "aws_s3_object_acl"))
          probe.wrong(
            acl.place,
            `${acl.address}: an ACL in the root of the state bucket`,
            where.root.path,
          );
        for (const ownership of attached(
          probe,
          where,
          "rule about who owns its objects",
          "aws_s3_bucket_ownership_controls",
        ))
          probe.expect(ownership, "rule.object_ownership", is("BucketOwnerEnforced"));
      }
    }),
  ],
  fix: 'Set object_ownership = "BucketOwnerEnforced", and remove every ACL.',
  mutants: [
    {
      title: "ACLs count again",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: '"BucketOwnerEnforced"',
          with: '"BucketOwnerPreferred"',
        },
      ],
    },
    {
      title: "The rule is gone, and an ACL is there",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace:
            /resource "aws_s3_bucket_ownership_controls" "state" \{\n {2}bucket = aws_s3_bucket.state.id\n\n {2}rule \{[^}]*\}\n\}/,
          with: 'resource "aws_s3_bucket_acl" "state" {\n  bucket = aws_s3_bucket.state.id\n  acl    = "authenticated-read"\n}',
        },
      ],
    },
  ],
});
