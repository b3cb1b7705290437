/** A value that a required variable could have, for an offline plan. */

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** By the end of the name; the first that fits counts. */
const BY_NAME: readonly [RegExp, string][] = [
  [/account_?ids?$/, "111122223333"],
  [/partition$/, "aws"],
  [/dns_suffix$/, "amazonaws.com"],
  [/region$/, "us-east-1"],
  [
    /(kms_)?key_arns?$/,
    "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555",
  ],
  [/topic_arns?$/, "arn:aws:sns:us-east-1:111122223333:stand-in"],
  [/bucket_arns?$/, "arn:aws:s3:::stand-in"],
  [/log_group_arns?$/, "arn:aws:logs:us-east-1:111122223333:log-group:stand-in"],
  [/policy_arns?$/, "arn:aws:iam::111122223333:policy/stand-in"],
  [
    /oidc_provider_arn$/,
    "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE",
  ],
  [/cluster_arn$/, "arn:aws:eks:us-east-1:111122223333:cluster/stand-in"],
  [/(arn|arns|admins?|principals?)$/, "arn:aws:iam::111122223333:role/stand-in"],
  [/service_.*cidr$/, "172.20.0.0/16"],
  [/cidrs?(_blocks?)?$/, "10.0.0.0/16"],
  [/repository$/, "example/repository"],
  [/e?mail|contact/, "platform@example.com"],
  [/subnet_ids?$/, "subnet-0123456789abcdef0"],
  [/vpc_id$/, "vpc-0123456789abcdef0"],
  [/security_group_ids?$/, "sg-0123456789abcdef0"],
  [/route_table_ids?$/, "rtb-0123456789abcdef0"],
  [/zone_ids?$/, "use1-az1"],
  [/detector_id$/, "0123456789abcdef0123456789abcdef"],
  [/(kubernetes_|cluster_)?version$/, "1.35"],
  [/(url|issuer)$/, "https://example.com"],
  [/instance_types?$/, "m7i.large"],
  [/environment$/, "dev"],
];

/** A value for a variable of this name and type, as written in its declaration. */
export function standIn(name: string, type: string): Json {
  return new TypeReader(type).value(name);
}

class TypeReader {
  readonly #tokens: string[];

  constructor(type: string) {
    this.#tokens =
      type.replaceAll(/(#|\/\/)[^\n]*/g, "").match(/[A-Za-z_][\w-]*|"[^"]*"|[^\s]/g) ?? [];
  }

  value(name: string): Json {
    switch (this.#tokens.shift()) {
      case "number":
        return 1;
      case "bool":
        return false;
      case "list":
      case "set":
      case "tuple": {
        const element = this.#inside(() =>
          this.#peek("[") ? this.#tuple(name) : [this.value(name)],
        );
        return element as Json[];
      }
      case "map":
        return this.#inside(() => {
          this.value(name);
          return {};
        });
      case "object":
        return this.#inside(() => this.#object());
      case "optional":
        return this.#inside(() => this.value(name));
      default:
        return BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? "stand-in";
    }
  }

  #peek(token: string): boolean {
    return this.#tokens[0] === token;
  }

  /** What stands between parentheses; what is left before the closing one is passed over. */
  #inside<T>(read: () => T): T {
    this.#tokens.shift();
    const result = read();
    for (let depth = 1; depth > 0 && this.#tokens.length > 0; ) {
      const token = this.#tokens.shift() as string;
      if ("([{".includes(token)) depth += 1;
      else if (")]}".includes(token)) depth -= 1;
    }
    return result;
  }

  #tuple(name: string): Json[] {
    this.#tokens.shift();
    const values: Json[] = [];
    while (this.#tokens.length > 0 && !this.#peek("]")) {
      values.push(this.value(name));
      if (this.#peek(",")) this.#tokens.shift();
    }
    this.#tokens.shift();
    return values;
  }

  #object(): Json {
    this.#tokens.shift();
    const fields: Record<string, Json> = {};
    while (this.#tokens.length > 0 && !this.#peek("}")) {
      const field = (this.#tokens.shift() as string).replaceAll('"', "");
      if (field === ",") continue;
      this.#tokens.shift();
      const optional = this.#peek("optional");
      const value = this.value(field);
      if (!optional) fields[field] = value;
    }
    this.#tokens.shift();
    return fields;
  }
}
