import { control, terraform } from "../control.ts";
import { isPodIdentity, isWebIdentity, nameOfRole, rolesIn, trustOf } from "../evidence/iam.ts";
import {
  grantsOf,
  isForResources,
  isGrant,
  isRole,
  isThrough,
  isUse,
  keysFor,
  rolesBoundIn,
  whoOf,
} from "../evidence/keys.ts";

/** The role that Auto Scaling has in every account; KMS wants it by name. */
const AUTO_SCALING =
  /:role\/aws-service-role\/autoscaling\.amazonaws\.com\/AWSServiceRoleForAutoScaling(_[\w+=,.@-]+)?$/;

export default control({
  id: "keys.volumes-key",
  title: "The volumes key works for Auto Scaling, and for named roles through EC2",
  why: "A pod that takes the credentials of the volume driver would decrypt snapshots by itself; through EC2 it can only attach volumes, which CloudTrail shows.",
  severity: "medium",
  mapping: {},
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        for (const key of keysFor(probe, root, "volumes")) {
          const grants = grantsOf(probe, root, key);
          const drivers = rolesIn(root)
            .filter((role) =>
              trustOf(probe, role).some((each) => isWebIdentity(each) || isPodIdentity(each)),
            )
            .map(nameOfRole);
          for (const { statement } of grants) {
            if (!isUse(statement) && !isGrant(statement)) continue;
            const name = `${key.address}: ${statement.sid || "a statement"}`;
            const callers =
              rolesBoundIn(statement) ??
              whoOf(statement).map(({ who, identifier }) => (who === "role" ? identifier : ""));
            const isAutoScaling = callers.every((arn) => AUTO_SCALING.test(arn));
            const foreign = callers.find(
              (arn) =>
                isRole(arn) &&
                !AUTO_SCALING.test(arn) &&
                !drivers.some((name) => arn.endsWith(`:role/${name}`)),
            );
            probe.that(
              foreign === undefined,
              statement.place,
              `${name} is for ${foreign}, which is no workload's role of ${root.path}`,
              root.path,
            );
            probe.that(
              callers.every(isRole),
              statement.place,
              `${name} lets others use the key than roles that it names`,
              root.path,
            );
            probe.that(
              isAutoScaling || !isUse(statement) || isThrough(statement, root, "ec2"),
              statement.place,
              `${name} lets ${callers.join(" and ")} use the key directly, it must require kms:ViaService to be EC2`,
              root.path,
            );
            probe.that(
              !isGrant(statement) || isForResources(statement),
              statement.place,
              `${name} allows kms:CreateGrant, it must require kms:GrantIsForAWSResource`,
              root.path,
            );
          }
          probe.that(
            grants.some(({ statement }) => isUse(statement)),
            key.placeOf("policy"),
            `${key.address}: nobody may use the key, no node would start`,
            root.path,
          );
        }
    }),
  ],
  fix: "Bind uses by other roles than Auto Scaling's to ec2.<region> with kms:ViaService.",
  mutants: [
    {
      title: "The nodes' role may use it, too",
      edits: [
        {
          file: "environments/prod/main.keys.tf",
          replace: '    "${local.role_arn_prefix}-ebs-csi",\n',
          with: '    "${local.role_arn_prefix}-ebs-csi",\n    "${local.role_arn_prefix}-node",\n',
        },
      ],
    },
    {
      title: "Roles decrypt without EC2",
      edits: [
        {
          file: "modules/keys/main.volumes.tf",
          replace:
            /\n {6}condition \{\n {8}test {5}= "StringEquals"\n {8}variable = "kms:ViaService"[\s\S]*?\n {6}\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "Through any service",
      edits: [
        {
          file: "modules/keys/main.volumes.tf",
          replace: "ec2.${var.region}.${var.dns_suffix}",
          with: "*.${var.region}.${var.dns_suffix}",
        },
      ],
    },
    {
      title: "Grants by the whole account",
      of: "bank",
      edits: [
        {
          file: "modules/keys/main.volumes.tf",
          replace:
            /(sid {7}= "RolesAttachVolumes"[\s\S]*?)\n {6}condition \{\n {8}test {5}= "ArnEquals"[^}]*\}\n/,
          with: 'sid       = "RolesAttachVolumes"\n      actions   = ["kms:CreateGrant"]\n      resources = ["*"]\n\n      principals {\n        type        = "AWS"\n        identifiers = ["arn:${var.partition}:iam::${var.account_id}:root"]\n      }\n',
        },
      ],
    },
    {
      title: "Any instance role, by a pattern",
      edits: [
        {
          file: "environments/prod/main.keys.tf",
          replace: '"${local.role_arn_prefix}-ebs-csi"',
          with: '"${local.role_arn_prefix}-*"',
        },
      ],
    },
  ],
});
