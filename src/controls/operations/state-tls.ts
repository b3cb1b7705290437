import { control, terraform } from "../control.ts";
import { bucketStatements, forbids, onlyIf, stateBuckets } from "../evidence/state.ts";
import { withoutStateBucket } from "../reasons.ts";

const EVERYTHING = { actions: ["s3:*"], bucket: true, objects: true };

export default control({
  id: "operations.state-tls",
  title: "The state bucket refuses requests without TLS, and with TLS older than 1.2",
  why: "A request in the clear carries state and signature to whoever is on the way.",
  severity: "medium",
  mapping: { securityHub: ["S3.5"], checkov: ["CKV_AWS_379"] },
  notApplicable: withoutStateBucket,
  evidence: [
    terraform((subject, probe) => {
      for (const where of stateBuckets(subject, probe))
        for (const { statements, policy } of bucketStatements(probe, where)) {
          const refusals = statements.filter((each) => forbids(each, where.bucket, EVERYTHING));
          probe.that(
            refusals.some((each) =>
              onlyIf(each, "Bool", "aws:SecureTransport", (values) =>
                values.every((value) => value === "false"),
              ),
            ),
            policy.placeOf("policy"),
            `${policy.address}: no statement refuses every request without TLS to everyone`,
            where.root.path,
          );
          probe.that(
            refusals.some((each) =>
              onlyIf(each, "NumericLessThan", "s3:TlsVersion", (values) =>
                values.every((value) => Number(value) >= 1.2),
              ),
            ),
            policy.placeOf("policy"),
            `${policy.address}: no statement refuses every request with TLS older than 1.2 to everyone`,
            where.root.path,
          );
        }
    }),
  ],
  fix: "Let the bucket's policy deny s3:* to everyone where aws:SecureTransport is false and where s3:TlsVersion is below 1.2.",
  mutants: [
    {
      title: "The refusal holds for objects only",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace:
            '    sid       = "TlsOnly"\n    effect    = "Deny"\n    actions   = ["s3:*"]\n    resources = [local.bucket_arn, "${local.bucket_arn}/*"]',
          with: 'sid       = "TlsOnly"\n    effect    = "Deny"\n    actions   = ["s3:*"]\n    resources = ["${local.bucket_arn}/*"]',
        },
      ],
    },
    {
      title: "A refusal that may not be there",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: / {2}statement \{\n {4}sid {7}= "TlsOnly"([\s\S]*?)\n {2}\}\n/,
          with: '  dynamic "statement" {\n    for_each = var.strict ? [1] : []\n\n    content {\n      sid       = "TlsOnly"\n      effect    = "Deny"\n      actions   = ["s3:*"]\n      resources = [local.bucket_arn, "${local.bucket_arn}/*"]\n\n      principals {\n        type        = "*"\n        identifiers = ["*"]\n      }\n\n      condition {\n        test     = "Bool"\n        variable = "aws:SecureTransport"\n        values   = ["false"]\n      }\n    }\n  }\n',
        },
        {
          file: "modules/state-backend/main.bucket.tf",
          append: '\nvariable "strict" {\n  type = bool\n}\n',
        },
      ],
    },
    {
      title: "A refusal of everybody, or of one role",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: /(sid {7}= "TlsOnly"[\s\S]*?identifiers = )\["\*"\]/,
          with: 'sid       = "TlsOnly"\n    effect    = "Deny"\n    actions   = ["s3:*"]\n    resources = [local.bucket_arn, "${local.bucket_arn}/*"]\n\n    principals {\n      type        = "AWS"\n      identifiers = var.strict ? ["*"] : ["arn:aws:iam::111122223333:role/guest"]',
        },
        {
          file: "modules/state-backend/main.bucket.tf",
          append: '\nvariable "strict" {\n  type = bool\n}\n',
        },
      ],
    },
    {
      title: "TLS 1.0 is enough",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: 'values   = ["1.2"]',
          with: 'values   = ["1.0"]',
        },
      ],
    },
    {
      title: "A further condition lets most requests through",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: '      variable = "aws:SecureTransport"\n      values   = ["false"]\n    }\n',
          with: '      variable = "aws:SecureTransport"\n      values   = ["false"]\n    }\n\n    condition {\n      test     = "StringNotEquals"\n      variable = "aws:PrincipalAccount"\n      values   = [var.account_id]\n    }\n',
        },
      ],
    },
    {
      title: "Nobody is refused but one role",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: /sid {7}= "TlsOnly"[\s\S]*?type {8}= "\*"\n {6}identifiers = \["\*"\]/,
          with: 'sid       = "TlsOnly"\n    effect    = "Deny"\n    actions   = ["s3:*"]\n    resources = [local.bucket_arn, "${local.bucket_arn}/*"]\n\n    principals {\n      type        = "AWS"\n      identifiers = ["arn:aws:iam::111122223333:role/legacy"]',
        },
      ],
    },
  ],
});
