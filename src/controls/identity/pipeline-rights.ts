import { control, terraform } from "../control.ts";
import { grantedTo, pipelineRolesOf } from "../evidence/iam.ts";
import { exactly, type Statement } from "../evidence/policy.ts";
import {
  anywhere,
  type Bound,
  both,
  expectWithin,
  inRegion,
  matching,
  ofProject,
  type Right,
  tagged,
} from "../evidence/rights.ts";
import { withoutPipeline } from "../reasons.ts";

/** Services whose linked roles the resources of this repository need. */
const LINKED = [
  "autoscaling.amazonaws.com",
  "eks-nodegroup.amazonaws.com",
  "eks.amazonaws.com",
  "guardduty.amazonaws.com",
  "malware-protection.guardduty.amazonaws.com",
  "spot.amazonaws.com",
];

const linked: Bound = (statement: Statement) =>
  exactly(statement, "iam:AWSServiceName")?.every((name) => LINKED.includes(name)) === true;

const policiesNamed: Bound = (statement) =>
  statement.conditions.some(({ variable }) => variable.toLowerCase() === "iam:policyarn");

const passedTo: Bound = (statement) => exactly(statement, "iam:PassedToService") !== undefined;

const STATES =
  /^\$\{[^{}]*aws_s3_bucket\.[^{}]*\.arn\}\/(accounts|environments)\/[^/]+\/terraform\.tfstate(\.tflock)?$/;

/** What an apply of the resources of this repository calls. */
const RIGHTS: readonly Right[] = [
  {
    bound: inRegion,
    actions: [
      "ec2:AllocateAddress",
      "ec2:AssociateRouteTable",
      "ec2:AttachInternetGateway",
      "ec2:AuthorizeSecurityGroup*",
      "ec2:CreateFlowLogs",
      "ec2:CreateInternetGateway",
      "ec2:CreateLaunchTemplate*",
      "ec2:CreateNatGateway",
      "ec2:CreateRoute",
      "ec2:CreateRouteTable",
      "ec2:CreateSecurityGroup",
      "ec2:CreateSubnet",
      "ec2:CreateTags",
      "ec2:CreateVpc",
      "ec2:CreateVpcEndpoint",
      "ec2:DeleteFlowLogs",
      "ec2:DeleteInternetGateway",
      "ec2:DeleteLaunchTemplate*",
      "ec2:DeleteNatGateway",
      "ec2:DeleteRoute*",
      "ec2:DeleteSecurityGroup",
      "ec2:DeleteSubnet",
      "ec2:DeleteTags",
      "ec2:DeleteVpcEndpoints",
      "ec2:DetachInternetGateway",
      "ec2:DisassociateAddress",
      "ec2:DisassociateRouteTable",
      "ec2:EnableEbsEncryptionByDefault",
      "ec2:EnableSnapshotBlockPublicAccess",
      "ec2:ModifyInstanceMetadataDefaults",
      "ec2:ModifyLaunchTemplate",
      "ec2:ModifySecurityGroupRules",
      "ec2:ModifySubnetAttribute",
      "ec2:ModifyVpcAttribute",
      "ec2:ModifyVpcEndpoint",
      "ec2:ReleaseAddress",
      "ec2:ReplaceNetworkAclAssociation",
      "ec2:ReplaceNetworkAclEntry",
      "ec2:ReplaceRoute*",
      "ec2:RevokeSecurityGroup*",
      "ec2:RunInstances",
      "ec2:UpdateSecurityGroupRuleDescriptions*",
      "logs:CreateLogDelivery",
      "logs:DeleteLogDelivery",
    ],
  },
  {
    bound: ofProject,
    actions: [
      "eks:AssociateAccessPolicy",
      "eks:CreateAccessEntry",
      "eks:CreateAddon",
      "eks:CreateCluster",
      "eks:CreateNodegroup",
      "eks:CreatePodIdentityAssociation",
      "eks:DeleteAccessEntry",
      "eks:DeleteAddon",
      "eks:DeleteNodegroup",
      "eks:DeletePodIdentityAssociation",
      "eks:DisassociateAccessPolicy",
      "eks:TagResource",
      "eks:UntagResource",
      "eks:UpdateAccessEntry",
      "eks:UpdateAddon",
      "eks:UpdateClusterConfig",
      "eks:UpdateClusterVersion",
      "eks:UpdateNodegroupConfig",
      "eks:UpdateNodegroupVersion",
      "eks:UpdatePodIdentityAssociation",
      "events:DeleteRule",
      "events:PutRule",
      "events:PutTargets",
      "events:RemoveTargets",
      "events:TagResource",
      "events:UntagResource",
      "iam:CreatePolicy*",
      "iam:CreateRole",
      "iam:DeletePolicy*",
      "iam:DeleteRole",
      "iam:DeleteRolePolicy",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
      "iam:TagPolicy",
      "iam:TagRole",
      "iam:UntagPolicy",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole*",
      "kms:CreateAlias",
      "kms:DeleteAlias",
      "kms:UpdateAlias",
      "logs:AssociateKmsKey",
      "logs:CreateLogGroup",
      "logs:PutRetentionPolicy",
      "logs:TagResource",
      "logs:UntagResource",
      "s3:ListBucket",
      "sns:CreateTopic",
      "sns:SetTopicAttributes",
      "sns:Subscribe",
      "sns:TagResource",
      "sns:Unsubscribe",
      "sns:UntagResource",
    ],
  },
  {
    bound: both(ofProject, policiesNamed),
    actions: ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
  },
  { bound: both(ofProject, passedTo), actions: ["iam:PassRole"] },
  { bound: linked, actions: ["iam:CreateServiceLinkedRole"] },
  {
    bound: matching(/:oidc-provider\/oidc\.eks\.[^*?/]+\/\*$/),
    actions: [
      "iam:AddClientIDToOpenIDConnectProvider",
      "iam:CreateOpenIDConnectProvider",
      "iam:RemoveClientIDFromOpenIDConnectProvider",
      "iam:TagOpenIDConnectProvider",
      "iam:UntagOpenIDConnectProvider",
      "iam:UpdateOpenIDConnectProviderThumbprint",
    ],
  },
  {
    bound: tagged,
    actions: [
      "kms:CreateAlias",
      "kms:DeleteAlias",
      "kms:UpdateAlias",
      "kms:CreateGrant",
      "kms:PutKeyPolicy",
      "kms:TagResource",
      "kms:UntagResource",
      "kms:UpdateKeyDescription",
    ],
  },
  { bound: both(inRegion, tagged), actions: ["kms:CreateKey"] },
  // A key that was just made has no tag that KMS would compare yet: both only add.
  {
    bound: matching(/^arn:[^:*?]+:kms:[^:*?]+:[^:*?]+:key\/\*$/),
    actions: ["kms:CreateAlias", "kms:EnableKeyRotation"],
  },
  {
    bound: matching(/^arn:[^:*?]+:guardduty:[^:*?]+:[^:*?]+:/),
    actions: [
      "guardduty:CreateDetector",
      "guardduty:TagResource",
      "guardduty:UntagResource",
      "guardduty:UpdateDetector",
    ],
  },
  { bound: matching(STATES), actions: ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"] },
  {
    bound: matching(/^\$\{[^{}]*aws_kms_key\.[^{}]*\.arn\}$/),
    actions: ["kms:Decrypt", "kms:GenerateDataKey"],
  },
  {
    bound: inRegion,
    actions: [
      ...["ec2", "eks", "events", "guardduty", "kms", "logs", "sns"].flatMap((service) => [
        `${service}:Describe*`,
        `${service}:List*`,
      ]),
      "ec2:GetEbs*",
      "ec2:GetInstanceMetadataDefaults",
      "ec2:GetManagedPrefixListEntries",
      "ec2:GetSnapshotBlockPublicAccessState",
      "guardduty:GetDetector",
      "kms:GetKey*",
      "sns:Get*",
    ],
  },
  { bound: anywhere, actions: ["iam:Get*", "iam:List*"] },
];

export default control({
  id: "identity.pipeline-rights",
  title:
    "The pipeline's roles may do what these resources take, in their region and on the project's names",
  why: "What Terraform never calls is there for whoever steals a token: commands on nodes, data of other buckets, snapshots shared with another account, a filter that hides findings.",
  severity: "high",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  notApplicable: withoutPipeline,
  evidence: [
    terraform((subject, probe) => {
      for (const { root, plan, apply } of pipelineRolesOf(probe, subject))
        for (const role of [...plan, ...apply])
          for (const { statements = [] } of grantedTo(probe, subject, role))
            for (const statement of statements)
              expectWithin(
                probe,
                RIGHTS,
                role,
                statement,
                { subject, root },
                "which these resources do not take, or not so far",
              );
    }),
  ],
  fix: "Take the action out, or bound it: aws:RequestedRegion, ARNs that begin with the project's name, or aws:ResourceTag/Project.",
  mutants: [
    {
      title: "Commands on nodes",
      edits: [
        {
          file: "modules/ci-identity/main.write.tf",
          replace: '      "events:DeleteRule",\n',
          with: '      "events:DeleteRule",\n      "ssm:SendCommand",\n',
        },
      ],
    },
    {
      title: "Snapshots shared with other accounts",
      of: "bank",
      edits: [
        {
          file: "modules/ci-identity/main.write.tf",
          replace: '      "ec2:RunInstances",\n',
          with: '      "ec2:ModifySnapshotAttribute",\n      "ec2:RunInstances",\n',
        },
      ],
    },
    {
      title: "A filter over findings",
      edits: [
        {
          file: "modules/ci-identity/main.write.tf",
          replace: '      "guardduty:CreateDetector",\n',
          with: '      "guardduty:CreateDetector",\n      "guardduty:CreateFilter",\n',
        },
      ],
    },
    {
      title: "Keys of anybody in the account",
      edits: [
        {
          file: "modules/ci-identity/main.write.tf",
          replace: '      variable = "aws:ResourceTag/Project"',
          with: '      variable = "aws:PrincipalTag/Project"',
        },
      ],
    },
    {
      title: "Every region",
      of: "government",
      edits: [
        {
          file: "modules/ci-identity/main.write.tf",
          replace: "values   = [var.region]",
          with: 'values   = [var.region, "us-gov-east-1"]',
        },
      ],
    },
    {
      title: "Clusters of every project",
      edits: [
        {
          file: "modules/ci-identity/main.write.tf",
          replace: ":${kind}/${var.name}-*",
          with: ":${kind}/*",
        },
      ],
    },
    {
      title: "The state of bootstrap/ is read, too",
      edits: [
        {
          file: "modules/ci-identity/main.state.tf",
          replace: "environments/*/terraform.tfstate",
          with: "*/terraform.tfstate",
        },
      ],
    },
    {
      title: "Blocks of snapshots for the plan role",
      edits: [
        {
          file: "modules/ci-identity/main.read.tf",
          replace: '      "ec2:Describe*",\n',
          with: '      "ebs:GetSnapshotBlock",\n      "ec2:Describe*",\n',
        },
      ],
    },
  ],
});
