import { control, terraform } from "../control.ts";
import { is } from "../evidence/require.ts";

export default control({
  id: "nodes.imds-account-defaults",
  title:
    "Every instance launched in the account asks for a session token and answers within one hop unless it says otherwise",
  why: "An instance that somebody starts by hand has no launch template of this repository; with EC2's own defaults it is open to IMDSv1 and to its containers.",
  severity: "medium",
  mapping: { nsaCisa: ["Network separation and hardening"] },
  evidence: [
    terraform((subject, probe) => {
      for (const defaults of probe.accountWide(
        subject,
        "defaults of the metadata service",
        "aws_ec2_instance_metadata_defaults",
      )) {
        probe.expect(defaults, "http_tokens", is("required"));
        probe.expect(defaults, "http_put_response_hop_limit", is(1));
        probe.expect(defaults, "instance_metadata_tags", is("disabled"));
      }
    }),
  ],
  fix: 'In accounts/, set http_tokens = "required", http_put_response_hop_limit = 1 and instance_metadata_tags = "disabled" in aws_ec2_instance_metadata_defaults.',
  mutants: [
    {
      title: "IMDSv1 for what says nothing, set beside",
      edits: [
        {
          file: "environments/prod/main.nodes.tf",
          append:
            '\nresource "aws_ec2_instance_metadata_defaults" "this" {\n  http_tokens                 = "optional"\n  http_put_response_hop_limit = 2\n}\n',
        },
      ],
    },
    {
      title: "No preference about tokens",
      edits: [
        {
          file: "modules/account-baseline/main.ec2.tf",
          replace: 'http_tokens                 = "required"',
          with: 'http_tokens                 = "no-preference"',
        },
      ],
    },
    {
      title: "The defaults are gone",
      edits: [
        {
          file: "modules/account-baseline/main.ec2.tf",
          replace: /resource "aws_ec2_instance_metadata_defaults" "this" \{[^}]*\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "One account has no baseline",
      edits: [{ file: "accounts/prod/main.baseline.tf", remove: true }],
    },
  ],
});
