import { control, manifests, terraform } from "../control.ts";
import { nameOfRole, rolesIn, serviceAccountsOf, trustOf } from "../evidence/iam.ts";
import { data, ofKind } from "../evidence/kubernetes.ts";
import { ofType } from "../evidence/probe.ts";
import { blocksOf, type Place, placesOf, textsOf } from "../evidence/value.ts";

const ANNOTATION = "eks.amazonaws.com/role-arn";

export default control({
  id: "identity.one-role-per-service-account",
  title: "Each service account that calls AWS has a role of its own, and none is called default",
  why: "A shared role gives each of its workloads the other's access, and CloudTrail does not tell them apart; the account default is every pod's that names none.",
  severity: "high",
  mapping: { cisEks: ["5.2.1"], nsaCisa: ["Authentication and authorization"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        const owners = new Map<string, string>();
        for (const role of rolesIn(root)) {
          const trust = trustOf(probe, role);
          const accounts = trust.flatMap(serviceAccountsOf);
          const [account] = accounts;
          const place = trust[1]?.place ?? trust[0]?.place ?? role.place;
          if (account === undefined) {
            probe.that(true, role.place, "");
            continue;
          }
          probe.that(
            accounts.length === 1 && trust.length === 1,
            place,
            `${role.address}: it is for ${accounts.join(" and ")}${trust.length > accounts.length ? " and for others" : ""}, it must be for one service account and nobody else`,
            root.path,
          );
          for (const each of accounts) {
            const other = owners.get(each);
            probe.that(
              other === undefined,
              role.place,
              `${role.address}: ${each} has the role ${other} too`,
              root.path,
            );
            probe.that(
              !each.endsWith(":default"),
              place,
              `${role.address}: ${each} is the account of every pod that names none`,
              root.path,
            );
            owners.set(each, role.address);
          }
        }
        for (const association of ofType(root, "aws_eks_pod_identity_association"))
          probe.that(
            !textsOf(association.get("service_account")).includes("default"),
            association.placeOf("service_account"),
            `${association.address}: default is the account of every pod that names none`,
            root.path,
          );
        const users = new Map<string, string>();
        for (const { role, user, place } of uses(root)) {
          const other = users.get(role);
          probe.that(
            other === undefined || other === user,
            place,
            `${user} uses ${role}, which ${other} uses too`,
            root.path,
          );
          users.set(role, user);
        }
      }
    }),
    manifests((subject, probe) => {
      for (const overlay of probe.overlays(subject)) {
        const users = new Map<string, string>();
        for (const account of ofKind(overlay, "ServiceAccount")) {
          const role = data(data(account.object.metadata).annotations)[ANNOTATION];
          const name = `${account.namespace}/${account.name}`;
          const other = typeof role === "string" ? users.get(role) : undefined;
          const place = account.placeOf("metadata", "annotations", ANNOTATION);
          probe.that(
            other === undefined,
            place,
            `service account ${name} has the role of ${other}: ${role}`,
            overlay.path,
          );
          probe.that(
            role === undefined || account.name !== "default",
            place,
            `service account ${name} is every pod's that names none, and has the role ${role}`,
            overlay.path,
          );
          if (typeof role !== "string") continue;
          const made = subject.roots
            .filter((root) => root.kind === "environment" && root.name === overlay.name)
            .flatMap((root) => rolesIn(root))
            .some(
              (each) =>
                role.endsWith(`/${nameOfRole(each)}`) &&
                trustOf(probe, each).flatMap(serviceAccountsOf).includes(name),
            );
          probe.that(
            made,
            place,
            `service account ${name} asks for ${role}, which Terraform makes for no such account`,
            overlay.path,
          );
          users.set(role, name);
        }
      }
    }),
  ],
  fix: "Give each service account its own entry in identities.",
  mutants: [
    {
      title: "Pod Identity for every pod that names no account",
      edits: [
        {
          file: "environments/prod/main.identities.tf",
          append:
            '\nresource "aws_eks_pod_identity_association" "all" {\n  cluster_name    = module.cluster.name\n  namespace       = "production"\n  service_account = "default"\n  role_arn        = "arn:aws:iam::123456789012:role/reader"\n}\n',
        },
      ],
    },
    {
      title: "One role for two service accounts",
      edits: [
        {
          file: "modules/irsa-role/main.role.tf",
          replace: '["system:serviceaccount:${var.namespace}:${var.service_account}"]',
          with: '["system:serviceaccount:${var.namespace}:${var.service_account}", "system:serviceaccount:production:batch"]',
        },
      ],
    },
    {
      title: "Two roles for the CNI's service account",
      edits: [
        {
          file: "environments/prod/main.identities.tf",
          replace: 'service_account  = "ebs-csi-controller-sa"',
          with: 'service_account  = "aws-node"',
        },
      ],
    },
    {
      title: "A second association for the driver's role",
      of: "bank",
      edits: [
        {
          file: "environments/stage/main.identities.tf",
          append: `
resource "aws_eks_pod_identity_association" "reports" {
  cluster_name    = module.cluster.name
  namespace       = "payments"
  service_account = "reports"
  role_arn        = module.identity["ebs-csi"].arn
}
`,
        },
      ],
    },
    {
      title: "A role for the account default of a namespace",
      edits: [
        {
          file: "environments/dev/main.identities.tf",
          replace: "    vpc-cni = {",
          with: `    app = {
      namespace        = "production"
      service_account  = "default"
      managed_policies = ["AmazonS3ReadOnlyAccess"]
    }
    vpc-cni = {`,
        },
      ],
    },
    {
      title: "A statement that lets the nodes take the driver's role",
      of: "startup",
      edits: [
        {
          file: "modules/irsa-role/main.role.tf",
          replace: 'data "aws_iam_policy_document" "trust" {\n',
          with: `data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }

`,
        },
      ],
    },
  ],
});

/** Add-ons and associations with the roles that they are given. */
function uses(root: Parameters<typeof ofType>[0]): { role: string; user: string; place: Place }[] {
  return [
    ...ofType(root, "aws_eks_addon").flatMap((addon) => [
      ...textsOf(addon.get("service_account_role_arn")).map((role) => ({
        role,
        user: addon.address,
        place: addon.placeOf("service_account_role_arn"),
      })),
      ...blocksOf(addon.get("pod_identity_association")).flatMap((block) =>
        textsOf(block.role_arn).map((role) => ({
          role,
          user: addon.address,
          place: placesOf(block)?.self ?? addon.place,
        })),
      ),
    ]),
    ...ofType(root, "aws_eks_pod_identity_association").flatMap((association) =>
      textsOf(association.get("role_arn")).map((role) => ({
        role,
        user: association.address,
        place: association.placeOf("role_arn"),
      })),
    ),
  ];
}
