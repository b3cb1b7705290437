/** The functions that the provider adds to the language (the same in both majors). */

import type { Value } from "../rules/rule.ts";
import { encodeValue } from "./values.ts";
import { Message } from "./wire.ts";

interface ProviderFunction {
  parameters: string[];
  returns: unknown;
  /** Throws where the arguments will not do. */
  call(...values: string[]): string | Record<string, string>;
}

const ARN_PARTS = ["partition", "service", "region", "account_id", "resource"];

function parseArn(arn: string): Record<string, string> {
  const parts = arn.split(":");
  if (parts[0] !== "arn" || parts.length < 6)
    throw new Error(`${JSON.stringify(arn)} is not an ARN`);
  const [, partition, service, region, account_id, ...resource] = parts as [
    string,
    string,
    string,
    string,
    string,
  ];
  return { partition, service, region, account_id, resource: resource.join(":") };
}

export const FUNCTIONS: Readonly<Record<string, ProviderFunction>> = {
  arn_build: {
    parameters: ARN_PARTS,
    returns: "string",
    call: (...parts) => ["arn", ...parts].join(":"),
  },
  arn_parse: {
    parameters: ["arn"],
    returns: ["object", Object.fromEntries(ARN_PARTS.map((part) => [part, "string"]))],
    call: parseArn,
  },
  trim_iam_role_path: {
    parameters: ["arn"],
    returns: "string",
    call: (arn) => {
      const { service, resource = "" } = parseArn(arn);
      if (service !== "iam" || !resource.startsWith("role/"))
        throw new Error(`${JSON.stringify(arn)} is not the ARN of a role`);
      return arn.slice(0, arn.length - resource.length) + resource.replace(/^role\/.*\//, "role/");
    },
  },
};

/** How terraform is told of a function. */
export function describeFunction({ parameters, returns }: ProviderFunction): Message {
  const message = new Message();
  for (const name of parameters)
    message.bytes(1, new Message().bytes(1, name).bytes(2, JSON.stringify("string")));
  return message.bytes(3, new Message().bytes(1, JSON.stringify(returns)));
}

/** Answers a call. */
export function callFunction(name: string, values: readonly Value[]): Message {
  try {
    const known = FUNCTIONS[name];
    if (known === undefined) throw new Error(`there is no function ${JSON.stringify(name)}`);
    const result = known.call(...values.map(String));
    return new Message().bytes(1, new Message().bytes(1, encodeValue(result)));
  } catch (error) {
    return new Message().bytes(2, new Message().bytes(1, (error as Error).message));
  }
}
