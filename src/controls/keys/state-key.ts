import { control, terraform } from "../control.ts";
import { grantsOf, isGrant, isThrough, isUse, keysFor } from "../evidence/keys.ts";
import { conditionOf } from "../evidence/policy.ts";
import { ofType } from "../evidence/probe.ts";
import { textsOf } from "../evidence/value.ts";

export default control({
  id: "keys.state-key",
  title: "The state key works through S3 only, and for objects of the state bucket only",
  why: "State holds every attribute in clear text; a copy of it in another bucket, or its ciphertext outside S3, stays closed to whoever stole a role that may plan.",
  severity: "high",
  mapping: {},
  notApplicable: ({ state }) =>
    state.backend === "local" ? "state lies in local files, there is no key for it" : undefined,
  evidence: [
    terraform((subject, probe) => {
      const roots = probe.bootstraps(subject);
      if (subject.from === "repository")
        probe.that(
          roots.length > 0,
          { file: "hardened-eks.yaml", line: 1 },
          "bootstrap/ is missing, which makes the bucket and the key of the states",
        );
      for (const root of roots) {
        const buckets = ofType(root, "aws_s3_bucket").flatMap((bucket) =>
          textsOf(bucket.get("bucket")),
        );
        for (const key of keysFor(probe, root, "state"))
          for (const { statement } of grantsOf(probe, root, key)) {
            const name = `${key.address}: ${statement.sid || "a statement"}`;
            if (isGrant(statement))
              probe.wrong(
                statement.place,
                `${name} allows kms:CreateGrant, which S3 does not need`,
                root.path,
              );
            if (!isUse(statement)) continue;
            const objects = conditionOf(statement, "kms:EncryptionContext:aws:s3:arn", (test) =>
              /^(Arn|String)(Equals|Like)$/.test(test),
            );
            probe.that(
              isThrough(statement, root, "s3"),
              statement.place,
              `${name} works outside S3, it must require kms:ViaService to be S3 of this region`,
              root.path,
            );
            probe.that(
              objects !== undefined &&
                objects.length > 0 &&
                objects.every((arn) =>
                  buckets.includes(/^arn:[a-z-]+:s3:::([^/]+)/.exec(arn)?.[1] ?? ""),
                ),
              statement.place,
              `${name} works for ${objects?.join(" and ") ?? "every object"}, it must require kms:EncryptionContext:aws:s3:arn to be the state bucket`,
              root.path,
            );
          }
      }
    }),
  ],
  fix: "Require kms:ViaService to be s3.<region>, and kms:EncryptionContext:aws:s3:arn to be the bucket.",
  mutants: [
    {
      title: "Outside S3 too",
      edits: [
        {
          file: "modules/state-backend/main.key.tf",
          replace:
            /\n {4}condition \{\n {6}test {5}= "StringEquals"\n {6}variable = "kms:ViaService"[\s\S]*?\n {4}\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "Every bucket",
      edits: [
        {
          file: "modules/state-backend/main.key.tf",
          replace: '[local.bucket_arn, "${local.bucket_arn}/*"]',
          with: '["arn:${var.partition}:s3:::*"]',
        },
      ],
    },
    {
      title: "A statement for the pipeline, without conditions",
      of: "bank",
      edits: [
        {
          file: "modules/state-backend/main.key.tf",
          replace: "  # Whoever IAM lets use",
          with: '  statement {\n    sid       = "Pipeline"\n    actions   = ["kms:Decrypt"]\n    resources = ["*"]\n\n    principals {\n      type        = "AWS"\n      identifiers = ["arn:${var.partition}:iam::${var.account_id}:role/${var.name}-plan"]\n    }\n  }\n\n  # Whoever IAM lets use',
        },
      ],
    },
  ],
});
