import { control, manifests, terraform } from "../control.ts";
import { GIVEN_PART } from "../evidence/iam.ts";
import { is, matches } from "../evidence/require.ts";
import { textsOf } from "../evidence/value.ts";

/** Groups that RBAC itself gives a meaning; EKS refuses them in access entries. */
const BUILT_IN = /^system:|^eks:/;

const A_ROLE = matches(
  new RegExp(`^(arn:[a-z-]+:iam::(\\d{12}|${GIVEN_PART}):role/[\\w+=,.@/-]+|${GIVEN_PART})$`),
  "be the ARN of one IAM role",
);

export default control({
  id: "identity.access-entries",
  title: "Only access entries, for IAM roles, let anyone into a cluster",
  why: "The aws-auth map and the creator's hidden admin right are seen by no IAM audit: who left keeps the cluster.",
  severity: "high",
  mapping: {
    cisEks: ["4.1.7"],
    nsaCisa: ["Authentication and authorization"],
    trivy: ["KSV-0115"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        for (const cluster of probe.some(root, "cluster", "aws_eks_cluster")) {
          probe.expect(cluster, "access_config.authentication_mode", is("API"));
          // It defaults to true.
          probe.expect(
            cluster,
            "access_config.bootstrap_cluster_creator_admin_permissions",
            is(false),
          );
        }
        for (const entry of probe.some(root, "access entry", "aws_eks_access_entry")) {
          probe.expect(entry, "principal_arn", A_ROLE);
          for (const group of textsOf(entry.get("kubernetes_groups")))
            probe.that(
              !BUILT_IN.test(group),
              entry.placeOf("kubernetes_groups"),
              `${entry.address}: the group ${group} is Kubernetes' own`,
              root.path,
            );
        }
        for (const { type, address, place } of root.resources)
          if (
            /^(kubernetes_config_map|kubernetes_config_map_v1_data|kubectl_manifest|aws_eks_identity_provider_config)/.test(
              type,
            )
          )
            probe.wrong(
              place,
              `${address}: a way into the cluster past the access entries`,
              root.path,
            );
      }
    }),
    manifests((subject, probe) => {
      for (const overlay of probe.overlays(subject))
        for (const { kind, name, namespace, place } of [...overlay.manifests, ...subject.engine])
          probe.that(
            !(kind === "ConfigMap" && name === "aws-auth"),
            place,
            `ConfigMap ${namespace ?? "kube-system"}/aws-auth lets roles into the cluster past the access entries`,
            overlay.path,
          );
    }),
  ],
  fix: 'Set authentication_mode = "API" and bootstrap_cluster_creator_admin_permissions = false, and name roles in admin_role_arns or access_entries.',
  mutants: [
    {
      title: "The map counts again",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: 'authentication_mode = "API"',
          with: 'authentication_mode = "API_AND_CONFIG_MAP"',
        },
      ],
    },
    {
      title: "The creator stays administrator by default",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "    bootstrap_cluster_creator_admin_permissions = false\n",
          with: "",
        },
      ],
    },
    {
      title: "An overlay brings the map",
      of: "bank",
      edits: [
        {
          file: "kubernetes/overlays/prod/aws-auth.yaml",
          create:
            'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: aws-auth\n  namespace: kube-system\ndata:\n  mapRoles: |\n    - rolearn: arn:aws:iam::777788889999:role/ops\n      groups: ["system:masters"]\n',
        },
        {
          file: "kubernetes/overlays/prod/kustomization.yaml",
          replace: "resources:\n",
          with: "resources:\n  - aws-auth.yaml\n",
        },
      ],
    },
    {
      title: "A user instead of a role",
      of: "government",
      edits: [
        {
          file: "environments/prod/main.cluster.tf",
          replace: "  admin_role_arns = var.admin_role_arns\n",
          with: '  admin_role_arns = concat(sort(var.admin_role_arns), ["arn:aws-us-gov:iam::111122223333:user/admin"])\n',
        },
      ],
    },
  ],
});
