import { control, terraform } from "../control.ts";
import { clustersOf } from "../evidence/cluster.ts";
import { nameOfRole, rolesIn } from "../evidence/iam.ts";
import { givenAt } from "../evidence/link.ts";
import { ofType } from "../evidence/probe.ts";
import { is, orAbsent } from "../evidence/require.ts";
import { leavesOf, textsOf, Unknown } from "../evidence/value.ts";

/** An account id or one that is given from outside; no wildcard, no `:root`, no user, no session. */
const ROLE =
  /^arn:(aws[a-z-]*|\$\{[\w.]+\}):iam::(\d{12}|\$\{[\w.]*account_id\}):role\/[^*?]+$|^\$\{each of var\.admin_role_arns\}$|^\$\{[^}]*aws_iam_role\.[^}]*\.arn\}$/;

/** EKS gives these to itself and to nodes. */
const RESERVED = /^(system|eks|aws|amazon|iam):/;

export default control({
  id: "control-plane.access-entry-principals",
  title: "Access entries name single IAM roles, none in a group that Kubernetes reserves",
  why: "A user's access keys never expire, a whole account as principal is everyone in it, and system:masters passes RBAC by.",
  severity: "high",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  evidence: [
    terraform((subject, probe) => {
      for (const { root } of clustersOf(probe, subject))
        probe.some(root, "access entry", "aws_eks_access_entry");
      const made = subject.roots.flatMap((root) => rolesIn(root).map(nameOfRole));
      for (const root of subject.roots)
        for (const entry of ofType(
          root,
          "aws_eks_access_entry",
          "aws_eks_access_policy_association",
        )) {
          const principals = textsOf(entry.get("principal_arn"));
          probe.that(
            principals.length > 0,
            entry.placeOf("principal_arn"),
            `${entry.address}: principal_arn is not known`,
            root.path,
          );
          const own = principals.find((principal) =>
            made.some((name) => principal.endsWith(`:role/${name}`)),
          );
          probe.that(
            own === undefined,
            entry.placeOf("principal_arn"),
            `${entry.address}: ${own} is a role of this repository's own: what a pod or a job may do in AWS, it could do in the cluster`,
            root.path,
          );
          for (const principal of principals)
            probe.that(
              ROLE.test(principal),
              givenAt(root, principal, entry.placeOf("principal_arn")),
              `${entry.address}: principal_arn is ${principal}, it must be the ARN of one IAM role`,
              root.path,
            );
          // The other types are the groups of nodes.
          probe.expect(entry, "type", orAbsent(is("STANDARD")));
          for (const argument of ["kubernetes_groups", "user_name"])
            for (const value of leavesOf(entry.get(argument)))
              if (value instanceof Unknown)
                probe.unresolved(
                  entry.placeOf(argument),
                  `${entry.address}: ${argument} is ${value.name}, which cannot be resolved from the text`,
                  root.path,
                );
              else
                for (const name of textsOf(value))
                  probe.that(
                    !RESERVED.test(name),
                    givenAt(root, name, entry.placeOf(argument)),
                    `${entry.address}: ${argument} holds ${name}`,
                    root.path,
                  );
        }
    }),
  ],
  fix: "Let the people assume a role, and name that role's ARN.",
  mutants: [
    {
      title: "A pod's role enters the cluster as a person does",
      edits: [
        {
          file: "environments/prod/main.cluster.tf",
          append:
            '\nresource "aws_eks_access_entry" "driver" {\n  cluster_name  = module.cluster.name\n  principal_arn = "${local.role_arn_prefix}-ebs-csi"\n  type          = "STANDARD"\n}\n',
        },
      ],
    },
    {
      title: "The account's root as administrator",
      of: "bank",
      edits: [
        {
          file: "environments/prod/variables.tf",
          replace: "arn:aws:iam::111122223333:role/platform-admin",
          with: "arn:aws:iam::111122223333:root",
        },
      ],
    },
    {
      title: "Every role of the account",
      of: "bank",
      edits: [
        {
          file: "environments/dev/terraform.tfvars",
          create: 'admin_role_arns = ["arn:aws:iam::111122223333:role/*"]\n',
        },
      ],
    },
    {
      title: "A role in the group of masters",
      edits: [
        {
          file: "environments/prod/main.cluster.tf",
          replace: "  webhook_ports =",
          with: '  access_entries = {\n    ops = {\n      principal_arn     = "arn:aws:iam::111122223333:role/ops"\n      kubernetes_groups = ["system:masters"]\n    }\n  }\n\n  webhook_ports =',
        },
      ],
    },
    {
      title: "A user's entry, written beside the module",
      edits: [
        {
          file: "environments/dev/main.access.tf",
          create:
            'resource "aws_eks_access_entry" "someone" {\n  cluster_name  = module.cluster.name\n  principal_arn = "arn:aws:iam::${var.account_id}:user/someone"\n}\n',
        },
      ],
    },
  ],
});
