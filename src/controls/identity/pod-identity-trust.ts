import { control, terraform } from "../control.ts";
import { isOwnAccount } from "../evidence/account.ts";
import {
  isOpen,
  isPodIdentity,
  labelOf,
  modulesAlone,
  placeOfCondition,
  rolesIn,
  trustOf,
} from "../evidence/iam.ts";
import { exactly } from "../evidence/policy.ts";
import { ofType } from "../evidence/probe.ts";
import { is, orAbsent } from "../evidence/require.ts";
import type { TerraformRoot } from "../evidence/subject.ts";
import { textsOf } from "../evidence/value.ts";

const TAGS_ON = orAbsent(is(false));
const TAG = "aws:RequestTag/";

const isOneName = (value: string): boolean => !isOpen(value) && /^[a-z0-9][a-z0-9.-]*$/.test(value);
const isItsCluster = (root: TerraformRoot, value: string): boolean => {
  const names = ofType(root, "aws_eks_cluster").flatMap((cluster) => textsOf(cluster.get("name")));
  return names.length === 0 ? isOneName(value) : names.includes(value);
};

/** What the session must say, and what that has to be. */
const CONDITIONS: [string, string, (root: TerraformRoot, value: string) => boolean][] = [
  ["aws:SourceAccount", "this account", isOwnAccount],
  [`${TAG}eks-cluster-name`, "the cluster of this root", isItsCluster],
  [`${TAG}kubernetes-namespace`, "one namespace", (_, value) => isOneName(value)],
  [`${TAG}kubernetes-service-account`, "one service account", (_, value) => isOneName(value)],
];

export default control({
  id: "identity.pod-identity-trust",
  title: "EKS Pod Identity gets a role only for one service account of one cluster of this account",
  why: "EKS takes the role for every association that anyone in the account creates: whoever may associate in a test cluster would get the roles of production.",
  severity: "critical",
  mapping: { cisEks: ["5.2.1"], nsaCisa: ["Authentication and authorization"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of subject.roots) {
        for (const role of rolesIn(root))
          for (const statement of trustOf(probe, role)) {
            // Looked at, and not for Pod Identity.
            if (!isPodIdentity(statement)) probe.that(true, statement.place, "");
            else
              for (const [key, words, fits] of CONDITIONS) {
                const values = exactly(statement, key);
                probe.that(
                  values?.length === 1 && values.every((value) => fits(root, value)),
                  placeOfCondition(statement, key),
                  `${role.address}: ${labelOf(statement)} has ${values === undefined ? `no StringEquals on ${key}` : `${key} = ${values.join(", ")}`}, it must be ${words}`,
                  root.path,
                );
              }
          }
        // Without the tags the conditions have nothing to compare with.
        for (const association of ofType(root, "aws_eks_pod_identity_association"))
          probe.expect(association, "disable_session_tags", TAGS_ON);
      }
      // The module is there for further workloads, also where the add-ons make the associations of theirs.
      for (const { path, resources } of modulesAlone(subject))
        for (const association of resources)
          if (association.type === "aws_eks_pod_identity_association")
            probe.that(
              TAGS_ON.test(association.get("disable_session_tags")) !== false,
              association.placeOf("disable_session_tags"),
              `${association.address}: ${path} turns the session tags off`,
              path,
            );
    }),
  ],
  fix: "Compare aws:SourceAccount and the request tags eks-cluster-name, kubernetes-namespace and kubernetes-service-account by StringEquals, and keep the session tags on.",
  mutants: [
    {
      title: "Any cluster of the account",
      of: "bank",
      edits: [
        {
          file: "modules/pod-identity-role/main.role.tf",
          replace:
            / {4}condition \{\n {6}test {5}= "StringEquals"\n {6}variable = "aws:RequestTag\/eks-cluster-name"\n[^}]*\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "Every service account of the namespace",
      of: "bank",
      edits: [
        {
          file: "modules/pod-identity-role/main.role.tf",
          replace:
            /test {5}= "StringEquals"\n {6}variable = "aws:RequestTag\/kubernetes-service-account"\n {6}values {3}= \[var.service_account\]/,
          with: 'test     = "StringLike"\n      variable = "aws:RequestTag/kubernetes-service-account"\n      values   = ["*"]',
        },
      ],
    },
    {
      title: "The account of another environment",
      of: "bank",
      edits: [
        {
          file: "environments/prod/main.identities.tf",
          replace: "  account_id   = var.account_id",
          with: '  account_id   = "111122223333"',
        },
      ],
    },
    {
      title: "A role with AWS's bare example trust, in a repository that uses IRSA",
      edits: [
        {
          file: "environments/dev/main.identities.tf",
          append: `
resource "aws_iam_role" "reports" {
  name = "\${local.name}-reports"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "pods.eks.amazonaws.com" }
    }]
  })
}
`,
        },
      ],
    },
    {
      title: "An association without session tags",
      of: "bank",
      edits: [
        {
          file: "environments/prod/main.identities.tf",
          append: `
resource "aws_eks_pod_identity_association" "reports" {
  cluster_name         = module.cluster.name
  namespace            = "payments"
  service_account      = "reports"
  role_arn             = module.identity["efs-csi"].arn
  disable_session_tags = true
}
`,
        },
      ],
    },
  ],
});
