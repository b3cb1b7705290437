import { control, terraform } from "../control.ts";
import { isSetOf } from "../evidence/require.ts";
import { Reference } from "../evidence/value.ts";

export default control({
  id: "identity.oidc-provider",
  title: "IAM believes only the cluster's own issuer, and only tokens made for AWS STS",
  why: "A second issuer, or a second audience, makes whoever runs it an issuer of this account's workload identities.",
  severity: "high",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        for (const provider of probe.some(
          root,
          "identity provider of the cluster",
          "aws_iam_openid_connect_provider",
        )) {
          const url = provider.get("url");
          probe.that(
            url instanceof Reference && url.resource.type === "aws_eks_cluster",
            provider.placeOf("url"),
            `${provider.address}: its url is not the issuer of the cluster of this root`,
            root.path,
          );
          probe.expect(provider, "client_id_list", isSetOf("sts.amazonaws.com"));
        }
      for (const root of subject.roots)
        for (const { mode, type, address, place } of root.resources)
          if (mode === "managed" && type === "aws_iam_saml_provider")
            probe.wrong(place, `${address}: a further issuer of identities`, root.path);
          else if (
            mode === "managed" &&
            type === "aws_iam_openid_connect_provider" &&
            (root.kind === "account" || root.kind === "other")
          )
            probe.wrong(
              place,
              `${address}: only environments/ and bootstrap/ have an issuer to trust`,
              root.path,
            );
    }),
  ],
  fix: 'Keep one provider per cluster, with client_id_list = ["sts.amazonaws.com"].',
  mutants: [
    {
      title: "A second audience",
      edits: [
        {
          file: "modules/cluster/main.oidc.tf",
          replace: '["sts.amazonaws.com"]',
          with: '["sts.amazonaws.com", "kubernetes.default.svc"]',
        },
      ],
    },
    {
      title: "A second provider for another issuer in one environment",
      edits: [
        {
          file: "environments/prod/main.oidc.tf",
          create:
            'resource "aws_iam_openid_connect_provider" "other" {\n  url            = "https://token.actions.githubusercontent.com"\n  client_id_list = ["sts.amazonaws.com"]\n}\n',
        },
      ],
    },
    {
      title: "The audience is a variable without a default",
      of: "startup",
      edits: [
        {
          file: "modules/cluster/main.oidc.tf",
          replace: '["sts.amazonaws.com"]',
          with: "var.audiences",
        },
        {
          file: "modules/cluster/variables.tf",
          append:
            '\nvariable "audiences" {\n  description = "Audiences."\n  type        = list(string)\n  nullable    = false\n}\n',
        },
        {
          file: "environments/prod/main.cluster.tf",
          replace: "  name               = local.name\n",
          with: "  name               = local.name\n  audiences          = var.audiences\n",
        },
        {
          file: "environments/dev/main.cluster.tf",
          replace: "  name               = local.name\n",
          with: '  name               = local.name\n  audiences          = ["sts.amazonaws.com"]\n',
        },
        {
          file: "environments/prod/variables.tf",
          append:
            '\nvariable "audiences" {\n  description = "Audiences."\n  type        = list(string)\n  nullable    = false\n}\n',
        },
      ],
    },
  ],
});
