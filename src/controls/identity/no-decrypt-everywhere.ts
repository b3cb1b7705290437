import { control, terraform } from "../control.ts";
import { eachAllowed, isEverything, labelOf } from "../evidence/iam.ts";
import { allows, conditionOf, exactly, type Statement } from "../evidence/policy.ts";

const DECRYPTS = ["kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"];

export default control({
  id: "identity.no-decrypt-everywhere",
  title: "No policy lets its holder decrypt, or grant decryption, with every key",
  why: "A key is a boundary only while each role opens its own: with kms:Decrypt on * a single stolen session reads secrets, volumes and states alike.",
  severity: "high",
  mapping: { securityHub: ["KMS.1", "KMS.2"], nsaCisa: ["Authentication and authorization"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of subject.roots)
        eachAllowed(probe, root, (statement) => {
          const every = statement.notResources.length > 0 || statement.resources.some(isEveryKey);
          const decrypts = DECRYPTS.find((action) => allows(statement, action));
          probe.that(
            !every || decrypts === undefined,
            statement.placeOf("resources"),
            `${labelOf(statement)} allows ${decrypts} with every key`,
            root.path,
          );
          probe.that(
            !every || !allows(statement, "kms:CreateGrant") || isForService(statement),
            statement.placeOf("resources"),
            `${labelOf(statement)} grants every key to anyone: neither kms:ViaService nor kms:GrantIsForAWSResource limits it`,
            root.path,
          );
        });
    }),
  ],
  fix: "Name the keys by their ARNs, and limit grants by kms:ViaService or kms:GrantIsForAWSResource.",
  mutants: [
    {
      title: "The driver's role decrypts with every key",
      edits: [
        {
          file: "environments/prod/main.identities.tf",
          replace: "    resources = [module.keys.volumes_key_arn]\n",
          with: '    resources = ["*"]\n',
        },
      ],
    },
    {
      title: "Every key of the account, for the states",
      of: "bank",
      edits: [
        {
          file: "modules/ci-identity/main.state.tf",
          replace: "    resources = [var.state_key_arn]\n",
          with: '    resources = [replace(var.state_key_arn, "/key/.*/", "key/*"), "arn:${var.partition}:kms:*:${var.account_id}:key/*"]\n',
        },
      ],
    },
    {
      title: "Grants on every key, whoever they are for",
      edits: [
        {
          file: "modules/ci-identity/main.write.tf",
          replace:
            / {4}condition \{\n {6}test {5}= "StringEquals"\n {6}variable = "kms:ViaService"\n[^\]]*\]\n {4}\}\n/,
          with: "",
        },
      ],
    },
  ],
});

const isEveryKey = (resource: string): boolean =>
  isEverything(resource) || /^arn:[^:]*:kms:[^:]*:[^:]*:(key\/)?\*+$/.test(resource);

/** A grant that a service of AWS makes in the caller's name. */
const isForService = (statement: Statement): boolean =>
  exactly(statement, "kms:ViaService")?.every((service) => !service.includes("*")) === true ||
  conditionOf(statement, "kms:GrantIsForAWSResource", (test) => test === "Bool")?.join() === "true";
