import { control, terraform } from "../control.ts";
import { grantsOf, isRoleOf, labelOf, roleOf } from "../evidence/iam.ts";
import { allows } from "../evidence/policy.ts";
import { ofType } from "../evidence/probe.ts";
import { blocksOf } from "../evidence/value.ts";

const CNI = "kube-system:aws-node";

/** What rewires a VPC's interfaces. */
const INTERFACES = [
  "ec2:AssignPrivateIpAddresses",
  "ec2:AttachNetworkInterface",
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:DetachNetworkInterface",
  "ec2:ModifyNetworkInterfaceAttribute",
  "ec2:UnassignPrivateIpAddresses",
];

export default control({
  id: "identity.cni-policy",
  title: "Only the CNI's own role may change network interfaces; the nodes' role may not",
  why: "On the node role, whatever breaks out of a pod can move addresses of other pods to its node and take their security groups off.",
  severity: "high",
  mapping: { nsaCisa: ["Network separation and hardening"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of subject.roots)
        for (const grant of grantsOf(root)) {
          const { aws, statements = [], role, who, place } = grant;
          const mine = role !== undefined && isRoleOf(probe, role, CNI);
          if (grant.unresolved !== undefined)
            probe.unresolved(place, `${who}: ${grant.unresolved}`, root.path);
          probe.that(
            mine || aws === undefined || !/(^|\/)(AmazonEKS_CNI|AmazonEKSVPC|AmazonVPC)/.test(aws),
            place,
            `${who} has ${aws}, only the role of ${CNI} may have it`,
            root.path,
          );
          for (const statement of statements) {
            const action = INTERFACES.find((each) => allows(statement, each));
            probe.that(
              mine || action === undefined,
              statement.placeOf("actions"),
              `${who}: ${labelOf(statement)} allows ${action}, only the role of ${CNI} may`,
              root.path,
            );
          }
        }
      for (const root of probe.environments(subject)) {
        // Without a role of its own the add-on falls back to the nodes'.
        const cni = ofType(root, "aws_eks_addon").filter(
          (addon) => addon.get("addon_name") === "vpc-cni",
        );
        probe.that(
          cni.length > 0,
          root.place,
          `${root.path} has no add-on vpc-cni, so its role is not known`,
          root.path,
        );
        for (const addon of cni) {
          const roles = [
            addon.get("service_account_role_arn"),
            ...blocksOf(addon.get("pod_identity_association")).map((block) => block.role_arn),
          ].flatMap((value) => roleOf(root, value) ?? []);
          probe.that(
            roles.length > 0 && roles.every((role) => isRoleOf(probe, role, CNI)),
            addon.placeOf("service_account_role_arn"),
            `${addon.address}: it has no role of its own for ${CNI}, so it uses the nodes'`,
            root.path,
          );
        }
      }
    }),
  ],
  fix: "Attach AmazonEKS_CNI_Policy to the role of kube-system:aws-node and to nothing else.",
  mutants: [
    {
      title: "On the node role, as most examples have it",
      edits: [
        {
          file: "modules/nodes/main.role.tf",
          replace: '    "AmazonEKSWorkerNodePolicy",',
          with: '    "AmazonEKSWorkerNodePolicy",\n    "AmazonEKS_CNI_Policy",',
        },
      ],
    },
    {
      title: "On the node role by aws_iam_policy_attachment of one environment",
      of: "government",
      edits: [
        {
          file: "environments/prod/main.nodes.tf",
          append: `
resource "aws_iam_policy_attachment" "cni" {
  name       = "cni"
  roles      = ["\${local.name}-node"]
  policy_arn = "arn:\${local.partition}:iam::aws:policy/AmazonEKS_CNI_Policy"

  depends_on = [module.nodes]
}
`,
        },
      ],
    },
    {
      title: "Its actions in an inline policy of the node role",
      edits: [
        {
          file: "modules/nodes/main.role.tf",
          append: `
resource "aws_iam_role_policy" "interfaces" {
  name = "interfaces"
  role = aws_iam_role.node.id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "ec2:*NetworkInterface*", Resource = "*" }]
  })
}
`,
        },
      ],
    },
    {
      title: "The add-on without its role",
      of: "bank",
      edits: [
        {
          file: "environments/prod/main.addons.tf",
          replace: / {6}pod_identity = \{\n {8}role_arn {8}= module.identity\["vpc-cni"\][^}]*\}\n/,
          with: "",
        },
      ],
    },
  ],
});
