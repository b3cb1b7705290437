import { control, terraform } from "../control.ts";
import type { Condition, Statement } from "../evidence/policy.ts";
import { bucketStatements, forbids, onlyIf, stateBuckets } from "../evidence/state.ts";
import { withoutStateBucket } from "../reasons.ts";

const HEADER = "s3:x-amz-server-side-encryption";
const KEY = `${HEADER}-aws-kms-key-id`;
const KEY_OF_THE_CALLER = `${HEADER}-customer-algorithm`;

/** Refuses other values of a header in every request that asks for an encryption; one that does not gets the default. */
const refusesOthers =
  (header: string, isRight: (value: string) => boolean) =>
  ({ conditions }: Statement): boolean => {
    const compares = ({ test, variable, values }: Condition): boolean =>
      test === "StringNotEquals" &&
      variable.toLowerCase() === header &&
      values.length > 0 &&
      values.every(isRight);
    const asks = ({ test, variable, values }: Condition): boolean =>
      test === "Null" &&
      variable.toLowerCase() === HEADER &&
      values.every((value) => value === "false");
    return conditions.some(compares) && conditions.every((each) => compares(each) || asks(each));
  };

/** A key or an alias of this repository, or the alias as its backends write it. */
const isOwnKey = (value: string): boolean =>
  /^\$\{[^{}]*\baws_kms_(key|alias)\.[^{}]*\.arn\}$/.test(value) ||
  /^alias\/[\w/-]+-tfstate$/.test(value);

export default control({
  id: "operations.state-one-key",
  title: "The state bucket refuses an object that asks for another encryption or key than its own",
  why: "A backend with encrypt = true and without a key asks for AES256, and a stolen role for a key of its own: the state lies where our key does not guard it, or where only the thief can read it.",
  severity: "medium",
  mapping: {},
  notApplicable: withoutStateBucket,
  evidence: [
    terraform((subject, probe) => {
      for (const where of stateBuckets(subject, probe))
        for (const { statements, policy } of bucketStatements(probe, where)) {
          const puts = statements.filter((each) =>
            forbids(each, where.bucket, { actions: ["s3:PutObject"], objects: true }),
          );
          const refused = (what: string, test: (statement: Statement) => boolean): void => {
            probe.that(
              puts.some(test),
              policy.placeOf("policy"),
              `${policy.address}: no statement refuses everyone's s3:PutObject with ${what}`,
              where.root.path,
            );
          };
          refused(
            "another encryption than aws:kms",
            refusesOthers(HEADER, (value) => value === "aws:kms"),
          );
          refused("another KMS key than the bucket's", refusesOthers(KEY, isOwnKey));
          refused("a key that the caller brings along (SSE-C)", (statement) =>
            onlyIf(statement, "Null", KEY_OF_THE_CALLER, (values) =>
              values.every((value) => value === "false"),
            ),
          );
        }
    }),
  ],
  fix: "Let the bucket's policy deny s3:PutObject to everyone where s3:x-amz-server-side-encryption is not aws:kms, where s3:x-amz-server-side-encryption-aws-kms-key-id is not the state key, and with SSE-C.",
  mutants: [
    {
      title: "The refusal is gone",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: /\n {2}statement \{\n {4}sid {7}= "NoOtherEncryption"[\s\S]*?\n {2}\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "AES256 is fine as well",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: 'values   = ["aws:kms"]',
          with: 'values   = ["aws:kms", "AES256"]',
        },
      ],
    },
    {
      title: "Only requests that say nothing are refused, if they say something else",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace:
            'test     = "Null"\n      variable = "s3:x-amz-server-side-encryption"\n      values   = ["false"]',
          with: 'test     = "Null"\n      variable = "s3:x-amz-server-side-encryption"\n      values   = ["true"]',
        },
      ],
    },
    {
      title: "Any key of the account",
      of: "bank",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace:
            /test {5}= "StringNotEquals"\n {6}variable = "s3:x-amz-server-side-encryption-aws-kms-key-id"\n {6}values {3}= .*/,
          with: 'test     = "StringNotLike"\n      variable = "s3:x-amz-server-side-encryption-aws-kms-key-id"\n      values   = ["arn:${var.partition}:kms:${var.region}:${var.account_id}:key/*"]',
        },
      ],
    },
    {
      title: "A key of another account is fine as well",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: "aws_kms_alias.state.name, aws_kms_key.state.arn]",
          with: 'aws_kms_alias.state.name, aws_kms_key.state.arn, "arn:aws:kms:us-east-1:999988887777:key/0"]',
        },
      ],
    },
    {
      title: "A request that names no key passes, and gets the one of AWS",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace:
            /(variable = "s3:x-amz-server-side-encryption-aws-kms-key-id"\n {6}values {3}= .*\n {4}\}\n)[\s\S]*$/,
          with: `variable = "s3:x-amz-server-side-encryption-aws-kms-key-id"
      values   = [aws_kms_key.state.arn]
    }

    condition {
      test     = "Null"
      variable = "s3:x-amz-server-side-encryption-aws-kms-key-id"
      values   = ["false"]
    }
  }
}
`,
        },
      ],
    },
    {
      title: "The statement about the key does not reach the bucket",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: "policy = data.aws_iam_policy_document.bucket_with_key.json",
          with: "policy = data.aws_iam_policy_document.bucket.json",
        },
      ],
    },
    {
      title: "Keys of the caller are fine",
      of: "government",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: /\n {2}statement \{\n {4}sid {7}= "NoKeyOfTheCaller"[\s\S]*?\n {2}\}\n/,
          with: "",
        },
      ],
    },
  ],
});
