import { control, terraform } from "../control.ts";
import { ofType } from "../evidence/probe.ts";
import { absent, atLeast, is, orAbsent } from "../evidence/require.ts";
import { bucketStatements, forbids, sparesNamedOnly, stateBuckets } from "../evidence/state.ts";
import { blocksOf, Reference, textsOf } from "../evidence/value.ts";
import { withoutStateBucket } from "../reasons.ts";

const LEAST_DAYS = 365;

export default control({
  id: "operations.state-history",
  title: "Nobody but the key's administrators can remove a version of a state",
  why: "Whoever steals the pipeline's role can write a bad state, but the good one before it must stay out of reach.",
  severity: "high",
  mapping: {},
  notApplicable: withoutStateBucket,
  evidence: [
    terraform((subject, probe) => {
      for (const where of stateBuckets(subject, probe)) {
        const { bucket, root } = where;
        probe.expect(bucket, "force_destroy", orAbsent(is(false)));
        for (const { statements, policy } of bucketStatements(probe, where))
          probe.that(
            statements.some(
              (each) =>
                forbids(each, bucket, {
                  actions: ["s3:DeleteBucket", "s3:DeleteObjectVersion"],
                  bucket: true,
                  objects: true,
                }) && sparesNamedOnly(each),
            ),
            policy.placeOf("policy"),
            `${policy.address}: no statement refuses s3:DeleteBucket and s3:DeleteObjectVersion to everyone but named roles`,
            root.path,
          );
        for (const lifecycle of ofType(root, "aws_s3_bucket_lifecycle_configuration")) {
          const of = lifecycle.get("bucket");
          if (of instanceof Reference && of.resource.address !== bucket.address) continue;
          for (const rule of blocksOf(lifecycle.get("rule"))) {
            if (textsOf(rule.status).every((status) => status === "Disabled")) continue;
            for (const expiration of blocksOf(rule.expiration))
              for (const name of ["days", "date"])
                probe.expectIn(lifecycle, expiration, `rule.expiration.${name}`, absent);
            for (const old of blocksOf(rule.noncurrent_version_expiration))
              probe.expectIn(
                lifecycle,
                old,
                "rule.noncurrent_version_expiration.noncurrent_days",
                atLeast(LEAST_DAYS),
              );
          }
        }
      }
    }),
  ],
  fix: "Let the bucket's policy deny s3:DeleteBucket and s3:DeleteObjectVersion to all but the key's administrators, and keep old versions a year.",
  mutants: [
    {
      title: "The refusal does not hold for versions",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: '      "s3:DeleteObjectVersion",\n',
          with: "",
        },
      ],
    },
    {
      title: "Every role is an administrator",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace:
            'test     = "ArnNotEquals"\n      variable = "aws:PrincipalArn"\n      values   = sort(var.key_admin_arns)',
          with: 'test     = "ArnNotLike"\n      variable = "aws:PrincipalArn"\n      values   = ["arn:aws:iam::*:role/*"]',
        },
      ],
    },
    {
      title: "S3 removes old versions after a week",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: "noncurrent_days           = 365",
          with: "noncurrent_days           = 7",
        },
      ],
    },
    {
      title: "S3 removes the states themselves",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: "expired_object_delete_marker = true",
          with: "days = 90",
        },
      ],
    },
  ],
});
