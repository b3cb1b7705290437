import { control, terraform } from "../control.ts";
import { bucketStatements, forbids, sparesNamedOnly, stateBuckets } from "../evidence/state.ts";
import { withoutStateBucket } from "../reasons.ts";

/** Each of these undoes what another Control of the bucket asks for. */
const CHANGES = [
  "s3:DeleteBucketPolicy",
  "s3:PutBucketLogging",
  "s3:PutBucketOwnershipControls",
  "s3:PutBucketPolicy",
  "s3:PutBucketPublicAccessBlock",
  "s3:PutBucketVersioning",
  "s3:PutEncryptionConfiguration",
  "s3:PutLifecycleConfiguration",
  "s3:PutReplicationConfiguration",
];

export default control({
  id: "operations.state-configuration",
  title: "Nobody but the key's administrators can change how the state bucket is guarded",
  why: "A lifecycle rule of one day removes every old state without a single deletion, and whoever may replace the bucket's policy is bound by none of it.",
  severity: "high",
  mapping: {},
  notApplicable: withoutStateBucket,
  evidence: [
    terraform((subject, probe) => {
      for (const where of stateBuckets(subject, probe))
        for (const { statements, policy } of bucketStatements(probe, where)) {
          const refusals = statements.filter(sparesNamedOnly);
          const open = CHANGES.filter(
            (action) =>
              !refusals.some((each) =>
                forbids(each, where.bucket, { actions: [action], bucket: true }),
              ),
          );
          probe.that(
            open.length === 0,
            policy.placeOf("policy"),
            `${policy.address}: no statement refuses ${open.join(", ")} to everyone but named roles`,
            where.root.path,
          );
        }
    }),
  ],
  fix: "Let the bucket's policy deny changes of its policy, versioning, lifecycle, encryption, ownership and public access to all but the key's administrators.",
  mutants: [
    {
      title: "A replica in somebody's account may be set up",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: '      "s3:PutReplicationConfiguration",\n',
          with: "",
        },
      ],
    },
    {
      title: "Anyone sets a lifecycle",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: '      "s3:PutLifecycleConfiguration",\n',
          with: "",
        },
      ],
    },
    {
      title: "Anyone takes the policy away",
      of: "bank",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: '      "s3:DeleteBucketPolicy",\n',
          with: "",
        },
      ],
    },
    {
      title: "It holds for the objects",
      of: "government",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: "    resources = [local.bucket_arn]\n",
          with: '    resources = ["${local.bucket_arn}/*"]\n',
        },
      ],
    },
    {
      title: "Every role of the project is an administrator",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace:
            /("s3:PutReplicationConfiguration",[\s\S]*?)test {5}= "ArnNotEquals"\n {6}variable = "aws:PrincipalArn"\n {6}values {3}= sort\(var\.key_admin_arns\)/,
          with: `"s3:PutReplicationConfiguration",
    ]
    resources = [local.bucket_arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "ArnNotLike"
      variable = "aws:PrincipalArn"
      values   = ["arn:\${var.partition}:iam::\${var.account_id}:role/\${var.name}-*"]`,
        },
      ],
    },
  ],
});
