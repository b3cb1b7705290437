import { control, terraform } from "../control.ts";
import { eachAllowed, grantsOf, labelOf } from "../evidence/iam.ts";
import { allows } from "../evidence/policy.ts";

const WRITES = [
  "ecr:BatchDeleteImage",
  "ecr:CompleteLayerUpload",
  "ecr:DeleteRepository",
  "ecr:InitiateLayerUpload",
  "ecr:PutImage",
  "ecr:PutImageTagMutability",
  "ecr:PutRegistryPolicy",
  "ecr:SetRepositoryPolicy",
  "ecr:UploadLayerPart",
];

export default control({
  id: "identity.registry-read-only",
  title: "No role of this repository can push images to ECR, delete them or open a repository",
  why: "Whoever takes over a node or a job could otherwise replace an image, and every cluster that pulls it runs his code.",
  severity: "high",
  mapping: {
    cisEks: ["5.1.2"],
    nsaCisa: ["Upgrading and application security practices"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of subject.roots) {
        eachAllowed(probe, root, (statement) => {
          const action = WRITES.find((each) => allows(statement, each));
          probe.that(
            action === undefined,
            statement.placeOf("actions"),
            `${labelOf(statement)} allows ${action}`,
            root.path,
          );
        });
        for (const { who, aws, place } of grantsOf(root))
          probe.that(
            aws === undefined ||
              !/ContainerRegistry/.test(aws) ||
              /ContainerRegistry(PullOnly|ReadOnly)$/.test(aws),
            place,
            `${who} has ${aws}, which can push`,
            root.path,
          );
        for (const { mode, type, address, place } of root.resources)
          if (mode === "managed" && /^aws_ecr(public)?_(registry|repository)_policy$/.test(type))
            probe.wrong(place, `${address}: it lets others into the registry`, root.path);
      }
    }),
  ],
  fix: "Push images from the pipeline that builds them, with a role of that repository.",
  mutants: [
    {
      title: "Nodes with the power user's policy",
      edits: [
        {
          file: "modules/nodes/main.role.tf",
          replace: '"AmazonEC2ContainerRegistryPullOnly"',
          with: '"AmazonEC2ContainerRegistryPowerUser"',
        },
      ],
    },
    {
      title: "A workload that may push",
      of: "bank",
      edits: [
        {
          file: "environments/prod/main.identities.tf",
          replace:
            '    resources = [module.keys.volumes_key_arn]\n\n    condition {\n      test     = "Bool"',
          with: '    resources = [module.keys.volumes_key_arn]\n  }\n\n  statement {\n    actions   = ["ecr:*Image"]\n    resources = ["*"]\n\n    condition {\n      test     = "Bool"',
        },
      ],
    },
    {
      title: "A repository that another account may use",
      of: "startup",
      edits: [
        {
          file: "accounts/dev/main.registry.tf",
          create: `resource "aws_ecr_repository_policy" "shared" {
  repository = "web"
  policy     = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "ecr:*", Principal = "*" }] })
}
`,
        },
      ],
    },
  ],
});
