import { control, terraform } from "../control.ts";
import { clustersOf } from "../evidence/cluster.ts";
import { grantedTo } from "../evidence/iam.ts";
import { resourceOf } from "../evidence/link.ts";
import type { Statement } from "../evidence/policy.ts";

const CLUSTER_POLICY = "AmazonEKSClusterPolicy";
const KEY_ACTIONS = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants"];
const OWN_KEY = /^\$\{[^}]*aws_kms_key\.[^}]*\.arn\}$/;

const isForKeys = ({ effect, actions, notActions, resources, notResources }: Statement): boolean =>
  effect === "Deny" ||
  (notActions.length === 0 &&
    notResources.length === 0 &&
    actions.every((action) => KEY_ACTIONS.includes(action)) &&
    resources.length > 0 &&
    resources.every((resource) => OWN_KEY.test(resource)));

export default control({
  id: "control-plane.cluster-role-permissions",
  title:
    "The control plane's role has AmazonEKSClusterPolicy and the use of the secrets' key, nothing else",
  why: "AWS acts with this role in the account; what is added to it is there for every cluster of the account that names the role.",
  severity: "medium",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  evidence: [
    terraform((subject, probe) => {
      for (const { root, cluster } of clustersOf(probe, subject)) {
        const role = resourceOf(cluster.get("role_arn"), "aws_iam_role");
        if (role === undefined) {
          probe.unresolved(
            cluster.placeOf("role_arn"),
            `${cluster.address}: its role is not of this repository`,
            root.path,
          );
          continue;
        }
        const grants = grantedTo(probe, subject, role);
        probe.that(
          grants.some(({ aws }) => aws === CLUSTER_POLICY),
          role.place,
          `${role.address} lacks ${CLUSTER_POLICY}`,
          root.path,
        );
        for (const { aws, statements = [], place } of grants) {
          if (aws !== undefined)
            probe.that(aws === CLUSTER_POLICY, place, `${role.address} has ${aws}`, root.path);
          for (const statement of statements)
            probe.that(
              isForKeys(statement),
              statement.place,
              `${role.address} may ${statement.actions.join(", ") || "do all but some"} on ${statement.resources.join(", ") || "all but some"}`,
              root.path,
            );
        }
      }
    }),
  ],
  fix: "Take every other policy off the role; give what needs it a role of its own.",
  mutants: [
    {
      title: "Administrator",
      edits: [
        {
          file: "modules/cluster/main.role.tf",
          replace: "iam::aws:policy/AmazonEKSClusterPolicy",
          with: "iam::aws:policy/AdministratorAccess",
        },
      ],
    },
    {
      title: "A further policy, tied with the other resource type in another file",
      edits: [
        {
          file: "modules/cluster/main.extra.tf",
          create:
            'resource "aws_iam_policy_attachment" "ec2" {\n  name       = "ec2"\n  roles      = [aws_iam_role.cluster.name]\n  policy_arn = "arn:${var.partition}:iam::aws:policy/AmazonEC2FullAccess"\n}\n',
        },
      ],
    },
    {
      title: "Every key, and every use of it",
      edits: [
        {
          file: "modules/cluster/main.role.tf",
          replace: "resources = [var.secrets_key_arn]",
          with: 'resources = ["*"]',
        },
      ],
    },
    {
      title: "A policy from the account's root, by the role's name",
      edits: [
        {
          file: "accounts/prod/main.extra.tf",
          create:
            'resource "aws_iam_role_policy" "extra" {\n  name   = "extra"\n  role   = "acme-platform-prod-cluster"\n  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:PassRole", Resource = "*" }] })\n}\n',
        },
      ],
    },
  ],
});
