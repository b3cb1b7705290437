import { control, terraform } from "../control.ts";
import {
  claimOf,
  isOpen,
  isWebIdentity,
  labelOf,
  placeOfCondition,
  principalsOfType,
  rolesIn,
  trustOf,
} from "../evidence/iam.ts";
import { ofType } from "../evidence/probe.ts";

/** One service account, in full: IAM reads `*` and `?` literally here, but whoever writes them means more. */
const ONE = /^system:serviceaccount:[a-z0-9-]+:[a-z0-9.-]+$/;

export default control({
  id: "identity.irsa-subject",
  title:
    "A role that takes the cluster's tokens trusts exactly one service account of this cluster",
  why: "Without an exact subject any pod of the cluster exchanges its own token for the role and has the role's access to AWS.",
  severity: "critical",
  mapping: { cisEks: ["5.2.1"], nsaCisa: ["Authentication and authorization"] },
  evidence: [
    terraform((subject, probe) => {
      // The pipeline's roles, in bootstrap/, take tokens of another issuer: identity.pipeline-subject.
      for (const root of subject.roots.filter(({ kind }) => kind !== "bootstrap")) {
        const own = ofType(root, "aws_iam_openid_connect_provider").map(
          ({ address }) => `\${${address}.arn}`,
        );
        for (const role of rolesIn(root))
          for (const statement of trustOf(probe, role)) {
            for (const issuer of principalsOfType(statement, "Federated"))
              probe.that(
                own.includes(issuer),
                statement.placeOf("principals"),
                `${role.address}: ${labelOf(statement)} trusts the issuer ${issuer}, which is not the cluster of ${root.path}`,
                root.path,
              );
            const values = isWebIdentity(statement) ? claimOf(statement, "sub") : [];
            const [value = ""] = values ?? [];
            const place = placeOfCondition(statement, ":sub");
            const what = `${role.address}: ${labelOf(statement)}`;
            if (values === undefined)
              probe.wrong(
                place,
                `${what} has no StringEquals on the token's subject (sub)`,
                root.path,
              );
            else if (isWebIdentity(statement) && values.length !== 1)
              probe.wrong(
                place,
                `${what} lets ${values.length} subjects in: ${values.join(", ")}; it must be one`,
                root.path,
              );
            else if (values.some(isOpen))
              probe.unresolved(
                place,
                `${what} trusts ${value}, which cannot be resolved from the text`,
                root.path,
              );
            else
              probe.that(
                values.every((each) => ONE.test(each)),
                place,
                `${what} trusts ${value}, it must be one system:serviceaccount:NAMESPACE:NAME`,
                root.path,
              );
          }
      }
    }),
  ],
  fix: "Compare the issuer's sub with one system:serviceaccount:NAMESPACE:NAME by StringEquals.",
  mutants: [
    {
      title: "Every service account of the namespace",
      edits: [
        {
          file: "modules/irsa-role/main.role.tf",
          replace: '"system:serviceaccount:${var.namespace}:${var.service_account}"',
          with: '"system:serviceaccount:${var.namespace}:*"',
        },
      ],
    },
    {
      title: "An exact subject where somebody sets a variable",
      edits: [
        {
          file: "modules/irsa-role/main.role.tf",
          replace:
            '    condition {\n      test     = "StringEquals"\n      variable = "${var.oidc_issuer}:sub"\n      values   = ["system:serviceaccount:${var.namespace}:${var.service_account}"]\n    }\n',
          with: '    dynamic "condition" {\n      for_each = var.strict ? [1] : []\n\n      content {\n        test     = "StringEquals"\n        variable = "${var.oidc_issuer}:sub"\n        values   = ["system:serviceaccount:${var.namespace}:${var.service_account}"]\n      }\n    }\n',
        },
        {
          file: "modules/irsa-role/main.role.tf",
          append: '\nvariable "strict" {\n  type = bool\n}\n',
        },
      ],
    },
    {
      title: "Exact, or the contrary",
      edits: [
        {
          file: "modules/irsa-role/main.role.tf",
          replace: 'test     = "StringEquals"\n      variable = "${var.oidc_issuer}:sub"',
          with: 'test     = var.strict ? "StringEquals" : "StringNotEquals"\n      variable = "${var.oidc_issuer}:sub"',
        },
        {
          file: "modules/irsa-role/main.role.tf",
          append: '\nvariable "strict" {\n  type = bool\n}\n',
        },
      ],
    },
    {
      title: "StringLike instead of StringEquals",
      edits: [
        {
          file: "modules/irsa-role/main.role.tf",
          replace: /test {5}= "StringEquals"\n {6}variable = "\$\{var.oidc_issuer\}:sub"/,
          with: 'test     = "StringLike"\n      variable = "${var.oidc_issuer}:sub"',
        },
      ],
    },
    {
      title: "Tokens of a cluster of another account",
      of: "government",
      edits: [
        {
          file: "environments/prod/main.identities.tf",
          replace: "module.cluster.oidc_provider_arn",
          with: '"arn:aws-us-gov:iam::999988887777:oidc-provider/oidc.eks.us-gov-west-1.amazonaws.com/id/EXAMPLE"',
        },
        {
          file: "environments/prod/main.identities.tf",
          replace: "module.cluster.oidc_issuer",
          with: '"oidc.eks.us-gov-west-1.amazonaws.com/id/EXAMPLE"',
        },
      ],
    },
    {
      title: "A second role, written as JSON, that asks for the audience only",
      edits: [
        {
          file: "environments/prod/main.identities.tf",
          append: `
resource "aws_iam_role" "reports" {
  name = "\${local.name}-reports"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = module.cluster.oidc_provider_arn }
      Condition = { StringEquals = { "\${module.cluster.oidc_issuer}:aud" = "sts.amazonaws.com" } }
    }]
  })
}
`,
        },
      ],
    },
  ],
});
