/** IAM. */
import { isAction, isOperator, isResource, policy } from "./policy.ts";
import {
  all,
  arn,
  type BlockTest,
  between,
  isSet,
  matches,
  oneOf,
  policyArn,
  type Rules,
  roleArn,
  type Test,
  type Value,
} from "./rule.ts";

const name = (what: string, length: number): Test =>
  matches(
    what,
    new RegExp(`^[0-9A-Za-z_+=,.@-]{1,${length}}$`),
    `It has up to ${length} letters, digits and any of _+=,.@-.`,
  );
const path = matches("a path", /^\/([!-~]*\/)?$/, 'It begins and ends with "/".');
const names = [["name", "name_prefix"]];

const statement: BlockTest = (block, report) => {
  const say = (at: string, summary: string, detail: string): void =>
    report([at], { summary, detail });
  for (const [one, other] of [
    ["actions", "not_actions"],
    ["resources", "not_resources"],
    ["principals", "not_principals"],
  ] as const)
    if (isSet(block[one]) && isSet(block[other]))
      say(
        other,
        "Conflicting arguments",
        `"${one}" and "${other}" cannot be given together. Keep one of them.`,
      );
  const empty = (value: Value | undefined): boolean =>
    value === null || (Array.isArray(value) && value.length === 0);
  if (empty(block.actions) && empty(block.not_actions))
    report([], {
      summary: "The statement has no actions",
      detail: "Name what it allows or denies in actions.",
    });
};

/** Terraform's own interpolation marks variables of policies as &{…}. */
const withoutVariables = (value: string): string => value.replaceAll(/[&$]\{[^}]*\}/g, "x");

export const iam: Rules = {
  aws_iam_role: {
    values: {
      name: name("the name of a role", 64),
      name_prefix: name("the beginning of a role's name", 38),
      path,
      assume_role_policy: policy("trust"),
      max_session_duration: between("a session duration in seconds", 3600, 43200),
      permissions_boundary: policyArn,
      "managed_policy_arns*": policyArn,
      "inline_policy*.policy": policy("inline"),
      description: matches(
        "the description of a role",
        /^[\t\n\r -~¡-ÿ]{0,1000}$/,
        "It has up to 1000 characters, all of them of Latin-1.",
      ),
    },
    conflicts: names,
  },
  aws_iam_role_policy: {
    values: {
      name: name("the name of a policy", 128),
      policy: policy("inline"),
      role: name("the name of a role", 64),
    },
    conflicts: names,
  },
  aws_iam_role_policy_attachment: {
    values: { policy_arn: policyArn, role: name("the name of a role", 64) },
  },
  aws_iam_role_policies_exclusive: { values: { role_name: name("the name of a role", 64) } },
  aws_iam_role_policy_attachments_exclusive: {
    values: { role_name: name("the name of a role", 64), "policy_arns*": policyArn },
  },
  aws_iam_policy: {
    values: { name: name("the name of a policy", 128), path, policy: policy("identity") },
    conflicts: names,
  },
  aws_iam_instance_profile: {
    values: { name: name("the name of an instance profile", 128), path },
    conflicts: names,
  },
  aws_iam_user_policy: { values: { policy: policy("inline") }, conflicts: names },
  aws_iam_group_policy: { values: { policy: policy("inline") }, conflicts: names },
  aws_iam_openid_connect_provider: {
    values: {
      url: matches(
        "the address of an identity provider",
        /^https:\/\/[^\s?#]+$/,
        "It begins with https:// and has no query.",
      ),
      "client_id_list*": matches(
        "an audience",
        /^\S{1,255}$/,
        "It has 1 to 255 characters and no blanks.",
      ),
      thumbprint_list: matches(
        "a thumbprint",
        /^[0-9a-fA-F]{40}$/,
        "It has 40 hexadecimal digits.",
      ),
    },
  },
  "data.aws_iam_policy_document": {
    values: {
      version: oneOf("a version of the policy language", ["2012-10-17", "2008-10-17"]),
      source_policy_documents: policyPart(),
      override_policy_documents: policyPart(),
      "statement.effect": oneOf("an effect", ["Allow", "Deny"]),
      "statement.sid": matches(
        "the Sid of a statement",
        /^[\w .:/=@+-]*$/,
        "It holds letters and digits.",
      ),
      "statement.actions*": action(),
      "statement.not_actions*": action(),
      "statement.resources*": resource(),
      "statement.not_resources*": resource(),
      "statement.principals*.type": principalType(),
      "statement.not_principals*.type": principalType(),
      "statement.condition*.test": (value) =>
        isOperator(String(value))
          ? undefined
          : {
              summary: `"${value}" is not a condition operator`,
              detail: "Did you mean StringEquals, StringLike, ArnLike or Bool?",
            },
      "statement.condition*.variable": matches(
        "a condition key",
        /^[A-Za-z0-9-]+[A-Za-z0-9./_-]*:.+$/,
        'It is written with the prefix of its service, such as "aws:SourceArn".',
      ),
    },
    blocks: {
      statement,
      "statement.principals*": (block, report) => {
        for (const value of Array.isArray(block.identifiers) ? block.identifiers : []) {
          if (typeof value !== "string") continue;
          if (
            block.type === "Service" &&
            value !== "*" &&
            !/^[a-z0-9.-]+\.[a-z0-9.-]+$/.test(value)
          )
            report(["identifiers"], {
              summary: `"${value}" is not a service principal`,
              detail: 'It is written "eks.amazonaws.com".',
            });
          if (
            block.type === "AWS" &&
            !/^(\*|\d{12}|arn:[^:]+:(iam|sts)::[^:]*:.+|A[A-Z0-9]{15,})$/.test(value)
          )
            report(["identifiers"], {
              summary: `"${value}" is not an AWS principal`,
              detail: 'Give an account id, the ARN of a role or user, or "*".',
            });
        }
      },
      "": (block, report) => {
        const seen = new Set<Value>();
        const statements = Array.isArray(block.statement) ? block.statement : [];
        statements.forEach((each, index) => {
          if (typeof each !== "object" || each === null || Array.isArray(each)) return;
          const { sid } = each;
          if (typeof sid !== "string" || sid === "") return;
          if (seen.has(sid))
            report(["statement", index, "sid"], {
              summary: `Two statements have the Sid "${sid}"`,
              detail: "Each must be unique.",
            });
          seen.add(sid);
        });
      },
    },
  },
  "data.aws_iam_role": { values: { name: name("the name of a role", 64) } },
  aws_accessanalyzer_analyzer: {
    values: {
      type: oneOf("a type of analyzer", [
        "ACCOUNT",
        "ORGANIZATION",
        "ACCOUNT_UNUSED_ACCESS",
        "ORGANIZATION_UNUSED_ACCESS",
        "ACCOUNT_INTERNAL_ACCESS",
        "ORGANIZATION_INTERNAL_ACCESS",
      ]),
    },
  },
  aws_codebuild_project: { values: { service_role: all(arn("an IAM role", "iam"), roleArn) } },
};

function action(): Test {
  return (value) =>
    isAction(withoutVariables(String(value)))
      ? undefined
      : {
          summary: `"${value}" is not an action`,
          detail: 'An action is written "service:Name", such as "s3:GetObject".',
        };
}

function resource(): Test {
  return (value) =>
    isResource(String(value)) || String(value).startsWith("&{")
      ? undefined
      : { summary: `"${value}" is not a resource`, detail: 'Give an ARN or "*".' };
}

function principalType(): Test {
  return oneOf("a type of principal", ["AWS", "Service", "Federated", "CanonicalUser", "*"]);
}

/** A part of a policy: valid JSON is all that can be said. */
function policyPart(): Test {
  return (value) => {
    try {
      JSON.parse(String(value));
      return undefined;
    } catch (error) {
      return { summary: "The policy is not valid JSON", detail: (error as Error).message };
    }
  };
}
