import { control, terraform } from "../control.ts";
import type { Statement } from "../evidence/policy.ts";
import { bucketStatements, forbids, stateBuckets } from "../evidence/state.ts";
import { withoutStateBucket } from "../reasons.ts";

const HEADER = "s3:x-amz-server-side-encryption";

/** Anything but KMS, where the request says anything at all: it then gets the bucket's default. */
const refusesOthers = ({ conditions }: Statement): boolean =>
  conditions.some(
    ({ test, variable, values }) =>
      test === "StringNotEquals" &&
      variable.toLowerCase() === HEADER &&
      values.every((value) => value === "aws:kms"),
  ) &&
  conditions.every(
    ({ test, variable, values }) =>
      variable.toLowerCase() === HEADER &&
      (test === "StringNotEquals" ||
        (test === "Null" && values.every((value) => value === "false"))),
  );

export default control({
  id: "operations.state-one-key",
  title: "The state bucket refuses an object that asks for another encryption than KMS",
  why: "A backend with encrypt = true and without a key asks for AES256, and the state is written where our key does not guard it.",
  severity: "medium",
  mapping: {},
  notApplicable: withoutStateBucket,
  evidence: [
    terraform((subject, probe) => {
      for (const where of stateBuckets(subject, probe))
        for (const { statements, policy } of bucketStatements(probe, where))
          probe.that(
            statements.some(
              (each) =>
                forbids(each, where.bucket, { actions: ["s3:PutObject"], objects: true }) &&
                refusesOthers(each),
            ),
            policy.placeOf("policy"),
            `${policy.address}: no statement refuses everyone's s3:PutObject with another encryption than aws:kms`,
            where.root.path,
          );
    }),
  ],
  fix: "Let the bucket's policy deny s3:PutObject to everyone where s3:x-amz-server-side-encryption is not aws:kms.",
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
  ],
});
