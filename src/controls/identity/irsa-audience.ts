import { control, terraform } from "../control.ts";
import {
  claimOf,
  isWebIdentity,
  labelOf,
  placeOfCondition,
  rolesIn,
  trustOf,
} from "../evidence/iam.ts";

export default control({
  id: "identity.irsa-audience",
  title: "A role that takes the cluster's tokens takes only those made for AWS STS",
  why: "A token that a pod made for another service, such as Vault, could be replayed by that service to become the role.",
  severity: "high",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of subject.roots.filter(({ kind }) => kind !== "bootstrap"))
        for (const role of rolesIn(root))
          for (const statement of trustOf(probe, role)) {
            if (!isWebIdentity(statement)) {
              probe.that(true, statement.place, "");
              continue;
            }
            const values = claimOf(statement, "aud");
            probe.that(
              values?.length === 1 && values[0] === "sts.amazonaws.com",
              placeOfCondition(statement, ":aud"),
              `${role.address}: ${labelOf(statement)} asks for the audience ${values?.join(", ") ?? "of nobody (no StringEquals on aud)"}, it must be sts.amazonaws.com`,
              root.path,
            );
          }
    }),
  ],
  fix: "Compare the issuer's aud with sts.amazonaws.com by StringEquals.",
  mutants: [
    {
      title: "The audience does not count",
      edits: [
        {
          file: "modules/irsa-role/main.role.tf",
          replace:
            / {4}condition \{\n {6}test {5}= "StringEquals"\n {6}variable = "\$\{var.oidc_issuer\}:aud"\n[^}]*\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "A second audience, by a variable of one environment",
      edits: [
        {
          file: "modules/irsa-role/main.role.tf",
          replace: 'values   = ["sts.amazonaws.com"]',
          with: 'values   = concat(["sts.amazonaws.com"], var.audiences)',
        },
        {
          file: "modules/irsa-role/variables.tf",
          append:
            '\nvariable "audiences" {\n  description = "Further audiences."\n  type        = list(string)\n  nullable    = false\n  default     = []\n}\n',
        },
        {
          file: "environments/dev/main.identities.tf",
          replace: "  partition         = local.partition\n",
          with: '  partition         = local.partition\n  audiences         = ["vault"]\n',
        },
      ],
    },
    {
      title: "StringEqualsIfExists: a token without audience passes",
      of: "government",
      edits: [
        {
          file: "modules/irsa-role/main.role.tf",
          replace: /test {5}= "StringEquals"\n {6}variable = "\$\{var.oidc_issuer\}:aud"/,
          with: 'test     = "StringEqualsIfExists"\n      variable = "${var.oidc_issuer}:aud"',
        },
      ],
    },
  ],
});
