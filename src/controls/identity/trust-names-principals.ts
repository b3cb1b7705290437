import { control, terraform } from "../control.ts";
import { isOpen, knownPart, labelOf, rolesIn, trustOf } from "../evidence/iam.ts";

/** AWS's services, by their own names. */
const SERVICE = /^[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|c2s\.ic\.gov|sc2s\.sgov\.gov)$/;
/** One user or role, in full. */
const PRINCIPAL = /^arn:[a-z-]+:iam::(\d{12})?:(user|role)\/[\w+=,.@/-]+$/;

export default control({
  id: "identity.trust-names-principals",
  title: "Every role names whom it trusts: no wildcard, and no account as a whole",
  why: "A role that trusts an account can be taken by whoever can write an IAM policy there, and one that trusts * by every AWS customer.",
  severity: "critical",
  mapping: {
    nsaCisa: ["Authentication and authorization"],
    checkov: ["CKV_AWS_60", "CKV_AWS_61"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of subject.roots)
        for (const role of rolesIn(root))
          for (const statement of trustOf(probe, role)) {
            const what = `${role.address}: ${labelOf(statement)}`;
            const place = statement.placeOf("principals");
            probe.that(
              statement.notPrincipals.length === 0 && statement.principals.length > 0,
              place,
              `${what} names nobody, or everybody but some`,
              root.path,
            );
            for (const { type, identifiers } of statement.principals)
              for (const identifier of identifiers) {
                const said = `${what} trusts ${type} ${identifier}`;
                if (type === "Federated")
                  probe.that(!knownPart(identifier).includes("*"), place, said, root.path);
                else if (type === "Service")
                  probe.that(
                    SERVICE.test(identifier),
                    place,
                    `${said}, which is no service of AWS by its own name`,
                    root.path,
                  );
                // A set of users or roles that is given from outside cannot be told here; its module validates it.
                else if (type === "AWS" && isOpen(identifier) && knownPart(identifier) === "")
                  probe.unresolved(
                    place,
                    `${said}, which cannot be resolved from the text`,
                    root.path,
                  );
                else
                  probe.that(
                    type === "AWS" && PRINCIPAL.test(knownPart(identifier)),
                    place,
                    `${said}, it must be one user or role`,
                    root.path,
                  );
              }
          }
    }),
  ],
  fix: "Name the service, the user or the role in full.",
  mutants: [
    {
      title: "The whole account beside the service",
      edits: [
        {
          file: "modules/flow-logs/main.role.tf",
          replace:
            '    principals {\n      type        = "Service"\n      identifiers = ["vpc-flow-logs.amazonaws.com"]\n    }\n',
          with: '    principals {\n      type        = "Service"\n      identifiers = ["vpc-flow-logs.amazonaws.com"]\n    }\n\n    principals {\n      type        = "AWS"\n      identifiers = ["arn:${var.partition}:iam::${var.account_id}:root"]\n    }\n',
        },
      ],
    },
    {
      title: "Everyone, in the JSON of the node role",
      edits: [
        {
          file: "modules/nodes/main.role.tf",
          replace: 'Principal = { Service = "ec2.${var.dns_suffix}" }',
          with: 'Principal = "*"',
        },
      ],
    },
    {
      title: "An account by its number, for a second role of the pipeline",
      of: "government",
      edits: [
        {
          file: "bootstrap/main.ci.tf",
          append: `
resource "aws_iam_role" "auditors" {
  name               = "\${local.name}-auditors"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "999988887777" } }] })
}
`,
        },
      ],
    },
  ],
});
