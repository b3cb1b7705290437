import { control, terraform } from "../control.ts";
import {
  GIVEN_PART,
  labelOf,
  placeOfCondition,
  principalsOfType,
  rolesForPeople,
} from "../evidence/iam.ts";
import { conditionOf, exactly } from "../evidence/policy.ts";
import { textsOf } from "../evidence/value.ts";

const USER = /^arn:[a-z-]+:iam::\d{12}:user\/[\w+=,.@/-]+$/;
const GIVEN = new RegExp(`^${GIVEN_PART}$`);

export default control({
  id: "identity.break-glass-trust",
  title: "The break-glass role is for named users, with MFA that is less than an hour old",
  why: "It is the way in that is left when everything else is closed: with the access key of one user alone an attacker would have it too.",
  severity: "critical",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  evidence: [
    terraform((subject, probe) => {
      // An expression over a list that is empty today says nothing about whom it will let in.
      for (const root of subject.roots)
        for (const call of root.settings)
          if (call.mode === "module" && call.names().includes("user_arns"))
            probe.that(
              call.origin("user_arns") !== undefined || textsOf(call.get("user_arns")).length > 0,
              call.placeOf("user_arns"),
              `${call.address}: user_arns is put together, it must be the list of users itself`,
              root.path,
            );
      // Every role that a person may take, also one that nobody is named for yet.
      for (const { role, statement } of rolesForPeople(probe, subject)) {
        const what = `${role.address}: ${labelOf(statement)}`;
        const require = (ok: boolean, key: string, message: string): void => {
          probe.that(ok, placeOfCondition(statement, key), `${what} ${message}`, role.root);
        };
        for (const user of principalsOfType(statement, "AWS"))
          probe.that(
            USER.test(user) || GIVEN.test(user),
            statement.placeOf("principals"),
            `${what} trusts ${user}, it must be an IAM user: the session of a role carries no MFA`,
            role.root,
          );
        probe.that(
          statement.principals.every(({ type }) => type === "AWS"),
          statement.placeOf("principals"),
          `${what} trusts ${statement.principals.map(({ type }) => type).join(" and ")} besides people`,
          role.root,
        );
        const present = conditionOf(
          statement,
          "aws:MultiFactorAuthPresent",
          (test) => test === "Bool",
        );
        require(present?.length === 1 &&
          present[0] ===
            "true", "aws:MultiFactorAuthPresent", "asks for no MFA, it must compare aws:MultiFactorAuthPresent with true by Bool (not by BoolIfExists)");
        const age = conditionOf(statement, "aws:MultiFactorAuthAge", (test) =>
          /^NumericLessThan(Equals)?$/.test(test),
        );
        const region = exactly(statement, "aws:RequestedRegion");
        require(region?.length ===
          1, "aws:RequestedRegion", "can be used in any region, it must name the one whose alarm sees it (aws:RequestedRegion)");
        require(age?.length === 1 &&
          Number(age[0]) <= 3600 &&
          Number(age[0]) >
            0, "aws:MultiFactorAuthAge", `lets MFA be ${age === undefined ? "of any age" : `${age.join(", ")} seconds old`}, it must be at most 3600`);
      }
    }),
  ],
  fix: "Trust ARNs of IAM users, with Bool aws:MultiFactorAuthPresent = true and NumericLessThan aws:MultiFactorAuthAge = 3600.",
  mutants: [
    {
      title: "BoolIfExists: long-lived keys carry no such key and pass",
      edits: [
        {
          file: "modules/break-glass/main.role.tf",
          replace: 'test     = "Bool"',
          with: 'test     = "BoolIfExists"',
        },
      ],
    },
    {
      title: "In a region whose trail no alarm reads",
      edits: [
        {
          file: "modules/break-glass/main.role.tf",
          replace:
            '      test     = "StringEquals"\n      variable = "aws:RequestedRegion"\n      values   = [var.region]\n    }\n  }\n}',
          with: '      test     = "StringLike"\n      variable = "aws:RequestedRegion"\n      values   = ["*"]\n    }\n  }\n}',
        },
      ],
    },
    {
      title: "MFA where somebody sets a variable",
      edits: [
        {
          file: "modules/break-glass/main.role.tf",
          replace:
            /condition \{\n( +test +)= "Bool"\n( +variable = "aws:MultiFactorAuthPresent")\n( +values +)= \["true"\]\n/,
          with: 'condition {\n      test     = var.strict ? "Bool" : "BoolIfExists"\n      variable = "aws:MultiFactorAuthPresent"\n      values   = ["true"]\n',
        },
        {
          file: "modules/break-glass/main.role.tf",
          append: '\nvariable "strict" {\n  type = bool\n}\n',
        },
      ],
    },
    {
      title: "For each user, everybody of another account as well",
      edits: [
        {
          file: "accounts/prod/main.break-glass.tf",
          replace: /user_arns( +)= var\.break_glass_user_arns/,
          with: 'user_arns = concat(tolist(var.break_glass_user_arns), [for user in var.break_glass_user_arns : "arn:aws:iam::999999999999:root"])',
        },
      ],
    },
    {
      title: "MFA of last week",
      of: "startup",
      edits: [
        {
          file: "modules/break-glass/main.role.tf",
          replace: 'values   = ["3600"]',
          with: 'values   = ["604800"]',
        },
      ],
    },
    {
      title: "The account instead of its users",
      of: "bank",
      edits: [
        {
          file: "modules/break-glass/main.role.tf",
          replace: "identifiers = var.user_arns",
          with: 'identifiers = ["arn:${var.partition}:iam::${var.account_id}:root"]',
        },
      ],
    },
    {
      title: "A second way in beside it, without MFA",
      of: "government",
      edits: [
        {
          file: "accounts/prod/main.break-glass.tf",
          append: `
resource "aws_iam_role" "night_shift" {
  name               = "\${local.name}-night-shift"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws-us-gov:iam::111122223333:user/operator" } }] })
}
`,
        },
      ],
    },
  ],
});
