import { control, terraform } from "../control.ts";
import { namesRole, roleOf } from "../evidence/nodes.ts";
import { allRoots, ofType, type Probe } from "../evidence/probe.ts";
import { absent, matches } from "../evidence/require.ts";
import type { Subject } from "../evidence/subject.ts";
import { Reference, type Resource, Unknown, type Value } from "../evidence/value.ts";

const ALLOWED = matches(
  /^arn:(aws[a-z-]*|\$\{[^}]+\}):iam::aws:policy\/(AmazonEKSWorkerNodePolicy|AmazonEKSWorkerNodeMinimalPolicy|AmazonEC2ContainerRegistryPullOnly|AmazonSSMManagedInstanceCore)$/,
  "be AmazonEKSWorkerNodePolicy, AmazonEKSWorkerNodeMinimalPolicy, AmazonEC2ContainerRegistryPullOnly or AmazonSSMManagedInstanceCore",
);

/** Types that hand policies to a role: the argument that names roles, and the one that names policies. */
const ATTACHMENTS = [
  ["aws_iam_role_policy_attachment", "role", "policy_arn"],
  ["aws_iam_policy_attachment", "roles", "policy_arn"],
  ["aws_iam_role_policy_attachments_exclusive", "role_name", "policy_arns"],
] as const;

const roles = (value: Value | undefined): Value[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

function checkRole(subject: Subject, probe: Probe, role: Resource): void {
  probe.expect(role, "inline_policy", absent);
  probe.expect(role, "managed_policy_arns", absent);
  // The role has a name, so any root can attach to it.
  for (const root of allRoots(subject)) {
    const names = (resource: Resource, argument: string): boolean =>
      roles(resource.get(argument)).some((value) =>
        value instanceof Unknown && !(value instanceof Reference)
          ? root.path === role.root
          : (root.path === role.root || !(value instanceof Reference)) && namesRole(value, role),
      );
    for (const [type, argument, policies] of ATTACHMENTS)
      for (const attachment of ofType(root, type))
        if (names(attachment, argument)) probe.expect(attachment, policies, ALLOWED);
    for (const inline of ofType(root, "aws_iam_role_policy"))
      if (names(inline, "role"))
        probe.wrong(
          inline.placeOf("role"),
          `${inline.address}: an inline policy widens the nodes' role ${role.address}`,
          root.path,
        );
  }
}

export default control({
  id: "nodes.role-policies",
  title:
    "The nodes' role may join the cluster, pull images and take SSM sessions, and nothing else",
  why: "What breaks out of a pod becomes this role: with the CNI policy it rewires the VPC's interfaces, with push rights it replaces the images of every cluster.",
  severity: "critical",
  mapping: {
    cisEks: ["5.1.3"],
    nsaCisa: ["Authentication and authorization"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        for (const group of probe.some(root, "managed node group", "aws_eks_node_group")) {
          const role = roleOf(group);
          if (role === undefined)
            probe.wrong(
              group.placeOf("node_role_arn"),
              `${group.address}: node_role_arn is no role of this repository, so its policies are not known`,
              root.path,
            );
          else checkRole(subject, probe, role);
        }
        // A profile in the template would bring another role.
        for (const template of ofType(root, "aws_launch_template"))
          probe.expect(template, "iam_instance_profile", absent);
      }
    }),
  ],
  fix: "Attach only the worker node policy, AmazonEC2ContainerRegistryPullOnly and AmazonSSMManagedInstanceCore; give everything else to a workload's own role.",
  mutants: [
    {
      title: "The CNI policy on every node",
      edits: [
        {
          file: "modules/nodes/main.role.tf",
          replace: '    "AmazonSSMManagedInstanceCore",\n',
          with: '    "AmazonEKS_CNI_Policy",\n    "AmazonSSMManagedInstanceCore",\n',
        },
      ],
    },
    {
      title: "Nodes may push images",
      edits: [
        {
          file: "modules/nodes/main.role.tf",
          replace: '"AmazonEC2ContainerRegistryPullOnly"',
          with: '"AmazonEC2ContainerRegistryPowerUser"',
        },
      ],
    },
    {
      title: "An inline policy for a bucket, in another file",
      edits: [
        {
          file: "modules/nodes/main.logs.tf",
          create:
            'resource "aws_iam_role_policy" "logs" {\n  name = "logs"\n  role = aws_iam_role.node.id\n\n  policy = jsonencode({\n    Version = "2012-10-17"\n    Statement = [{\n      Effect   = "Allow"\n      Action   = "s3:*"\n      Resource = "*"\n    }]\n  })\n}\n',
        },
      ],
    },
    {
      title: "An account's root attaches to the role by its name",
      edits: [
        {
          file: "accounts/prod/main.nodes.tf",
          create:
            'resource "aws_iam_policy_attachment" "nodes" {\n  name       = "nodes"\n  roles      = ["acme-platform-prod-node"]\n  policy_arn = "arn:aws:iam::aws:policy/AmazonS3FullAccess"\n}\n',
        },
      ],
    },
  ],
});
