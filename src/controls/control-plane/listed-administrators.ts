import { control, manifests, terraform } from "../control.ts";
import { associationsOf, clustersOf, isOfNamespaces } from "../evidence/cluster.ts";
import { data, items, ofKind } from "../evidence/kubernetes.ts";
import { givenAt } from "../evidence/link.ts";
import type { Probe } from "../evidence/probe.ts";
import type { TerraformRoot } from "../evidence/subject.ts";
import { type Resource, textsOf, Unknown } from "../evidence/value.ts";

const INPUT = "var.admin_role_arns";

/** The second one reads and writes everything in every namespace, secrets included. */
const administrationsOf = (root: TerraformRoot): Resource[] => [
  ...associationsOf(root, "AmazonEKSClusterAdminPolicy"),
  ...associationsOf(root, "AmazonEKSAdminPolicy").filter((each) => !isOfNamespaces(each)),
];

function administrators(root: TerraformRoot, listed: readonly string[], probe: Probe): void {
  for (const association of administrationsOf(root))
    for (const principal of textsOf(association.get("principal_arn")))
      probe.that(
        listed.includes(principal),
        givenAt(root, principal, association.placeOf("principal_arn")),
        `${association.address}: ${principal} has ${textsOf(association.get("policy_arn")).join()}, though admin_role_arns does not list it`,
        root.path,
      );
}

export default control({
  id: "control-plane.listed-administrators",
  title: "Only the roles in admin_role_arns of an environment administer its cluster",
  why: "The list is what is reviewed when people come and go; an administrator beside it is forgotten, or hidden on purpose.",
  severity: "high",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  evidence: [
    terraform((subject, probe) => {
      for (const { root } of clustersOf(probe, subject)) {
        const calls = root.settings.filter((each) => each.names().includes("admin_role_arns"));
        const listed = calls.flatMap((call) => {
          const value = call.get("admin_role_arns");
          const isInput =
            call.origin("admin_role_arns")?.text === INPUT ||
            (value instanceof Unknown && value.name === INPUT);
          probe.that(
            isInput,
            call.placeOf("admin_role_arns"),
            `${call.address}: admin_role_arns is not just ${INPUT} of ${root.path}`,
            root.path,
          );
          if (!isInput) return [];
          return value instanceof Unknown ? [`\${each of ${value.name}}`] : textsOf(value);
        });
        administrators(root, listed, probe);
        // EKS runs it, and gives its role an access entry that no file shows.
        probe.none(
          root,
          "it works in the cluster with rights that admin_role_arns does not list",
          "aws_eks_capability",
        );
      }
      // A cluster's name is enough to do it from another root.
      for (const root of subject.roots)
        if (root.kind !== "environment") administrators(root, [], probe);
    }),
    // A group of an access entry that RBAC makes cluster-admin comes to the same.
    manifests((subject, probe) => {
      for (const overlay of probe.overlays(subject)) {
        const bindings = ofKind(overlay, "ClusterRoleBinding").filter(
          ({ object }) =>
            data(object.roleRef).name === "cluster-admin" &&
            items(object.subjects).some((each) => data(each).kind !== "ServiceAccount"),
        );
        probe.that(
          bindings.length === 0,
          bindings[0]?.place ?? overlay.place,
          `${overlay.path}: ${bindings[0]?.name} gives cluster-admin to a user or group`,
          overlay.name,
        );
      }
    }),
  ],
  fix: "Put the role into admin_role_arns of the environment, or give it AmazonEKSEditPolicy or AmazonEKSViewPolicy for namespaces.",
  mutants: [
    {
      title: "Argo CD as a capability of EKS",
      edits: [
        {
          file: "modules/cluster/main.access.tf",
          append:
            '\nresource "aws_eks_capability" "argo" {\n  cluster_name              = aws_eks_cluster.this.name\n  capability_name           = "argo"\n  type                      = "ARGOCD"\n  role_arn                  = aws_iam_role.cluster.arn\n  delete_propagation_policy = "RETAIN"\n}\n',
        },
      ],
    },
    {
      title: "A further administrator in a file of the environment",
      edits: [
        {
          file: "environments/prod/main.extra.tf",
          create:
            'resource "aws_eks_access_entry" "vendor" {\n  cluster_name  = module.cluster.name\n  principal_arn = "arn:aws:iam::111122223333:role/vendor"\n}\n\nresource "aws_eks_access_policy_association" "vendor" {\n  cluster_name  = module.cluster.name\n  principal_arn = aws_eks_access_entry.vendor.principal_arn\n  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"\n\n  access_scope {\n    type = "cluster"\n  }\n}\n',
        },
      ],
    },
    {
      title: "An administrator among the further access entries",
      of: "bank",
      edits: [
        {
          file: "environments/dev/main.cluster.tf",
          replace: "  admin_role_arns = var.admin_role_arns\n",
          with: '  admin_role_arns = var.admin_role_arns\n\n  access_entries = {\n    vendor = {\n      principal_arn = "arn:aws:iam::111122223333:role/vendor"\n      access_policy = "AmazonEKSClusterAdminPolicy"\n    }\n  }\n',
        },
      ],
    },
    {
      title: "A team with everything in every namespace, from the account's root",
      edits: [
        {
          file: "accounts/prod/main.team.tf",
          create:
            'resource "aws_eks_access_policy_association" "team" {\n  cluster_name  = "acme-platform-prod"\n  principal_arn = "arn:aws:iam::111122223333:role/team"\n  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminPolicy"\n\n  access_scope {\n    type = "cluster"\n  }\n}\n',
        },
      ],
    },
    {
      title: "The list is lengthened on its way",
      of: "bank",
      edits: [
        {
          file: "environments/prod/main.cluster.tf",
          replace: "admin_role_arns = var.admin_role_arns",
          with: 'admin_role_arns = concat(tolist(var.admin_role_arns), ["arn:aws:iam::111122223333:role/vendor"])',
        },
      ],
    },
    {
      title: "RBAC makes a group of an access entry administrators",
      edits: [
        {
          file: "kubernetes/overlays/prod/team.yaml",
          create:
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: team\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: cluster-admin\nsubjects:\n  - apiGroup: rbac.authorization.k8s.io\n    kind: Group\n    name: team\n",
        },
        {
          file: "kubernetes/overlays/prod/kustomization.yaml",
          replace: "resources:\n",
          with: "resources:\n  - team.yaml\n",
        },
      ],
    },
  ],
});
