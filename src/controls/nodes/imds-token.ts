import { control, terraform } from "../control.ts";
import { ofType } from "../evidence/probe.ts";
import { is, refersTo } from "../evidence/require.ts";

export default control({
  id: "nodes.imds-token",
  title: "Instances answer metadata requests only with a session token (IMDSv2)",
  why: "With IMDSv1 one request that a server is tricked into making (SSRF) returns the credentials of the node's role.",
  severity: "critical",
  mapping: {
    securityHub: ["EC2.8", "EC2.170"],
    nsaCisa: ["Network separation and hardening"],
    checkov: ["CKV_AWS_79"],
    trivy: ["AWS-0028", "AWS-0130"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        for (const template of probe.some(root, "launch template", "aws_launch_template"))
          probe.expect(template, "metadata_options.http_tokens", is("required"));
        for (const instance of ofType(root, "aws_instance"))
          probe.expect(instance, "metadata_options.http_tokens", is("required"));
        // A group without a template of ours gets EKS's, which does not ask for a token.
        for (const group of probe.some(root, "managed node group", "aws_eks_node_group"))
          probe.expect(group, "launch_template.id", refersTo("aws_launch_template"));
      }
    }),
  ],
  fix: 'Set http_tokens = "required" in metadata_options of every launch template.',
  mutants: [
    {
      title: "IMDSv1 allowed again",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: 'http_tokens   = "required"',
          with: 'http_tokens   = "optional"',
        },
      ],
    },
    {
      title: "IMDSv1 hidden behind a variable that one environment sets",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: 'http_tokens   = "required"',
          with: "http_tokens   = var.metadata_tokens",
        },
        {
          file: "modules/nodes/variables.tf",
          append:
            '\nvariable "metadata_tokens" {\n  description = "Session tokens of the metadata service."\n  type        = string\n  nullable    = false\n  default     = "required"\n}\n',
        },
        {
          file: "environments/prod/main.nodes.tf",
          replace: "  tags               = local.tags\n",
          with: '  tags               = local.tags\n  metadata_tokens    = "optional"\n',
        },
      ],
    },
    {
      title: "The group uses no launch template of ours",
      edits: [
        {
          file: "modules/nodes/main.node-groups.tf",
          replace: / {2}launch_template \{[^}]*\}\n\n/,
          with: "",
        },
      ],
    },
  ],
});
