import { control, terraform } from "../control.ts";
import { awsProviders } from "../evidence/providers.ts";
import { present } from "../evidence/require.ts";

/** What leaves the way to AWS as it is. Everything else chooses who it is, whom it talks to, or what it looks away from. */
const PLAIN = [
  "alias",
  "allowed_account_ids",
  "default_tags",
  "max_retries",
  "region",
  "retry_mode",
  "use_dualstack_endpoint",
  "use_fips_endpoint",
];

export default control({
  id: "operations.provider-direct",
  title: "The provider talks to AWS itself, over verified TLS, as the role that was logged in",
  why: "A role that the provider takes on its own passes the pipeline's trust by, and an endpoint or a certificate authority of one's own reads every credential that goes through.",
  severity: "high",
  mapping: {},
  evidence: [
    terraform((subject, probe) => {
      for (const { root, provider } of awsProviders(subject, probe)) {
        probe.expect(provider, "region", present);
        for (const name of provider.names().filter((each) => !PLAIN.includes(each)))
          probe.wrong(
            provider.placeOf(name),
            `${root.path}: ${provider.address} sets ${name}`,
            root.path,
          );
      }
    }),
  ],
  fix: "Leave region, allowed_account_ids and default_tags in the provider, and take the role where the job logs in.",
  mutants: [
    {
      title: "Tags of a service that a plan no longer looks at",
      edits: [
        {
          file: "environments/dev/providers.tf",
          replace: "  region = local.region\n",
          with: '  region = local.region\n\n  ignore_tags {\n    keys = ["Project"]\n  }\n',
        },
      ],
    },
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
