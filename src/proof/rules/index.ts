/** All value rules, by type; those of data sources begin with `data.`. */
import { ec2 } from "./ec2.ts";
import { eks } from "./eks.ts";
import { guardduty } from "./guardduty.ts";
import { iam } from "./iam.ts";
import { kms } from "./kms.ts";
import { network } from "./network.ts";
import { operations } from "./operations.ts";
import type { Rules } from "./rule.ts";

export { provider } from "./provider.ts";
export { applyRules, type Problem, type Step, UNKNOWN, type Value } from "./rule.ts";
export const rules: Rules = {
  ...ec2,
  ...eks,
  ...guardduty,
  ...iam,
  ...kms,
  ...network,
  ...operations,
};
