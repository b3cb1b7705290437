import { control, terraform } from "../control.ts";
import { isOwnAccount } from "../evidence/account.ts";
import { endpointsToCheck, isHeldTo, policiesOfEndpoint } from "../evidence/network.ts";
import type { Statement } from "../evidence/policy.ts";
import type { TerraformRoot } from "../evidence/subject.ts";
import { textsOf } from "../evidence/value.ts";

/** IRSA: the call carries a token instead of a signature, so there is no principal to hold; the role has to be ours. */
const isWebIdentityForOurRoles = (root: TerraformRoot, statement: Statement): boolean =>
  statement.actions.length > 0 &&
  statement.actions.every((action) => action === "sts:AssumeRoleWithWebIdentity") &&
  statement.resources.length > 0 &&
  statement.resources.every((resource) => {
    const account = /^arn:[a-z-]+:iam::([^:*?]+):role\//.exec(resource)?.[1];
    return account !== undefined && isOwnAccount(root, account);
  });

/** Services where everything that a cluster touches belongs to its account. */
const OURS_ONLY = /\.(eks|eks-auth|kms|logs|secretsmanager|sqs)$/;

export default control({
  id: "network.endpoint-policies",
  title: "Interface endpoints let identities of this account pass, and no others",
  why: "AWS's default policy lets anyone call anything: with credentials of an account of his own, brought into a pod, an attacker carries data out through the endpoint, past every egress rule.",
  severity: "high",
  mapping: { nsaCisa: ["Network separation and hardening"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        for (const endpoint of endpointsToCheck(subject, probe, root, "Interface")) {
          const ownOnly = textsOf(endpoint.get("service_name")).some((name) =>
            OURS_ONLY.test(name),
          );
          for (const statement of policiesOfEndpoint(probe, root, endpoint)) {
            if (isWebIdentityForOurRoles(root, statement)) continue;
            probe.that(
              isHeldTo(root, statement, "aws:PrincipalAccount"),
              statement.place,
              `${endpoint.address}: ${statement.sid || "a statement"} lets callers of other accounts pass, it must require aws:PrincipalAccount to be this account`,
              root.path,
            );
            probe.that(
              !ownOnly || isHeldTo(root, statement, "aws:ResourceAccount"),
              statement.place,
              `${endpoint.address}: ${statement.sid || "a statement"} reaches resources of other accounts, it must require aws:ResourceAccount to be this account`,
              root.path,
            );
          }
        }
    }),
  ],
  fix: "Give every Allow statement a StringEquals condition on aws:PrincipalAccount with this account's id.",
  mutants: [
    {
      title: "No policy: AWS's default lets everyone pass",
      edits: [
        {
          file: "modules/endpoints/main.interface.tf",
          replace:
            "  policy              = data.aws_iam_policy_document.interface[each.key].json\n",
          with: "",
        },
      ],
    },
    {
      title: "The condition holds also where the key is missing",
      edits: [
        {
          file: "modules/endpoints/main.interface.tf",
          replace: /test {5}= "StringEquals"\n {6}variable = "aws:PrincipalAccount"/,
          with: 'test     = "StringEqualsIfExists"\n      variable = "aws:PrincipalAccount"',
        },
      ],
    },
    {
      title: "A second statement for a partner",
      edits: [
        {
          file: "modules/endpoints/main.interface.tf",
          replace: "  # IRSA: this call",
          with: '  statement {\n    sid       = "Partner"\n    actions   = ["logs:PutLogEvents"]\n    resources = ["*"]\n\n    principals {\n      type        = "AWS"\n      identifiers = ["arn:aws:iam::999988887777:root"]\n    }\n  }\n\n  # IRSA: this call',
        },
      ],
    },
    {
      title: "Roles of every account by web identity",
      of: "government",
      edits: [
        {
          file: "modules/endpoints/main.interface.tf",
          replace: "arn:${var.partition}:iam::${var.account_id}:role/*",
          with: "arn:${var.partition}:iam::*:role/*",
        },
      ],
    },
  ],
});
