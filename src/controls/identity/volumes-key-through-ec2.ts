import { control, terraform } from "../control.ts";
import { grantsOf, isEverything, labelOf } from "../evidence/iam.ts";
import { allows, conditionOf, exactly, policyOf, type Statement } from "../evidence/policy.ts";
import { ofType, type Probe } from "../evidence/probe.ts";
import type { TerraformRoot } from "../evidence/subject.ts";
import { blocksOf, isKnown, Reference, type Resource, textsOf } from "../evidence/value.ts";

const USE = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom"];

export default control({
  id: "identity.volumes-key-through-ec2",
  title: "The volumes key is used through EC2 only, and granted to AWS's own resources only",
  why: "With kms:Decrypt of its own, a stolen token of the storage driver decrypts every snapshot that it can read; with a free grant it hands that on.",
  severity: "high",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  feature: "ebs-csi",
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        const keys = volumeKeys(root);
        probe.that(
          keys.length > 0,
          root.place,
          `${root.path}: no launch template names the key of the volumes`,
          root.path,
        );
        let found = 0;
        for (const { who, statements = [] } of grantsOf(root))
          for (const statement of statements)
            if (keys.some((key) => isAbout(statement, key)) && usesKey(statement)) {
              found += 1;
              limited(probe, root, statement, who);
            }
        probe.that(
          found > 0,
          root.place,
          `${root.path}: no role is given the use of the volumes key, so the driver has it in a way that is not seen here`,
          root.path,
        );
        for (const resource of ofType(root, "aws_kms_key", "aws_kms_key_policy", "aws_kms_grant")) {
          const id = resource.get("key_id");
          const about = keys.includes(resource) || textsOf(id).some((text) => names(text, keys));
          if (!about && (isKnown(id) || id instanceof Reference)) continue;
          if (resource.type === "aws_kms_grant") {
            probe.wrong(
              resource.place,
              `${resource.address}: it grants the volumes key past its policy`,
              root.path,
            );
            continue;
          }
          const policy = policyOf(resource, "policy");
          if ("unresolved" in policy)
            probe.unresolved(
              resource.placeOf("policy"),
              `${resource.address}: its policy cannot be read (${policy.unresolved})`,
              root.path,
            );
          else
            for (const statement of policy.statements)
              if (usesKey(statement)) limited(probe, root, statement, resource.address);
        }
      }
    }),
  ],
  fix: "Add kms:ViaService = ec2.REGION.SUFFIX to the use of the key, and kms:GrantIsForAWSResource = true to its grants.",
  mutants: [
    {
      title: "The driver's role uses the key directly",
      edits: [
        {
          file: "environments/prod/main.identities.tf",
          replace:
            / {4}condition \{\n {6}test {5}= "StringEquals"\n {6}variable = "kms:ViaService"\n[^\]]*\]\n {4}\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "Through any service",
      of: "government",
      edits: [
        {
          file: "environments/prod/main.identities.tf",
          replace: '["ec2.${local.region}.${local.dns_suffix}"]',
          with: '["ec2.${local.region}.${local.dns_suffix}", "secretsmanager.${local.region}.${local.dns_suffix}"]',
        },
      ],
    },
    {
      title: "Grants for anyone, in the key's policy",
      edits: [
        {
          file: "modules/keys/main.volumes.tf",
          replace:
            / {6}condition \{\n {8}test {5}= "Bool"\n {8}variable = "kms:GrantIsForAWSResource"\n[^}]*\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "A grant beside the key's policy",
      of: "startup",
      edits: [
        {
          file: "environments/prod/main.keys.tf",
          append: `
resource "aws_kms_grant" "batch" {
  key_id            = module.keys.volumes_key_arn
  grantee_principal = "arn:aws:iam::111122223333:role/batch"
  operations        = ["Decrypt"]
}
`,
        },
      ],
    },
    {
      title: "A second role with the key, through a policy of its own",
      of: "bank",
      edits: [
        {
          file: "environments/prod/main.identities.tf",
          append: `
resource "aws_iam_policy" "restore" {
  name   = "\${local.name}-restore"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = module.keys.volumes_key_arn }] })
}

resource "aws_iam_role_policy_attachment" "restore" {
  role       = "\${local.name}-efs-csi"
  policy_arn = aws_iam_policy.restore.arn
}
`,
        },
      ],
    },
  ],
});

/** Keys of this root that the nodes' volumes are encrypted with; storage classes name the same. */
function volumeKeys(root: TerraformRoot): Resource[] {
  const keys = ofType(root, "aws_launch_template")
    .flatMap((template) => blocksOf(template.get("block_device_mappings")))
    .flatMap((mapping) => blocksOf(mapping.ebs))
    .flatMap(({ kms_key_id: id }) => (id instanceof Reference ? [id.resource] : []));
  return [...new Set(keys)].filter(({ type }) => type === "aws_kms_key");
}

const names = (text: string, keys: readonly Resource[]): boolean =>
  keys.some(({ address }) => text.includes(`${address}.`));

const isAbout = ({ resources, notResources }: Statement, key: Resource): boolean =>
  notResources.length > 0 ||
  resources.some(
    (resource) =>
      isEverything(resource) || resource.includes(`${key.address}.`) || /:key\/.*\*/.test(resource),
  );

const usesKey = (statement: Statement): boolean =>
  [...USE, "kms:CreateGrant"].some((action) => allows(statement, action));

/** The service-linked role of Auto Scaling takes no conditions of ours; nobody but AWS can take it. */
const isAutoScaling = ({ principals }: Statement): boolean =>
  principals.length > 0 &&
  principals.every(({ identifiers }) =>
    identifiers.every((each) =>
      /:role\/aws-service-role\/autoscaling\.amazonaws\.com\/AWSServiceRoleForAutoScaling$/.test(
        each,
      ),
    ),
  );

function limited(probe: Probe, root: TerraformRoot, statement: Statement, who: string): void {
  const what = `${who}: ${labelOf(statement)}`;
  if (!isAutoScaling(statement) && USE.some((action) => allows(statement, action))) {
    const services = exactly(statement, "kms:ViaService");
    probe.that(
      services !== undefined &&
        services.length > 0 &&
        services.every((service) => /^ec2\.[a-z0-9-]+\.[a-z.]+$/.test(service)),
      statement.place,
      `${what} uses the volumes key ${services === undefined ? "without kms:ViaService" : `through ${services.join(", ")}`}, it must be through EC2 only`,
      root.path,
    );
  }
  if (allows(statement, "kms:CreateGrant")) {
    const only = conditionOf(
      statement,
      "kms:GrantIsForAWSResource",
      (test) => test === "Bool" || test === "StringEquals",
    );
    probe.that(
      only?.length === 1 && only[0] === "true",
      statement.place,
      `${what} grants the volumes key to anyone, it must be to AWS's resources only (kms:GrantIsForAWSResource)`,
      root.path,
    );
  }
}
