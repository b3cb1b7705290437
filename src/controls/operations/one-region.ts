import { control, terraform } from "../control.ts";
import { awsProviders } from "../evidence/providers.ts";
import { is } from "../evidence/require.ts";

export default control({
  id: "operations.one-region",
  title: "Every provider and every resource is in the region of the answers",
  why: "GuardDuty, default encryption and the alarms watch one region: what is built or switched on in another one is missing where the cluster runs.",
  severity: "high",
  mapping: {},
  evidence: [
    terraform((subject, probe) => {
      const region = subject.config?.region;
      if (region === undefined) return;
      for (const { provider } of awsProviders(subject, probe))
        probe.expect(provider, "region", is(region));
      // Version 6 of the provider knows an argument for it, too.
      for (const root of subject.roots)
        for (const resource of root.resources)
          if (
            resource.mode === "managed" &&
            resource.type.startsWith("aws_") &&
            resource.names().includes("region")
          )
            probe.expect(resource, "region", is(region));
    }),
  ],
  fix: "Set region = local.region in the provider, and make what belongs to another region in a repository of its own.",
  mutants: [
    {
      title: "The account's baseline in another region",
      edits: [
        {
          file: "accounts/prod/locals.tf",
          replace: /region( +)= ".*"/,
          with: 'region$1= "eu-west-3"'.replace("$1", "    "),
        },
      ],
    },
    {
      title: "A second provider, for the detector",
      edits: [
        {
          file: "accounts/prod/providers.tf",
          append: `
provider "aws" {
  alias  = "elsewhere"
  region = "eu-north-1"

  allowed_account_ids = [var.account_id]

  default_tags {
    tags = local.tags
  }
}
`,
        },
        {
          file: "accounts/prod/main.guardduty.tf",
          replace: '  source = "../../modules/guardduty"\n',
          with: '  source = "../../modules/guardduty"\n\n  providers = {\n    aws = aws.elsewhere\n  }\n',
        },
      ],
    },
    {
      title: "Default encryption by the region argument",
      of: "bank",
      edits: [
        {
          file: "modules/account-baseline/main.ec2.tf",
          replace: /(resource "aws_ebs_encryption_by_default" "[a-z]+" \{\n)/,
          with: 'resource "aws_ebs_encryption_by_default" "this" {\n  region = "us-west-1"\n',
        },
      ],
    },
    {
      title: "No region: whatever the shell says",
      of: "government",
      edits: [
        {
          file: "environments/prod/providers.tf",
          replace: "  region = local.region\n\n",
          with: "",
        },
      ],
    },
  ],
});
