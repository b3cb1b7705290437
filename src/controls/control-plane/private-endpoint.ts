import { control, terraform } from "../control.ts";
import { is } from "../evidence/require.ts";

export default control({
  id: "control-plane.private-endpoint",
  title: "The Kubernetes API has a private endpoint and no public one",
  why: "A public endpoint lets everyone on the internet try stolen tokens and the next bug of the API server.",
  severity: "critical",
  mapping: {
    cisEks: ["5.4.1", "5.4.2"],
    securityHub: ["EKS.1"],
    nsaCisa: ["Network separation and hardening"],
    checkov: ["CKV_AWS_39"],
    trivy: ["AWS-0040"],
  },
  waivedBy: ["public-endpoint"],
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        for (const cluster of probe.some(root, "cluster", "aws_eks_cluster")) {
          // Both default to what is wrong here: public on, private off.
          probe.expect(cluster, "vpc_config.endpoint_public_access", is(false));
          probe.expect(cluster, "vpc_config.endpoint_private_access", is(true));
        }
    }),
  ],
  fix: "Set endpoint_private_access = true and endpoint_public_access = false.",
  mutants: [
    {
      title: "Public endpoint on",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "endpoint_public_access  = length(var.public_access_cidrs) > 0",
          with: "endpoint_public_access  = true",
        },
      ],
    },
    {
      title: "Public endpoint by its default",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "    endpoint_public_access  = length(var.public_access_cidrs) > 0\n",
          with: "",
        },
      ],
    },
    {
      title: "One environment opens its endpoint to a range",
      edits: [
        {
          file: "environments/prod/main.cluster.tf",
          replace: "  webhook_ports =",
          with: '  public_access_cidrs = ["198.51.100.0/24"]\n\n  webhook_ports =',
        },
      ],
    },
  ],
});
