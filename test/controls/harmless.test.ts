/** Changes that a user makes on any day and that weaken nothing: no Control may raise an alarm. */
import { describe, expect, it } from "vitest";
import type { Edit, Mutant } from "../../src/controls/control.ts";
import { inProduction } from "../../src/controls/evidence/edits.ts";
import { auditFiles, findingsOf, mutate } from "../support/mutants.ts";

const HCL = "environments/prod/main.workloads.tf";
const create = (file: string, text: string): Edit[] => [{ file, create: text }];

const changes: Mutant[] = [
  {
    title: "a comment in a script",
    edits: [
      { file: "scripts/connect", replace: /\n\n/, with: "\n\n# The office's VPN is not needed.\n" },
    ],
  },
  {
    title: "a script of one's own",
    edits: create("scripts/cost", "#!/usr/bin/env bash\nset -euo pipefail\necho cost\n"),
  },
  {
    title: "a target of one's own",
    edits: [
      {
        file: "Makefile",
        append: "\nDAYS := 7\n\n.PHONY: cost\ncost: ## what it costs\n\t@scripts/cost $(DAYS)\n",
      },
    ],
  },
  {
    title: "an action's update by a bot",
    edits: [
      {
        file: ".github/workflows/schedule.yml",
        replace: /actions\/checkout@[0-9a-f]{40} # v[\d.]+/,
        with: "actions/checkout@0123456789abcdef0123456789abcdef01234567 # v99.0.1",
      },
    ],
  },
  {
    title: "another hour for the nightly run",
    edits: [
      { file: ".github/workflows/schedule.yml", replace: /cron: .*/, with: 'cron: "17 3 * * *"' },
    ],
  },
  {
    title: "a workflow that looks at the documents",
    edits: create(
      ".github/workflows/docs.yml",
      "name: Docs\n\non:\n  push:\n    branches: [main]\n\npermissions: {}\n\ndefaults:\n  run:\n    shell: bash\n\njobs:\n  spelling:\n    name: Spelling\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    permissions:\n      contents: read\n    steps:\n      - name: Check out\n        uses: actions/checkout@0123456789abcdef0123456789abcdef01234567 # v99.0.1\n        with:\n          persist-credentials: false\n\n      - name: Spell\n        run: scripts/spell docs\n",
    ),
  },
  {
    title: "labels for the bot",
    edits: [{ file: "renovate.json", replace: "{\n", with: '{\n  "labels": ["dependencies"],\n' }],
  },
  {
    title: "an owner of the documents",
    edits: [{ file: "CODEOWNERS", append: "\n/docs/ @acme/writers\n" }],
  },
  {
    title: "an editor's folder that git leaves out",
    edits: [{ file: ".gitignore", append: "\n.idea/\n*.swp\n" }],
  },
  {
    title: "larger nodes",
    edits: [
      {
        file: "environments/prod/main.nodes.tf",
        replace: '["m7i.large"]',
        with: '["m7i.xlarge", "m6i.xlarge"]',
      },
    ],
  },
  {
    title: "the address that an account asks for",
    edits: create(
      "accounts/prod/terraform.tfvars",
      'account_id  = "111122223333"\nalert_email = "ops@acme.example"\n',
    ),
  },
  {
    title: "a queue, a table and an alarm of an application",
    edits: create(
      HCL,
      'resource "aws_sqs_queue" "orders" {\n  name                      = "${local.name}-orders"\n  sqs_managed_sse_enabled   = true\n  message_retention_seconds = 86400\n}\n\nresource "aws_dynamodb_table" "orders" {\n  name         = "${local.name}-orders"\n  billing_mode = "PAY_PER_REQUEST"\n  hash_key     = "id"\n\n  attribute {\n    name = "id"\n    type = "S"\n  }\n}\n\nresource "aws_cloudwatch_metric_alarm" "orders" {\n  alarm_name          = "${local.name}-orders"\n  comparison_operator = "GreaterThanThreshold"\n  evaluation_periods  = 1\n  metric_name         = "ApproximateNumberOfMessagesVisible"\n  namespace           = "AWS/SQS"\n  period              = 300\n  statistic           = "Maximum"\n  threshold           = 1000\n}\n',
    ),
  },
  {
    title: "a role of an application for its queue",
    edits: create(
      HCL,
      'module "orders_role" {\n  source = "../../modules/irsa-role"\n\n  name              = "${local.name}-orders"\n  partition         = local.partition\n  oidc_provider_arn = module.cluster.oidc_provider_arn\n  oidc_issuer       = module.cluster.oidc_issuer\n\n  namespace       = "production"\n  service_account = "orders"\n\n  permissions_boundary_arn = local.permissions_boundary_arn\n}\n\nresource "aws_iam_role_policy" "orders" {\n  name = "queue"\n  role = module.orders_role.name\n\n  policy = jsonencode({\n    Version = "2012-10-17"\n    Statement = [{\n      Effect   = "Allow"\n      Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage"]\n      Resource = "arn:${local.partition}:sqs:${local.region}:${var.account_id}:${local.name}-orders"\n    }]\n  })\n}\n',
    ),
  },
  {
    title: "developers who may edit one namespace",
    edits: create(
      HCL,
      'resource "aws_eks_access_entry" "developers" {\n  cluster_name  = module.cluster.name\n  principal_arn = "arn:${local.partition}:iam::${var.account_id}:role/developers"\n  type          = "STANDARD"\n}\n\nresource "aws_eks_access_policy_association" "developers" {\n  cluster_name  = module.cluster.name\n  principal_arn = aws_eks_access_entry.developers.principal_arn\n  policy_arn    = "arn:${local.partition}:eks::aws:cluster-access-policy/AmazonEKSEditPolicy"\n\n  access_scope {\n    type       = "namespace"\n    namespaces = ["production"]\n  }\n}\n',
    ),
  },
  {
    title: "a Deployment that Pod Security accepts, its Service and its rule",
    edits: inProduction(
      "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: shop\nautomountServiceAccountToken: false\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shop\nspec:\n  replicas: 2\n  selector:\n    matchLabels:\n      app: shop\n  template:\n    metadata:\n      labels:\n        app: shop\n    spec:\n      serviceAccountName: shop\n      automountServiceAccountToken: false\n      securityContext:\n        runAsNonRoot: true\n        seccompProfile:\n          type: RuntimeDefault\n      containers:\n        - name: shop\n          image: 111122223333.dkr.ecr.us-east-1.amazonaws.com/shop@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n          ports:\n            - containerPort: 8080\n          resources:\n            requests:\n              cpu: 100m\n              memory: 128Mi\n            limits:\n              memory: 128Mi\n          securityContext:\n            allowPrivilegeEscalation: false\n            readOnlyRootFilesystem: true\n            capabilities:\n              drop:\n                - ALL\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: shop\nspec:\n  selector:\n    app: shop\n  ports:\n    - port: 80\n      targetPort: 8080\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: web-to-shop\nspec:\n  podSelector:\n    matchLabels:\n      app: shop\n  policyTypes:\n    - Ingress\n  ingress:\n    - from:\n        - podSelector:\n            matchLabels:\n              app: web\n      ports:\n        - protocol: TCP\n          port: 8080\n",
    ),
  },
  {
    title: "a Role that reads pods of its namespace",
    edits: inProduction(
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: reader\nrules:\n  - apiGroups:\n      - ""\n    resources:\n      - pods\n    verbs:\n      - get\n      - list\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: reader\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: reader\nsubjects:\n  - kind: Group\n    apiGroup: rbac.authorization.k8s.io\n    name: developers\n',
    ),
  },
];

describe.each(changes)("$title", (change) => {
  it("raises no alarm", async () => {
    const report = await auditFiles(mutate(change));
    expect(report.problems).toEqual([]);
    expect(findingsOf(report)).toEqual([]);
  });
});
