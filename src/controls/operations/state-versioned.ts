import { control, terraform } from "../control.ts";
import { is } from "../evidence/require.ts";
import { attached, stateBuckets } from "../evidence/state.ts";
import { withoutStateBucket } from "../reasons.ts";

export default control({
  id: "operations.state-versioned",
  title: "Every version of a state is kept",
  why: "The version before a bad apply, or before a malicious one, is the only record of what is to be restored.",
  severity: "high",
  mapping: { checkov: ["CKV_AWS_21"], trivy: ["AWS-0090"] },
  notApplicable: withoutStateBucket,
  evidence: [
    terraform((subject, probe) => {
      for (const where of stateBuckets(subject, probe))
        for (const versioning of attached(probe, where, "versioning", "aws_s3_bucket_versioning"))
          probe.expect(versioning, "versioning_configuration.status", is("Enabled"));
    }),
  ],
  fix: 'Set status = "Enabled" in aws_s3_bucket_versioning of the state bucket.',
  mutants: [
    {
      title: "Suspended",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: '    status = "Enabled"\n  }\n}\n\nresource "aws_s3_bucket_server',
          with: '    status = "Suspended"\n  }\n}\n\nresource "aws_s3_bucket_server',
        },
      ],
    },
    {
      title: "Never set up",
      edits: [
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: /resource "aws_s3_bucket_versioning" "state" \{[\s\S]*?\n\}\n/,
          with: "",
        },
        {
          file: "modules/state-backend/main.bucket.tf",
          replace: "\n  depends_on = [aws_s3_bucket_versioning.state]\n",
          with: "",
        },
      ],
    },
    {
      title: "A second bucket for states, without versions",
      edits: [
        {
          file: "modules/state-backend/main.archive.tf",
          create:
            'resource "aws_s3_bucket" "archive" {\n  bucket = "${local.bucket_name}-archive"\n\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n',
        },
      ],
    },
  ],
});
