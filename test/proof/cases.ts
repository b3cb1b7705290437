/** Values that each rule must refuse, and values that it must take. */

/** Arguments of a resource as HCL; one that begins with `{` is a block, a list of such are several. */
export type Arguments = Record<string, string | string[]>;

/** One argument that is wrong. */
export interface Case {
  type: string;
  set: Arguments;
  /** Part of the message. */
  says: RegExp;
  severity?: "warning";
  /** The provider itself lets it pass; AWS, or good sense, does not. */
  stricter?: true;
  /** Only on this major. */
  major?: 5 | 6;
}

const role = '"arn:aws:iam::111122223333:role/x"';
const key = '"arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555"';
const document = (statement: string, version = '"2012-10-17"'): string =>
  `jsonencode({ Version = ${version}, Statement = [${statement}] })`;
const trust = document(
  '{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }',
);
const allowAll = document('{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }');
const forAll = document(
  '{ Effect = "Allow", Action = "s3:GetObject", Resource = "*", Principal = "*" }',
);

/** A valid form of each type. */
export const bases: Record<string, Arguments> = {
  aws_eks_cluster: {
    name: '"c"',
    role_arn: role,
    vpc_config: '{ subnet_ids = ["subnet-1", "subnet-2"] }',
  },
  aws_eks_node_group: {
    cluster_name: '"c"',
    node_role_arn: role,
    subnet_ids: '["subnet-1"]',
    scaling_config: "{\n desired_size = 3\n min_size = 2\n max_size = 10\n}",
  },
  aws_eks_addon: { cluster_name: '"c"', addon_name: '"vpc-cni"' },
  aws_eks_access_entry: { cluster_name: '"c"', principal_arn: role },
  aws_eks_access_policy_association: {
    cluster_name: '"c"',
    principal_arn: role,
    policy_arn: '"arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"',
    access_scope: '{ type = "cluster" }',
  },
  aws_eks_pod_identity_association: {
    cluster_name: '"c"',
    namespace: '"kube-system"',
    service_account: '"s"',
    role_arn: role,
  },
  aws_eks_fargate_profile: {
    cluster_name: '"c"',
    fargate_profile_name: '"f"',
    pod_execution_role_arn: role,
    selector: '{ namespace = "n" }',
  },
  aws_eks_identity_provider_config: {
    cluster_name: '"c"',
    oidc: '{\n client_id = "a"\n identity_provider_config_name = "i"\n issuer_url = "https://example.com"\n}',
  },
  aws_guardduty_detector: {},
  aws_guardduty_detector_feature: {
    detector_id: '"0123456789abcdef0123456789abcdef"',
    name: '"EKS_AUDIT_LOGS"',
    status: '"ENABLED"',
  },
  aws_guardduty_organization_configuration_feature: {
    detector_id: '"0123456789abcdef0123456789abcdef"',
    name: '"EKS_AUDIT_LOGS"',
    auto_enable: '"ALL"',
  },
  aws_guardduty_publishing_destination: {
    detector_id: '"0123456789abcdef0123456789abcdef"',
    destination_arn: '"arn:aws:s3:::b"',
    kms_key_arn: key,
  },
  aws_launch_template: {},
  aws_instance: { ami: '"ami-0123456789abcdef0"', instance_type: '"m7i.large"' },
  aws_ebs_volume: { availability_zone: '"us-east-1a"', size: "10" },
  aws_ebs_snapshot_block_public_access: { state: '"block-all-sharing"' },
  aws_ec2_instance_metadata_defaults: { http_tokens: '"required"' },
  aws_vpc: { cidr_block: '"10.0.0.0/16"' },
  aws_subnet: { vpc_id: '"vpc-1"', cidr_block: '"10.0.0.0/24"' },
  aws_eip: { domain: '"vpc"' },
  aws_nat_gateway: { subnet_id: '"subnet-1"', allocation_id: '"eipalloc-1"' },
  aws_route: {
    route_table_id: '"rtb-1"',
    destination_cidr_block: '"0.0.0.0/0"',
    nat_gateway_id: '"nat-1"',
  },
  aws_route_table: { vpc_id: '"vpc-1"' },
  aws_route_table_association: { route_table_id: '"rtb-1"', subnet_id: '"subnet-1"' },
  aws_security_group: { vpc_id: '"vpc-1"' },
  aws_security_group_rule: {
    security_group_id: '"sg-1"',
    type: '"ingress"',
    protocol: '"tcp"',
    from_port: "443",
    to_port: "443",
    cidr_blocks: '["10.0.0.0/16"]',
  },
  aws_vpc_security_group_ingress_rule: {
    security_group_id: '"sg-1"',
    ip_protocol: '"tcp"',
    from_port: "443",
    to_port: "443",
    cidr_ipv4: '"10.0.0.0/16"',
  },
  aws_vpc_security_group_egress_rule: {
    security_group_id: '"sg-1"',
    ip_protocol: '"-1"',
    cidr_ipv4: '"0.0.0.0/0"',
  },
  aws_network_acl_rule: {
    network_acl_id: '"acl-1"',
    rule_number: "100",
    protocol: '"tcp"',
    rule_action: '"allow"',
    cidr_block: '"10.0.0.0/16"',
    from_port: "443",
    to_port: "443",
  },
  aws_vpc_endpoint: { vpc_id: '"vpc-1"', service_name: '"com.amazonaws.us-east-1.s3"' },
  aws_flow_log: {
    vpc_id: '"vpc-1"',
    traffic_type: '"ALL"',
    iam_role_arn: role,
    log_destination: '"arn:aws:logs:us-east-1:111122223333:log-group:x"',
  },
  aws_vpc_block_public_access_options: { internet_gateway_block_mode: '"block-ingress"' },
  aws_iam_role: { assume_role_policy: trust },
  aws_iam_role_policy: { role: '"x"', policy: allowAll },
  aws_iam_role_policy_attachment: {
    role: '"x"',
    policy_arn: '"arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"',
  },
  aws_iam_policy: { policy: allowAll },
  aws_iam_openid_connect_provider: {
    url: '"https://token.example.com"',
    client_id_list: '["sts.amazonaws.com"]',
  },
  aws_iam_service_linked_role: { aws_service_name: '"autoscaling.amazonaws.com"' },
  "data.aws_iam_policy_document": {
    statement: '{\n actions = ["s3:GetObject"]\n resources = ["*"]\n}',
  },
  aws_accessanalyzer_analyzer: { analyzer_name: '"a"' },
  aws_kms_key: {},
  aws_kms_alias: { name: '"alias/x"', target_key_id: '"11111111-2222-3333-4444-555555555555"' },
  aws_kms_grant: { key_id: key, grantee_principal: role, operations: '["Decrypt"]' },
  aws_ssm_parameter: { name: '"/x"', type: '"String"', value: '"x"' },
  aws_secretsmanager_secret: {},
  aws_cloudwatch_log_group: { name: '"/aws/eks/c/cluster"' },
  aws_cloudwatch_metric_alarm: {
    alarm_name: '"a"',
    comparison_operator: '"GreaterThanThreshold"',
    evaluation_periods: "1",
    metric_name: '"m"',
    namespace: '"n"',
    period: "60",
    statistic: '"Sum"',
    threshold: "1",
  },
  aws_cloudwatch_event_rule: { event_pattern: 'jsonencode({ source = ["aws.guardduty"] })' },
  aws_cloudwatch_event_target: { rule: '"r"', arn: '"arn:aws:sns:us-east-1:111122223333:t"' },
  aws_s3_bucket: {},
  aws_s3_bucket_policy: { bucket: '"bucket"', policy: forAll },
  aws_s3_bucket_versioning: {
    bucket: '"bucket"',
    versioning_configuration: '{ status = "Enabled" }',
  },
  aws_s3_bucket_server_side_encryption_configuration: {
    bucket: '"bucket"',
    rule: '{\n apply_server_side_encryption_by_default { sse_algorithm = "aws:kms" }\n}',
  },
  aws_s3_bucket_ownership_controls: {
    bucket: '"bucket"',
    rule: '{ object_ownership = "BucketOwnerEnforced" }',
  },
  aws_sns_topic: {},
  aws_sns_topic_policy: { arn: '"arn:aws:sns:us-east-1:111122223333:t"', policy: forAll },
  aws_sns_topic_subscription: {
    topic_arn: '"arn:aws:sns:us-east-1:111122223333:t"',
    protocol: '"email"',
    endpoint: '"a@example.com"',
  },
  aws_sqs_queue: {},
  aws_sqs_queue_policy: {
    queue_url: '"https://sqs.us-east-1.amazonaws.com/111122223333/q"',
    policy: forAll,
  },
  aws_ecr_repository: { name: '"r"' },
  aws_ecr_repository_policy: {
    repository: '"r"',
    policy: document(
      '{ Effect = "Allow", Action = "ecr:BatchGetImage", Principal = { AWS = "111122223333" } }',
    ),
  },
  aws_efs_file_system: {},
  aws_dynamodb_table: {
    name: '"table"',
    billing_mode: '"PAY_PER_REQUEST"',
    hash_key: '"id"',
    attribute: '{\n name = "id"\n type = "S"\n}',
  },
  aws_inspector2_enabler: { account_ids: '["111122223333"]', resource_types: '["EC2", "ECR"]' },
  aws_budgets_budget: {
    budget_type: '"COST"',
    limit_amount: '"100"',
    limit_unit: '"USD"',
    time_unit: '"MONTHLY"',
  },
};

/** Also valid: what a rule that is too strict would refuse. */
export const good: { type: string; set: Arguments; major?: 5 | 6 }[] = [
  {
    type: "aws_eks_cluster",
    set: {
      enabled_cluster_log_types:
        '["api", "audit", "authenticator", "controllerManager", "scheduler"]',
      access_config: '{ authentication_mode = "API" }',
      encryption_config: `{\n resources = ["secrets"]\n provider { key_arn = ${key} }\n}`,
      kubernetes_network_config: '{ service_ipv4_cidr = "172.20.0.0/16" }',
      vpc_config:
        '{\n subnet_ids = ["subnet-1"]\n endpoint_private_access = true\n endpoint_public_access = true\n public_access_cidrs = ["203.0.113.0/24"]\n}',
      upgrade_policy: '{ support_type = "STANDARD" }',
      version: '"1.35"',
    },
  },
  {
    type: "aws_eks_node_group",
    set: {
      ami_type: '"BOTTLEROCKET_ARM_64_FIPS"',
      capacity_type: '"SPOT"',
      update_config: "{ max_unavailable_percentage = 33 }",
      taint: [
        '{\n key = "a"\n effect = "NO_SCHEDULE"\n}',
        '{\n key = "b"\n value = "x"\n effect = "NO_EXECUTE"\n}',
      ],
      labels: '{ "example.com/a" = "b", c = "" }',
      launch_template: '{\n id = "lt-1"\n version = "1"\n}',
    },
  },
  {
    type: "aws_eks_addon",
    set: {
      configuration_values: "jsonencode({ a = 1 })",
      resolve_conflicts_on_update: '"PRESERVE"',
    },
  },
  { type: "aws_eks_addon", set: { configuration_values: '"a: 1"' } },
  { type: "aws_eks_cluster", set: { role_arn: '"arn:aws-cn:iam::111122223333:role/path/x"' } },
  { type: "aws_eks_cluster", set: { role_arn: '"arn:aws-us-gov:iam::111122223333:role/x"' } },
  {
    type: "aws_guardduty_detector_feature",
    set: {
      name: '"RUNTIME_MONITORING"',
      additional_configuration: [
        '{\n name = "EKS_ADDON_MANAGEMENT"\n status = "ENABLED"\n}',
        '{\n name = "EC2_AGENT_MANAGEMENT"\n status = "DISABLED"\n}',
      ],
    },
  },
  {
    type: "aws_launch_template",
    set: {
      name_prefix: '"nodes-"',
      metadata_options:
        '{\n http_tokens = "required"\n http_put_response_hop_limit = 1\n http_endpoint = "enabled"\n}',
      block_device_mappings: `{\n device_name = "/dev/xvda"\n ebs {\n volume_type = "gp3"\n volume_size = 100\n throughput = 250\n iops = 3000\n encrypted = true\n kms_key_id = ${key}\n delete_on_termination = true\n }\n}`,
      user_data: 'base64encode("x = 1")',
      tag_specifications: '{\n resource_type = "volume"\n tags = { a = "b" }\n}',
    },
  },
  {
    type: "aws_security_group",
    set: {
      name: '"nodes"',
      description: '"Nodes: from [VPC] only"',
      egress:
        '{\n from_port = 0\n to_port = 0\n protocol = "-1"\n cidr_blocks = ["0.0.0.0/0"]\n ipv6_cidr_blocks = ["::/0"]\n}',
    },
  },
  {
    type: "aws_vpc_security_group_ingress_rule",
    set: { cidr_ipv4: "null", cidr_ipv6: '"2001:db8::/64"' },
  },
  {
    type: "aws_vpc_security_group_ingress_rule",
    set: { ip_protocol: '"icmp"', from_port: "-1", to_port: "-1" },
  },
  {
    type: "aws_vpc_endpoint",
    set: {
      vpc_endpoint_type: '"Interface"',
      service_name: '"com.amazonaws.us-east-1.ecr.dkr"',
      subnet_ids: '["subnet-1"]',
      private_dns_enabled: "true",
      policy: forAll,
    },
  },
  {
    type: "aws_vpc_endpoint",
    set: { vpc_endpoint_type: '"Gateway"', route_table_ids: '["rtb-1"]' },
  },
  {
    type: "aws_vpc_endpoint",
    set: {
      vpc_endpoint_type: '"Interface"',
      service_name: '"cn.com.amazonaws.cn-north-1.ecr.api"',
    },
  },
  {
    type: "aws_flow_log",
    set: {
      log_destination_type: '"s3"',
      log_destination: '"arn:aws:s3:::b/x/"',
      iam_role_arn: "null",
      max_aggregation_interval: "60",
    },
  },
  {
    type: "aws_iam_role",
    set: {
      name: '"x"',
      path: '"/a/b/"',
      max_session_duration: "3600",
      description: '"Für Knoten"',
    },
  },
  {
    type: "aws_iam_role",
    set: {
      assume_role_policy: document(
        '{ Effect = "Allow", Action = ["sts:AssumeRoleWithWebIdentity"], Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/x" }, Condition = { StringEquals = { "oidc.eks.us-east-1.amazonaws.com/id/A:sub" = "system:serviceaccount:a:b" }, "ForAnyValue:StringLikeIfExists" = { "aws:PrincipalTag/x" = ["a", "b"] } } }',
      ),
    },
  },
  {
    type: "aws_iam_policy",
    set: {
      policy: document(
        '{ Sid = "A1", Effect = "Deny", NotAction = ["iam:*", "sts:Get?aller*"], NotResource = "arn:aws:s3:::b/*", Condition = { Bool = { "aws:SecureTransport" = false } } }',
      ),
    },
  },
  {
    type: "aws_iam_openid_connect_provider",
    set: {
      url: '"https://oidc.eks.us-east-1.amazonaws.com/id/ABC"',
      thumbprint_list: '["9e99a48a9960b14926bb7f3b02e22da2b0ab7280"]',
    },
  },
  {
    type: "aws_kms_key",
    set: {
      deletion_window_in_days: "30",
      enable_key_rotation: "true",
      rotation_period_in_days: "365",
      policy: document(
        '{ Sid = "Admins of the key", Effect = "Allow", Action = "kms:*", Resource = "*", Principal = { AWS = "arn:aws:iam::111122223333:root" } }',
      ),
    },
  },
  { type: "aws_cloudwatch_log_group", set: { retention_in_days: "365", kms_key_id: key } },
  {
    type: "aws_cloudwatch_event_rule",
    set: { event_pattern: "null", schedule_expression: '"rate(5 minutes)"' },
  },
  {
    type: "aws_cloudwatch_event_rule",
    set: { event_pattern: "null", schedule_expression: '"cron(0 12 ? * MON-FRI *)"' },
  },
  {
    type: "aws_s3_bucket_policy",
    set: {
      policy: document(
        '{ Sid = "Deny plain", Effect = "Deny", Action = "s3:*", Resource = ["arn:aws:s3:::b", "arn:aws:s3:::b/*"], Principal = "*", Condition = { Bool = { "aws:SecureTransport" = "false" } } }',
      ),
    },
  },
  {
    type: "aws_sqs_queue",
    set: { kms_master_key_id: '"alias/x"', message_retention_seconds: "300" },
  },
  {
    type: "data.aws_iam_policy_document",
    set: {
      statement:
        '{\n sid = "A"\n effect = "Deny"\n not_actions = ["s3:*"]\n resources = ["arn:aws:s3:::&{aws:username}/*"]\n principals {\n type = "*"\n identifiers = ["*"]\n }\n condition {\n test = "ArnNotLikeIfExists"\n variable = "aws:SourceArn"\n values = ["x"]\n }\n}',
    },
  },
  {
    type: "data.aws_iam_policy_document",
    set: {
      statement:
        '{\n actions = ["sts:AssumeRole"]\n principals {\n type = "Service"\n identifiers = ["pods.eks.amazonaws.com"]\n }\n}',
    },
  },
  {
    type: "aws_eks_cluster",
    set: { deletion_protection: "true", control_plane_scaling_config: '{ tier = "tier-xl" }' },
    major: 6,
  },
  { type: "aws_eks_node_group", set: { ami_type: '"BOTTLEROCKET_x86_64_NVIDIA_FIPS"' }, major: 6 },
  { type: "aws_guardduty_detector_feature", set: { name: '"AI_PROTECTION"' }, major: 6 },
];

const bad = (type: string, set: Arguments, says: RegExp, more: Partial<Case> = {}): Case => ({
  type,
  set,
  says,
  ...more,
});
const stricter = { stricter: true } as const;

export const cases: Case[] = [
  // EKS
  bad("aws_eks_cluster", { name: '"-c"' }, /not a cluster name/),
  bad("aws_eks_cluster", { name: '"c d"' }, /not a cluster name/),
  bad("aws_eks_cluster", { version: '"1.35.1"' }, /not a Kubernetes version/, stricter),
  bad("aws_eks_cluster", { role_arn: '"role/x"' }, /not an ARN/),
  bad(
    "aws_eks_cluster",
    { role_arn: '"arn:aws:iam::111122223333:user/x"' },
    /not the ARN of an IAM role/,
    stricter,
  ),
  bad(
    "aws_eks_cluster",
    { enabled_cluster_log_types: '["api", "apiserver"]' },
    /"apiserver" is not a log type/,
  ),
  bad("aws_eks_cluster", { enabled_cluster_log_types: '["controllermanager"]' }, /not a log type/),
  bad(
    "aws_eks_cluster",
    { access_config: '{ authentication_mode = "api" }' },
    /not an authentication mode/,
  ),
  bad(
    "aws_eks_cluster",
    { compute_config: '{\n enabled = true\n node_pools = ["general"]\n}' },
    /not a built-in node pool/,
    stricter,
  ),
  bad(
    "aws_eks_cluster",
    {
      compute_config: "{ enabled = true }",
      access_config: '{ authentication_mode = "CONFIG_MAP" }',
    },
    /Auto Mode needs access entries/,
    stricter,
  ),
  bad(
    "aws_eks_cluster",
    { encryption_config: `{\n resources = ["configmaps"]\n provider { key_arn = ${key} }\n}` },
    /not a resource that EKS encrypts/,
  ),
  bad(
    "aws_eks_cluster",
    { encryption_config: '{\n resources = ["secrets"]\n provider { key_arn = "alias/x" }\n}' },
    /not an ARN/,
    stricter,
  ),
  bad(
    "aws_eks_cluster",
    { encryption_config: `{\n resources = ["secrets"]\n provider { key_arn = ${role} }\n}` },
    /not the ARN of a KMS key/,
    stricter,
  ),
  bad(
    "aws_eks_cluster",
    { kubernetes_network_config: '{ ip_family = "IPv6" }' },
    /not an IP family/,
  ),
  bad(
    "aws_eks_cluster",
    { kubernetes_network_config: '{ service_ipv4_cidr = "172.20.0.0/28" }' },
    /prefix length/,
  ),
  bad(
    "aws_eks_cluster",
    { kubernetes_network_config: '{ service_ipv4_cidr = "100.64.0.0/16" }' },
    /not a private range/,
  ),
  bad("aws_eks_cluster", { upgrade_policy: '{ support_type = "LONG" }' }, /not a support type/),
  bad(
    "aws_eks_cluster",
    { vpc_config: '{\n subnet_ids = ["subnet-1"]\n public_access_cidrs = ["203.0.113.0"]\n}' },
    /not an IPv4 range/,
  ),
  bad(
    "aws_eks_cluster",
    { vpc_config: '{\n subnet_ids = ["subnet-1"]\n public_access_cidrs = ["203.0.113.5/24"]\n}' },
    /not the start of its range/,
  ),
  bad(
    "aws_eks_cluster",
    {
      vpc_config:
        '{\n subnet_ids = ["subnet-1"]\n endpoint_private_access = false\n endpoint_public_access = false\n}',
    },
    /no endpoint/,
    stricter,
  ),
  bad("aws_eks_cluster", { control_plane_scaling_config: '{ tier = "xl" }' }, /not a tier/, {
    major: 6,
  }),
  bad("aws_eks_node_group", { ami_type: '"BOTTLEROCKET_x86_64_NVIDIA_FIPS"' }, /not an AMI type/, {
    major: 5,
  }),
  bad("aws_eks_node_group", { ami_type: '"AL2023_x86_64"' }, /not an AMI type/),
  bad(
    "aws_eks_node_group",
    { capacity_type: '"on_demand"' },
    /Did you mean "ON_DEMAND"|not a capacity type/,
  ),
  bad(
    "aws_eks_node_group",
    { taint: '{\n key = "a"\n effect = "NoSchedule"\n}' },
    /not the effect of a taint/,
  ),
  bad(
    "aws_eks_node_group",
    { taint: '{\n key = "a"\n value = "a b"\n effect = "NO_SCHEDULE"\n}' },
    /not the value of a Kubernetes label/,
    stricter,
  ),
  bad(
    "aws_eks_node_group",
    { scaling_config: "{\n desired_size = -1\n min_size = 0\n max_size = 1\n}" },
    /not a number of nodes/,
  ),
  bad(
    "aws_eks_node_group",
    { scaling_config: "{\n desired_size = 0\n min_size = 0\n max_size = 0\n}" },
    /not a number of nodes/,
  ),
  bad(
    "aws_eks_node_group",
    { scaling_config: "{\n desired_size = 1\n min_size = 2\n max_size = 10\n}" },
    /less than min_size/,
    stricter,
  ),
  bad(
    "aws_eks_node_group",
    { scaling_config: "{\n desired_size = 11\n min_size = 2\n max_size = 10\n}" },
    /more than max_size/,
    stricter,
  ),
  bad(
    "aws_eks_node_group",
    { scaling_config: "{\n desired_size = 3\n min_size = 5\n max_size = 4\n}" },
    /min_size 5 is more/,
    stricter,
  ),
  bad(
    "aws_eks_node_group",
    { update_config: "{ max_unavailable_percentage = 101 }" },
    /not a percentage/,
  ),
  bad(
    "aws_eks_node_group",
    { update_config: "{\n max_unavailable = 1\n max_unavailable_percentage = 50\n}" },
    /Conflicting arguments/,
  ),
  bad("aws_eks_node_group", { labels: '{ a = "b c" }' }, /label/, stricter),
  bad("aws_eks_node_group", { instance_types: '["large"]' }, /not an instance type/, stricter),
  bad(
    "aws_eks_node_group",
    { node_group_name: '"a"', node_group_name_prefix: '"b"' },
    /Conflicting arguments/,
  ),
  bad(
    "aws_eks_node_group",
    { launch_template: '{\n id = "lt-1"\n version = "1"\n}', disk_size: "100" },
    /with a launch template/,
    stricter,
  ),
  bad(
    "aws_eks_node_group",
    { launch_template: '{\n id = "lt-1"\n name = "x"\n version = "1"\n}' },
    /Conflicting arguments/,
  ),
  bad("aws_eks_addon", { addon_name: '"VPC CNI"' }, /not the name of an add-on/, stricter),
  bad("aws_eks_addon", { addon_version: '"latest"' }, /not the version of an add-on/, stricter),
  bad(
    "aws_eks_addon",
    { resolve_conflicts_on_create: '"PRESERVE"' },
    /resolve conflicts on create/,
  ),
  bad("aws_eks_addon", { resolve_conflicts_on_update: '"KEEP"' }, /resolve conflicts on update/),
  bad("aws_eks_addon", { configuration_values: '"{ a: 1 }"' }, /not valid JSON/, stricter),
  bad("aws_eks_addon", { service_account_role_arn: '"x"' }, /not an ARN/),
  bad(
    "aws_eks_addon",
    { pod_identity_association: '{\n role_arn = "x"\n service_account = "s"\n}' },
    /not an ARN/,
  ),
  bad(
    "aws_eks_access_entry",
    { principal_arn: '"arn:aws:iam::111122223333:group/x"' },
    /not the ARN of an IAM role or user/,
    stricter,
  ),
  bad("aws_eks_access_entry", { type: '"LINUX"' }, /not a type of access entry/),
  bad("aws_eks_access_entry", { kubernetes_groups: '["system:masters"]' }, /not a group/, stricter),
  bad(
    "aws_eks_access_policy_association",
    { policy_arn: '"arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"' },
    /not the ARN of an access policy/,
    stricter,
  ),
  bad(
    "aws_eks_access_policy_association",
    { access_scope: '{ type = "all" }' },
    /not an access scope/,
    stricter,
  ),
  bad(
    "aws_eks_access_policy_association",
    { access_scope: '{ type = "namespace" }' },
    /No namespace is named/,
    stricter,
  ),
  bad(
    "aws_eks_access_policy_association",
    { access_scope: '{\n type = "cluster"\n namespaces = ["a"]\n}' },
    /names no namespaces/,
    stricter,
  ),
  bad(
    "aws_eks_pod_identity_association",
    { namespace: '"Kube_System"' },
    /not a Kubernetes name/,
    stricter,
  ),
  bad("aws_eks_pod_identity_association", { role_arn: '"x"' }, /not an ARN/),
  bad("aws_eks_fargate_profile", { pod_execution_role_arn: '"x"' }, /not an ARN/, stricter),
  bad(
    "aws_eks_identity_provider_config",
    {
      oidc: '{\n client_id = "a"\n identity_provider_config_name = "i"\n issuer_url = "http://example.com"\n}',
    },
    /not the address of an issuer/,
  ),
  // GuardDuty
  bad(
    "aws_guardduty_detector",
    { finding_publishing_frequency: '"DAILY"' },
    /not a frequency/,
    stricter,
  ),
  bad("aws_guardduty_detector_feature", { name: '"AI_PROTECTION"' }, /not a GuardDuty feature/, {
    major: 5,
  }),
  bad("aws_guardduty_detector_feature", { name: '"EKS_AUDIT_LOG"' }, /not a GuardDuty feature/),
  bad("aws_guardduty_detector_feature", { status: '"ON"' }, /not the status/),
  bad(
    "aws_guardduty_detector_feature",
    {
      name: '"RUNTIME_MONITORING"',
      additional_configuration: '{\n name = "EKS_AGENT"\n status = "ENABLED"\n}',
    },
    /not an additional configuration/,
  ),
  bad(
    "aws_guardduty_detector_feature",
    { additional_configuration: '{\n name = "EKS_ADDON_MANAGEMENT"\n status = "ENABLED"\n}' },
    /has no additional configuration/,
    stricter,
  ),
  bad(
    "aws_guardduty_organization_configuration_feature",
    { auto_enable: '"true"' },
    /not a choice of member accounts/,
  ),
  bad("aws_guardduty_publishing_destination", { kms_key_arn: '"alias/x"' }, /not an ARN/),
  // EC2
  bad(
    "aws_launch_template",
    { metadata_options: '{ http_tokens = "require" }' },
    /not a choice of http_tokens/,
  ),
  bad(
    "aws_launch_template",
    { metadata_options: "{ http_put_response_hop_limit = 65 }" },
    /not a hop limit/,
  ),
  bad(
    "aws_launch_template",
    { metadata_options: '{ http_endpoint = "on" }' },
    /not a state of the metadata endpoint/,
  ),
  bad(
    "aws_launch_template",
    { block_device_mappings: '{\n device_name = "/dev/xvda"\n ebs { volume_type = "gp4" }\n}' },
    /not a volume type/,
  ),
  bad(
    "aws_launch_template",
    { block_device_mappings: '{\n device_name = "/dev/xvda"\n ebs { encrypted = "yes" }\n}' },
    /neither true nor false/,
  ),
  bad(
    "aws_launch_template",
    { block_device_mappings: '{\n device_name = "/dev/xvda"\n ebs { kms_key_id = "alias/x" }\n}' },
    /not an ARN/,
  ),
  bad(
    "aws_launch_template",
    {
      block_device_mappings:
        '{\n device_name = "/dev/xvda"\n ebs {\n volume_type = "gp3"\n throughput = 50\n }\n}',
    },
    /not a throughput/,
  ),
  bad(
    "aws_launch_template",
    {
      block_device_mappings:
        '{\n device_name = "/dev/xvda"\n ebs {\n volume_type = "gp2"\n throughput = 250\n }\n}',
    },
    /no throughput to set/,
    stricter,
  ),
  bad(
    "aws_launch_template",
    {
      block_device_mappings:
        '{\n device_name = "/dev/xvda"\n ebs {\n volume_type = "gp2"\n iops = 3000\n }\n}',
    },
    /no iops to set/,
    stricter,
  ),
  bad(
    "aws_launch_template",
    { block_device_mappings: '{\n device_name = "xvd a"\n ebs { volume_size = 100 }\n}' },
    /not a device name/,
    stricter,
  ),
  bad("aws_launch_template", { user_data: '"#!/bin/sh"' }, /not Base64/, stricter),
  bad("aws_launch_template", { name: '"a b"' }, /not the name of a launch template/),
  bad("aws_launch_template", { name: '"abc"', name_prefix: '"abc"' }, /Conflicting arguments/),
  bad(
    "aws_launch_template",
    { instance_initiated_shutdown_behavior: '"hibernate"' },
    /not a shutdown behaviour/,
  ),
  bad(
    "aws_launch_template",
    { tag_specifications: '{\n resource_type = "cluster"\n tags = { a = "b" }\n}' },
    /not a type of resource/,
    stricter,
  ),
  bad(
    "aws_launch_template",
    { vpc_security_group_ids: '["sg-1"]', network_interfaces: '{ security_groups = ["sg-1"] }' },
    /Security groups are given twice/,
    stricter,
  ),
  bad(
    "aws_instance",
    { metadata_options: '{ http_tokens = "yes" }' },
    /not a choice of http_tokens/,
  ),
  bad("aws_instance", { root_block_device: '{ volume_type = "ssd" }' }, /not a volume type/),
  bad("aws_instance", { user_data: '"a"', user_data_base64: '"YQ=="' }, /Conflicting arguments/),
  bad("aws_ebs_volume", { type: '"gp2"', throughput: "250" }, /no throughput to set/, stricter),
  bad("aws_ebs_volume", { type: '"io1"' }, /needs iops/, stricter),
  bad(
    "aws_ebs_snapshot_block_public_access",
    { state: '"blocked"' },
    /not a state of the snapshot block/,
  ),
  bad("aws_ec2_instance_metadata_defaults", { http_tokens: "null" }, /Missing argument/),
  bad(
    "aws_ec2_instance_metadata_defaults",
    { http_tokens: '"mandatory"' },
    /not a choice of http_tokens/,
  ),
  bad(
    "aws_ec2_instance_metadata_defaults",
    { http_put_response_hop_limit: "0" },
    /not a hop limit/,
  ),
  // Network
  bad("aws_vpc", { cidr_block: '"10.0.0.0/8"' }, /prefix length/),
  bad("aws_vpc", { cidr_block: '"10.0.0.300/16"' }, /not an IPv4 range/),
  bad("aws_vpc", { cidr_block: '"10.0.1.0/16"' }, /not the start of its range/),
  bad("aws_vpc", { instance_tenancy: '"shared"' }, /not a tenancy/),
  bad("aws_subnet", { cidr_block: '"10.0.0.1/24"' }, /not the start of its range/),
  bad("aws_subnet", { ipv6_cidr_block: '"2001:db8::/48"' }, /prefix length|range/, stricter),
  bad(
    "aws_subnet",
    { availability_zone: '"us-east-1a"', availability_zone_id: '"use1-az1"' },
    /Conflicting arguments/,
  ),
  bad("aws_eip", { domain: '"ec2"' }, /not a domain/),
  bad("aws_nat_gateway", { connectivity_type: '"internet"' }, /not a connectivity type/),
  bad("aws_route", { destination_cidr_block: '"0.0.0.0"' }, /not an IPv4 range/),
  bad("aws_route", { gateway_id: '"igw-1"' }, /Conflicting arguments/),
  bad("aws_route", { nat_gateway_id: "null" }, /Missing argument/),
  bad("aws_route", { destination_ipv6_cidr_block: '"::/0"' }, /Conflicting arguments/),
  bad(
    "aws_route_table",
    { route: '{\n cidr_block = "0.0.0.0/33"\n gateway_id = "igw-1"\n}' },
    /not an IPv4 range/,
  ),
  bad("aws_route_table_association", { gateway_id: '"igw-1"' }, /Conflicting arguments/),
  bad("aws_security_group", { name: '"sg-x"' }, /not the name of a security group/),
  bad("aws_security_group", { description: '"a\\"b"' }, /not a description/, stricter),
  bad(
    "aws_security_group",
    {
      ingress:
        '{\n from_port = 443\n to_port = 443\n protocol = "tcp"\n cidr_blocks = ["10.0.0.0"]\n}',
    },
    /not an IPv4 range/,
  ),
  bad(
    "aws_security_group",
    {
      ingress:
        '{\n from_port = 444\n to_port = 443\n protocol = "tcp"\n cidr_blocks = ["10.0.0.0/8"]\n}',
    },
    /more than to_port/,
    stricter,
  ),
  bad(
    "aws_security_group",
    {
      egress:
        '{\n from_port = 443\n to_port = 443\n protocol = "-1"\n cidr_blocks = ["10.0.0.0/8"]\n}',
    },
    /has no from_port/,
    stricter,
  ),
  bad("aws_security_group_rule", { type: '"inbound"' }, /not a type of rule/),
  bad("aws_security_group_rule", { to_port: "70000" }, /not a port/, stricter),
  bad("aws_security_group_rule", { self: "true" }, /Conflicting arguments/),
  bad("aws_security_group_rule", { cidr_blocks: "null" }, /Missing argument/),
  bad("aws_security_group_rule", { protocol: '"https"' }, /not a protocol/, stricter),
  bad(
    "aws_vpc_security_group_ingress_rule",
    { cidr_ipv4: '"10.0.0.1/16"' },
    /not the start of its range/,
  ),
  bad("aws_vpc_security_group_ingress_rule", { cidr_ipv6: '"::/0"' }, /Conflicting arguments/),
  bad("aws_vpc_security_group_ingress_rule", { cidr_ipv4: "null" }, /Missing argument/),
  bad("aws_vpc_security_group_ingress_rule", { from_port: "65536" }, /not a port/),
  bad("aws_vpc_security_group_ingress_rule", { from_port: "444" }, /more than to_port/, stricter),
  bad(
    "aws_vpc_security_group_ingress_rule",
    { from_port: "null", to_port: "null" },
    /needs ports/,
    stricter,
  ),
  bad("aws_vpc_security_group_egress_rule", { from_port: "443" }, /has no from_port/, stricter),
  bad("aws_network_acl_rule", { rule_action: '"permit"' }, /not an action of a rule/),
  bad("aws_network_acl_rule", { rule_number: "0" }, /not a rule number/, stricter),
  bad("aws_network_acl_rule", { cidr_block: '"10.0.0.0/16 "' }, /not an IPv4 range/, stricter),
  bad("aws_vpc_endpoint", { vpc_endpoint_type: '"interface"' }, /not a type of endpoint/),
  bad(
    "aws_vpc_endpoint",
    { service_name: '"s3"' },
    /not the name of an endpoint service/,
    stricter,
  ),
  bad("aws_vpc_endpoint", { policy: '"{"' }, /not valid JSON/),
  bad(
    "aws_vpc_endpoint",
    { vpc_endpoint_type: '"Gateway"', subnet_ids: '["subnet-1"]' },
    /has no subnet_ids/,
    stricter,
  ),
  bad(
    "aws_vpc_endpoint",
    { vpc_endpoint_type: '"Gateway"', private_dns_enabled: "true" },
    /has no private DNS/,
    stricter,
  ),
  bad("aws_vpc_endpoint", { service_name: "null" }, /Missing argument/, stricter),
  bad("aws_flow_log", { traffic_type: '"EVERYTHING"' }, /not a type of traffic/),
  bad("aws_flow_log", { max_aggregation_interval: "300" }, /not an aggregation interval/),
  bad("aws_flow_log", { log_destination_type: '"cloudwatch"' }, /not a type of destination/),
  bad("aws_flow_log", { subnet_id: '"subnet-1"' }, /Conflicting arguments/),
  bad("aws_flow_log", { iam_role_arn: "null" }, /has no role/, stricter),
  bad("aws_flow_log", { iam_role_arn: '"flow"' }, /not an ARN/),
  bad("aws_vpc_block_public_access_options", { internet_gateway_block_mode: '"on"' }, /not a mode/),
  // IAM
  bad("aws_iam_role", { name: '"a b"' }, /not the name of a role/),
  bad("aws_iam_role", { name: '"a"', name_prefix: '"b"' }, /Conflicting arguments/),
  bad("aws_iam_role", { path: '"a"' }, /not a path/, stricter),
  bad("aws_iam_role", { max_session_duration: "60" }, /not a session duration/),
  bad("aws_iam_role", { permissions_boundary: '"x"' }, /not an ARN/),
  bad("aws_iam_role", { assume_role_policy: '"{"' }, /not valid JSON/),
  bad(
    "aws_iam_role",
    { assume_role_policy: document('{ Effect = "Allow", Action = "sts:AssumeRole" }') },
    /not valid/,
    stricter,
  ),
  bad(
    "aws_iam_role",
    {
      assume_role_policy: document(
        '{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "*", Principal = "*" }',
      ),
    },
    /not valid/,
    stricter,
  ),
  bad(
    "aws_iam_role",
    {
      assume_role_policy: document(
        '{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2" } }',
      ),
    },
    /not valid/,
    stricter,
  ),
  bad(
    "aws_iam_role",
    {
      assume_role_policy: document(
        '{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Services = "ec2.amazonaws.com" } }',
      ),
    },
    /not valid/,
    stricter,
  ),
  bad(
    "aws_iam_role",
    {
      assume_role_policy: document(
        '{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "role/x" } }',
      ),
    },
    /not valid/,
    stricter,
  ),
  bad(
    "aws_iam_role_policy",
    { policy: document('{ Effect = "allow", Action = "s3:*", Resource = "*" }') },
    /not valid/,
    stricter,
  ),
  bad(
    "aws_iam_role_policy",
    { policy: document('{ Effect = "Allow", Action = "s3", Resource = "*" }') },
    /not valid/,
    stricter,
  ),
  bad(
    "aws_iam_role_policy",
    { policy: document('{ Effect = "Allow", Action = "s3:*" }') },
    /not valid/,
    stricter,
  ),
  bad(
    "aws_iam_role_policy",
    { policy: document('{ Effect = "Allow", Actions = "s3:*", Resource = "*" }') },
    /not valid/,
    stricter,
  ),
  bad(
    "aws_iam_role_policy",
    { policy: document('{ Effect = "Allow", Action = "s3:*", Resource = "bucket" }') },
    /not valid/,
    stricter,
  ),
  bad(
    "aws_iam_role_policy",
    { policy: document('{ Effect = "Allow", Action = "s3:*", Resource = "*", Principal = "*" }') },
    /not valid/,
    stricter,
  ),
  bad(
    "aws_iam_role_policy",
    {
      policy: document(
        '{ Effect = "Allow", Action = "s3:*", Resource = "*", Condition = { StringEqual = { "aws:x" = "y" } } }',
      ),
    },
    /not valid/,
    stricter,
  ),
  bad(
    "aws_iam_role_policy",
    {
      policy: document(
        '{ Effect = "Allow", Action = "s3:*", Resource = "*", Condition = { StringEquals = { SourceAccount = "y" } } }',
      ),
    },
    /not valid/,
    stricter,
  ),
  bad(
    "aws_iam_policy",
    { policy: 'jsonencode({ Version = "2012-10-17" })' },
    /not valid/,
    stricter,
  ),
  bad("aws_iam_policy", { policy: document("", '"2012-10-17"') }, /not valid/, stricter),
  bad(
    "aws_iam_policy",
    { policy: document('{ Effect = "Allow", Action = "s3:*", Resource = "*" }', '"2012-10-18"') },
    /not valid/,
    stricter,
  ),
  bad(
    "aws_iam_policy",
    { policy: document('{ Effect = "Allow", Action = "s3:*", Resource = "*" }', '"2008-10-17"') },
    /old language version/,
    { ...stricter, severity: "warning" },
  ),
  bad(
    "aws_iam_policy",
    {
      policy: 'jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })',
    },
    /old language version/,
    { ...stricter, severity: "warning" },
  ),
  bad(
    "aws_iam_policy",
    { policy: document('{ Sid = "a b", Effect = "Allow", Action = "s3:*", Resource = "*" }') },
    /not valid/,
    stricter,
  ),
  bad(
    "aws_iam_policy",
    {
      policy: document(
        '{ Sid = "A", Effect = "Allow", Action = "s3:*", Resource = "*" }, { Sid = "A", Effect = "Deny", Action = "s3:*", Resource = "*" }',
      ),
    },
    /not valid/,
    stricter,
  ),
  bad(
    "aws_iam_policy",
    {
      policy:
        'jsonencode({ Version = "2012-10-17", Statement = [for i in range(200) : { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::b${i}" }] })',
    },
    /too long/,
    stricter,
  ),
  bad("aws_iam_role_policy_attachment", { policy_arn: '"AmazonEKSClusterPolicy"' }, /not an ARN/),
  bad(
    "aws_iam_openid_connect_provider",
    { url: '"http://token.example.com"' },
    /not the address of an identity provider/,
  ),
  bad("aws_iam_openid_connect_provider", { thumbprint_list: '["abc"]' }, /not a thumbprint/),
  bad(
    "aws_iam_service_linked_role",
    { aws_service_name: '"autoscaling"' },
    /not the name of a service/,
  ),
  bad(
    "data.aws_iam_policy_document",
    { statement: '{\n effect = "allow"\n actions = ["s3:*"]\n resources = ["*"]\n}' },
    /not an effect/,
  ),
  bad(
    "data.aws_iam_policy_document",
    { statement: '{\n actions = ["s3.GetObject"]\n resources = ["*"]\n}' },
    /not an action/,
    stricter,
  ),
  bad(
    "data.aws_iam_policy_document",
    { statement: '{\n actions = ["s3:GetObject"]\n resources = ["bucket"]\n}' },
    /not a resource/,
    stricter,
  ),
  bad(
    "data.aws_iam_policy_document",
    { statement: '{\n resources = ["*"]\n}' },
    /no actions/,
    stricter,
  ),
  bad(
    "data.aws_iam_policy_document",
    { statement: '{\n actions = ["s3:*"]\n not_actions = ["s3:*"]\n resources = ["*"]\n}' },
    /Conflicting arguments/,
    stricter,
  ),
  bad(
    "data.aws_iam_policy_document",
    {
      statement:
        '{\n actions = ["sts:AssumeRole"]\n principals {\n type = "Services"\n identifiers = ["x"]\n }\n}',
    },
    /not a type of principal/,
    stricter,
  ),
  bad(
    "data.aws_iam_policy_document",
    {
      statement:
        '{\n actions = ["sts:AssumeRole"]\n principals {\n type = "Service"\n identifiers = ["ec2"]\n }\n}',
    },
    /not a service principal/,
    stricter,
  ),
  bad(
    "data.aws_iam_policy_document",
    {
      statement:
        '{\n actions = ["sts:AssumeRole"]\n principals {\n type = "AWS"\n identifiers = ["x"]\n }\n}',
    },
    /not an AWS principal/,
    stricter,
  ),
  bad(
    "data.aws_iam_policy_document",
    {
      statement:
        '{\n actions = ["s3:*"]\n resources = ["*"]\n condition {\n test = "StringEqual"\n variable = "aws:x"\n values = ["y"]\n }\n}',
    },
    /not a condition operator/,
    stricter,
  ),
  bad(
    "data.aws_iam_policy_document",
    {
      statement:
        '{\n actions = ["s3:*"]\n resources = ["*"]\n condition {\n test = "StringEquals"\n variable = "SourceArn"\n values = ["y"]\n }\n}',
    },
    /not a condition key/,
    stricter,
  ),
  bad("data.aws_iam_policy_document", { version: '"2012-10-18"' }, /not a version/),
  bad(
    "data.aws_iam_policy_document",
    {
      statement: [
        '{\n sid = "A"\n actions = ["s3:*"]\n resources = ["*"]\n}',
        '{\n sid = "A"\n actions = ["s3:*"]\n resources = ["*"]\n}',
      ],
    },
    /Two statements have the Sid/,
    stricter,
  ),
  bad("aws_accessanalyzer_analyzer", { type: '"REGION"' }, /not a type of analyzer/),
  // KMS and secrets
  bad("aws_kms_key", { deletion_window_in_days: "6" }, /not a deletion window/),
  bad("aws_kms_key", { deletion_window_in_days: "31" }, /not a deletion window/),
  bad(
    "aws_kms_key",
    { enable_key_rotation: "true", rotation_period_in_days: "30" },
    /not a rotation period/,
  ),
  bad(
    "aws_kms_key",
    { enable_key_rotation: "false", rotation_period_in_days: "90" },
    /rotation period without rotation/,
    stricter,
  ),
  bad("aws_kms_key", { key_usage: '"ENCRYPT"' }, /not a use of a key/),
  bad(
    "aws_kms_key",
    { policy: document('{ Effect = "Allow", Action = "kms:*", Resource = "*" }') },
    /not valid/,
    stricter,
  ),
  bad("aws_kms_key", { policy: '"policy"' }, /not valid JSON/),
  bad("aws_kms_alias", { name: '"x"' }, /not an alias/),
  bad("aws_kms_alias", { name: '"alias/aws/x"' }, /not an alias/),
  bad("aws_kms_grant", { operations: '["decrypt"]' }, /not an operation of a grant/),
  bad("aws_ssm_parameter", { type: '"Secret"' }, /not a type of parameter/),
  bad("aws_secretsmanager_secret", { recovery_window_in_days: "3" }, /not a recovery window/),
  // Logs, alarms, events
  bad("aws_cloudwatch_log_group", { retention_in_days: "366" }, /not a retention/),
  bad("aws_cloudwatch_log_group", { name: '"a b"' }, /not the name of a log group/),
  bad("aws_cloudwatch_log_group", { kms_key_id: '"alias/x"' }, /not an ARN/, stricter),
  bad("aws_cloudwatch_log_group", { log_group_class: '"CHEAP"' }, /not a class of log group/),
  bad("aws_cloudwatch_metric_alarm", { comparison_operator: '">"' }, /not a comparison/),
  bad("aws_cloudwatch_metric_alarm", { statistic: '"Mean"' }, /not a statistic/),
  bad(
    "aws_cloudwatch_metric_alarm",
    { treat_missing_data: '"ok"' },
    /not a treatment of missing data/,
  ),
  bad("aws_cloudwatch_event_rule", { event_pattern: '"{"' }, /not valid JSON/),
  bad(
    "aws_cloudwatch_event_rule",
    { event_pattern: "null", schedule_expression: '"every day"' },
    /not a schedule/,
    stricter,
  ),
  bad(
    "aws_cloudwatch_event_rule",
    { event_pattern: "null", schedule_expression: '"rate(5 minute)"' },
    /not a schedule/,
    stricter,
  ),
  bad("aws_cloudwatch_event_rule", { event_pattern: "null" }, /Missing argument/),
  bad("aws_cloudwatch_event_target", { arn: '"topic"' }, /not an ARN/),
  // Stores and queues
  bad("aws_s3_bucket", { bucket: '"My_Bucket"' }, /not the name of a bucket/, stricter),
  bad("aws_s3_bucket", { bucket: '"192.168.0.1"' }, /not the name of a bucket/, stricter),
  bad("aws_s3_bucket_policy", { policy: '"{}"' }, /not valid/, stricter),
  bad(
    "aws_s3_bucket_versioning",
    { versioning_configuration: '{ status = "On" }' },
    /not a state of versioning/,
  ),
  bad(
    "aws_s3_bucket_server_side_encryption_configuration",
    { rule: '{\n apply_server_side_encryption_by_default { sse_algorithm = "KMS" }\n}' },
    /not an encryption/,
  ),
  bad(
    "aws_s3_bucket_server_side_encryption_configuration",
    {
      rule: `{\n apply_server_side_encryption_by_default {\n sse_algorithm = "AES256"\n kms_master_key_id = ${key}\n }\n}`,
    },
    /AES256 takes no key/,
    stricter,
  ),
  bad(
    "aws_s3_bucket_ownership_controls",
    { rule: '{ object_ownership = "Owner" }' },
    /not an object ownership/,
  ),
  bad("aws_sns_topic", { kms_master_key_id: '"x"' }, /not a KMS key/, stricter),
  bad(
    "aws_sns_topic_policy",
    { policy: document('{ Effect = "Allow", Action = "sns:Publish", Resource = "*" }') },
    /not valid/,
    stricter,
  ),
  bad("aws_sns_topic_subscription", { protocol: '"mail"' }, /not a protocol/),
  bad("aws_sqs_queue", { kms_data_key_reuse_period_seconds: "10" }, /not a time in seconds/),
  bad("aws_sqs_queue", { message_retention_seconds: "10" }, /not a retention/),
  bad(
    "aws_sqs_queue",
    { kms_master_key_id: '"alias/x"', sqs_managed_sse_enabled: "true" },
    /Conflicting arguments/,
  ),
  bad("aws_sqs_queue_policy", { policy: '"{"' }, /not valid JSON/),
  bad("aws_ecr_repository", { image_tag_mutability: '"FIXED"' }, /not a mutability of tags/),
  bad(
    "aws_ecr_repository",
    { encryption_configuration: '{ encryption_type = "aws:kms" }' },
    /not an encryption/,
  ),
  bad("aws_efs_file_system", { throughput_mode: '"fast"' }, /not a throughput mode/),
  bad("aws_dynamodb_table", { billing_mode: '"ON_DEMAND"' }, /not a billing mode/),
  bad("aws_inspector2_enabler", { resource_types: '["EKS"]' }, /not a type of resource/),
  bad("aws_budgets_budget", { time_unit: '"WEEKLY"' }, /not a unit of time/),
];

/** The HCL of a resource or data source of this name. */
export function hcl(type: string, name: string, set: Arguments): string {
  const data = type.startsWith("data.");
  const lines = [`${data ? "data" : "resource"} "${data ? type.slice(5) : type}" "${name}" {`];
  for (const [argument, value] of Object.entries({ ...bases[type], ...set }))
    for (const each of Array.isArray(value) ? value : [value])
      lines.push(isBlock(argument, each) ? `${argument} ${each}` : `${argument} = ${each}`);
  return `${[...lines, "}"].join("\n")}\n`;
}

/** Maps are the only arguments that begin with a brace. */
const isBlock = (argument: string, value: string): boolean =>
  value.startsWith("{") && argument !== "labels" && argument !== "tags";
