/** The configuration of the provider itself. */
import { accountId, arn, oneOf, regionName, roleArn, type TypeRules } from "./rule.ts";

export const provider: TypeRules = {
  values: {
    region: regionName,
    "allowed_account_ids*": accountId,
    "forbidden_account_ids*": accountId,
    "assume_role.role_arn": roleArn,
    "assume_role.policy_arns*": arn("an IAM policy", "iam"),
    "assume_role_with_web_identity.role_arn": roleArn,
    retry_mode: oneOf("a retry mode", ["standard", "adaptive"]),
    s3_us_east_1_regional_endpoint: oneOf("a choice of endpoint", ["legacy", "regional"]),
    ec2_metadata_service_endpoint_mode: oneOf("a mode of the endpoint", ["IPv4", "IPv6"]),
  },
  conflicts: [["allowed_account_ids", "forbidden_account_ids"]],
};
