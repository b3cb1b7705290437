import { regions } from "../../catalog/index.ts";
import { control, terraform } from "../control.ts";
import { roleOf } from "../evidence/nodes.ts";
import { policyOf } from "../evidence/policy.ts";

/** EC2's name in each partition. */
const EC2: ReadonlySet<string> = new Set(regions.map(({ dnsSuffix }) => `ec2.${dnsSuffix}`));

export default control({
  id: "nodes.role-trust",
  title: "Only EC2 may take on the nodes' role",
  why: "Whoever else is trusted joins the cluster as a node, and reads every secret that the API hands to nodes.",
  severity: "high",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        for (const group of probe.some(root, "managed node group", "aws_eks_node_group")) {
          const role = roleOf(group);
          if (role === undefined) {
            probe.wrong(
              group.placeOf("node_role_arn"),
              `${group.address}: node_role_arn is no role of this repository, so whom it trusts is not known`,
              root.path,
            );
            continue;
          }
          const policy = policyOf(role, "assume_role_policy");
          if ("unresolved" in policy) {
            probe.unresolved(
              role.placeOf("assume_role_policy"),
              `${role.address}: assume_role_policy: ${policy.unresolved}`,
              root.path,
            );
            continue;
          }
          for (const statement of policy.statements)
            if (statement.effect === "Allow")
              probe.that(
                statement.notPrincipals.length === 0 &&
                  statement.notActions.length === 0 &&
                  statement.actions.every((action) => action === "sts:AssumeRole") &&
                  statement.principals.length > 0 &&
                  statement.principals.every(
                    ({ type, identifiers }) =>
                      type === "Service" &&
                      identifiers.length > 0 &&
                      identifiers.every((name) => EC2.has(name)),
                  ),
                statement.place,
                `${role.address}: the trust policy lets ${statement.principals.flatMap(({ identifiers }) => identifiers).join(", ") || "others"} ${statement.actions.join(", ")}, it must be ec2 and sts:AssumeRole alone`,
                root.path,
              );
        }
    }),
  ],
  fix: "Let the trust policy of the nodes' role name the service ec2 and sts:AssumeRole, nothing else.",
  mutants: [
    {
      title: "The whole account may take it on",
      edits: [
        {
          file: "modules/nodes/main.role.tf",
          replace: 'Principal = { Service = "ec2.${var.dns_suffix}" }',
          with: 'Principal = { Service = "ec2.${var.dns_suffix}", AWS = "arn:aws:iam::111122223333:root" }',
        },
      ],
    },
    {
      title: "A second statement for Lambda",
      edits: [
        {
          file: "modules/nodes/main.role.tf",
          replace: "    }]\n  })",
          with: '    }, {\n      Effect    = "Allow"\n      Action    = "sts:AssumeRole"\n      Principal = { Service = "lambda.amazonaws.com" }\n    }]\n  })',
        },
      ],
    },
    {
      title: "Pods get it through IRSA",
      edits: [
        {
          file: "modules/nodes/main.role.tf",
          replace:
            '      Action    = "sts:AssumeRole"\n      Principal = { Service = "ec2.${var.dns_suffix}" }',
          with: '      Action    = ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"]\n      Principal = { Service = "ec2.${var.dns_suffix}", Federated = "*" }',
        },
      ],
    },
  ],
});
