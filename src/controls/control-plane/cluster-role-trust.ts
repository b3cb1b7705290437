import { control, terraform } from "../control.ts";
import { clustersOf } from "../evidence/cluster.ts";
import { resourceOf } from "../evidence/link.ts";
import { policyOf } from "../evidence/policy.ts";
import { refersTo } from "../evidence/require.ts";

export default control({
  id: "control-plane.cluster-role-trust",
  title: "Only EKS may assume the control plane's role",
  why: "The role manages interfaces and load balancers of the whole account and decrypts the secrets' key; a second principal holds all of that.",
  severity: "high",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  evidence: [
    terraform((subject, probe) => {
      for (const { root, cluster } of clustersOf(probe, subject)) {
        probe.expect(cluster, "role_arn", refersTo("aws_iam_role"));
        const role = resourceOf(cluster.get("role_arn"), "aws_iam_role");
        if (role === undefined) continue;
        const policy = policyOf(role, "assume_role_policy");
        if ("unresolved" in policy) {
          probe.unresolved(
            role.placeOf("assume_role_policy"),
            `${role.address}: its trust cannot be read: ${policy.unresolved}`,
            root.path,
          );
          continue;
        }
        const allowed = policy.statements.filter(({ effect }) => effect === "Allow");
        probe.that(
          allowed.length > 0,
          role.placeOf("assume_role_policy"),
          `${role.address}: nobody may assume it`,
          root.path,
        );
        for (const { principals, notPrincipals, actions, notActions, place } of allowed) {
          const names = principals.flatMap(({ type, identifiers }) =>
            identifiers.map((each) => `${type} ${each}`),
          );
          probe.that(
            notPrincipals.length === 0 &&
              names.length > 0 &&
              names.every((name) => name === "Service eks.amazonaws.com"),
            place,
            `${role.address}: it trusts ${names.join(", ") || "everyone but some"}, it must trust the service eks.amazonaws.com alone`,
            root.path,
          );
          probe.that(
            notActions.length === 0 &&
              actions.every((action) => ["sts:AssumeRole", "sts:TagSession"].includes(action)),
            place,
            `${role.address}: its trust allows ${actions.join(", ") || "all actions but some"}`,
            root.path,
          );
        }
      }
    }),
  ],
  fix: "Leave one statement in the trust: sts:AssumeRole for the service eks.amazonaws.com.",
  mutants: [
    {
      title: "EC2 may assume it too",
      edits: [
        {
          file: "modules/cluster/main.role.tf",
          replace: '["eks.amazonaws.com"]',
          with: '["ec2.amazonaws.com", "eks.amazonaws.com"]',
        },
      ],
    },
    {
      title: "A second statement for the account",
      edits: [
        {
          file: "modules/cluster/main.role.tf",
          replace: 'resource "aws_iam_role" "cluster" {',
          with: 'data "aws_iam_policy_document" "cluster_trust_all" {\n  source_policy_documents = [data.aws_iam_policy_document.cluster_trust.json]\n\n  statement {\n    actions = ["sts:AssumeRole"]\n\n    principals {\n      type        = "AWS"\n      identifiers = ["arn:${var.partition}:iam::111122223333:root"]\n    }\n  }\n}\n\nresource "aws_iam_role" "cluster" {',
        },
        {
          file: "modules/cluster/main.role.tf",
          replace: "= data.aws_iam_policy_document.cluster_trust.json",
          with: "= data.aws_iam_policy_document.cluster_trust_all.json",
        },
      ],
    },
    {
      title: "Everyone, written with jsonencode",
      edits: [
        {
          file: "modules/cluster/main.role.tf",
          replace: "= data.aws_iam_policy_document.cluster_trust.json",
          with: '= jsonencode({\n    Version   = "2012-10-17"\n    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" } }]\n  })',
        },
      ],
    },
  ],
});
