import { control, terraform } from "../control.ts";
import { awsProviders } from "../evidence/providers.ts";
import { absent, is, orAbsent } from "../evidence/require.ts";

/** Who it is, or whom it talks to, in another way than the rest of the pipeline knows. */
const DETOURS = [
  "assume_role",
  "assume_role_with_web_identity",
  "custom_ca_bundle",
  "ec2_metadata_service_endpoint",
  "endpoints",
  "http_proxy",
  "https_proxy",
  "profile",
  "shared_config_files",
  "shared_credentials_files",
  "sts_region",
];
const SKIPPED = [
  "insecure",
  "skip_credentials_validation",
  "skip_metadata_api_check",
  "skip_region_validation",
  "skip_requesting_account_id",
];

export default control({
  id: "operations.provider-direct",
  title: "The provider talks to AWS itself, over verified TLS, as the role that was logged in",
  why: "A role that the provider takes on its own passes the pipeline's trust by, and an endpoint or a certificate authority of one's own reads every credential that goes through.",
  severity: "high",
  mapping: {},
  evidence: [
    terraform((subject, probe) => {
      for (const { provider } of awsProviders(subject, probe)) {
        for (const name of DETOURS) probe.expect(provider, name, absent);
        for (const name of SKIPPED) probe.expect(provider, name, orAbsent(is(false)));
      }
    }),
  ],
  fix: "Leave region, allowed_account_ids and default_tags in the provider, and take the role where the job logs in.",
  mutants: [
    {
      title: "A role of its own",
      edits: [
        {
          file: "environments/prod/providers.tf",
          replace: "  region = local.region\n",
          with: '  region = local.region\n\n  assume_role {\n    role_arn = "arn:aws:iam::999999999999:role/deploy"\n  }\n',
        },
      ],
    },
    {
      title: "Certificates are not looked at",
      edits: [
        {
          file: "accounts/dev/providers.tf",
          replace: "  region = local.region\n",
          with: "  region   = local.region\n  insecure = true\n",
        },
      ],
    },
    {
      title: "Another STS",
      edits: [
        {
          file: "bootstrap/providers.tf",
          replace: "  region = local.region\n",
          with: '  region = local.region\n\n  endpoints {\n    sts = "https://sts.example"\n  }\n',
        },
      ],
    },
  ],
});
