import { control, terraform } from "../control.ts";
import { eachAllowed, labelOf } from "../evidence/iam.ts";
import { allows } from "../evidence/policy.ts";

/** Resource types that make somebody, or something that somebody can take away. */
const MAKES =
  /^aws_(iam_(user|group|access_key|signing_certificate|service_specific_credential|virtual_mfa)|key_pair$)/;

const MAY_MAKE = [
  "iam:AddUserToGroup",
  "iam:AttachGroupPolicy",
  "iam:AttachUserPolicy",
  "iam:CreateAccessKey",
  "iam:CreateLoginProfile",
  "iam:CreateServiceSpecificCredential",
  "iam:CreateUser",
  "iam:PutGroupPolicy",
  "iam:PutUserPolicy",
  "iam:UpdateLoginProfile",
  "iam:UploadSSHPublicKey",
];

export default control({
  id: "identity.no-long-lived-credentials",
  title:
    "The repository makes no IAM user, group, access key, password or key pair, and no role of it may",
  why: "A key that does not expire is found years later in a laptop's backup or in a log, and the state would hold it in clear text.",
  severity: "critical",
  mapping: {
    nsaCisa: ["Authentication and authorization"],
    checkov: ["CKV_AWS_40"],
    trivy: ["AWS-0143"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of subject.roots) {
        for (const { type, mode, address, place } of root.resources)
          probe.that(
            mode !== "managed" || !MAKES.test(type),
            place,
            `${address}: ${type} is a credential that does not end by itself, or its holder`,
            root.path,
          );
        eachAllowed(probe, root, (statement) => {
          const action = MAY_MAKE.find((each) => allows(statement, each));
          probe.that(
            action === undefined,
            statement.placeOf("actions"),
            `${labelOf(statement)} allows ${action}`,
            root.path,
          );
        });
      }
    }),
  ],
  fix: "Use a role: of IAM Identity Center for people, of the pipeline's issuer or the cluster for everything else.",
  mutants: [
    {
      title: "A user with an access key for a deployer",
      edits: [
        {
          file: "accounts/prod/main.deployer.tf",
          create:
            'resource "aws_iam_user" "deployer" {\n  name = "deployer"\n}\n\nresource "aws_iam_access_key" "deployer" {\n  user = aws_iam_user.deployer.name\n}\n',
        },
      ],
    },
    {
      title: "A group inside the module of the break-glass role",
      of: "government",
      edits: [
        {
          file: "modules/break-glass/main.role.tf",
          append: '\nresource "aws_iam_group" "emergency" {\n  name = "emergency"\n}\n',
        },
      ],
    },
    {
      title: "The pipeline may make access keys",
      edits: [
        {
          file: "modules/ci-identity/main.write.tf",
          replace: '      "iam:CreatePolicy",\n',
          with: '      "iam:CreateAccess*",\n      "iam:CreatePolicy",\n',
        },
      ],
    },
  ],
});
