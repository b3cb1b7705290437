/**
 * The questions of the core, one declaration each; features add theirs in src/features.
 * Flag, `HARDENED_EKS_*` variable, prompt, default, schema, docs row and completion derive from here.
 */
import {
  DEFAULT_KUBERNETES,
  instanceTypeNames,
  kubernetesVersions,
  regions,
} from "../catalog/index.ts";
import {
  choice,
  integer,
  list,
  names,
  type OptionDeclaration,
  refuseTwins,
  splitOnce,
  text,
  toggle,
} from "./declare.ts";

/** What EKS, S3 and IAM all accept as the start of a name (DESIGN §4). */
const NAME_PATTERN = "^[a-z][a-z0-9-]{1,38}[a-z0-9]$";
const ENVIRONMENT_NAME_PATTERN = "^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$";
const DNS_LABEL_PATTERN = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$";
const CIDR_PATTERN = "^(\\d{1,3}\\.){3}\\d{1,3}/\\d{1,2}$";
const ROLE_ARN_PATTERN = "^arn:aws[a-z-]*:iam::\\d{12}:role/[A-Za-z0-9_+=.@/-]{1,512}$";
/** An optional DNS prefix of up to 253 characters, and a name of up to 63. */
const LABEL_PATTERN =
  "^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$";
const LABEL_VALUE_PATTERN = "^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$";

const SAFE_DEFAULT = "has a safe default that fits most";

export const coreDeclarations: readonly OptionDeclaration[] = [
  text({
    path: "name",
    flag: "name",
    placeholder: "name",
    summary: "Project name; cluster, bucket and role names start with it",
    pattern: NAME_PATTERN,
    expects: "3 to 40 lower-case letters, digits and hyphens, starting with a letter",
    defaultText: "last part of the directory",
    prompt: { message: "Project name", order: 0 },
  }),
  choice({
    path: "iac",
    flag: "iac",
    summary: "Tool that applies the repository",
    choices: [
      { value: "terraform", label: "Terraform (>= 1.11)" },
      { value: "opentofu", label: "OpenTofu (>= 1.10)" },
    ],
    default: "terraform",
    prompt: { message: "Infrastructure as code with", order: 10 },
  }),
  choice({
    path: "awsProvider",
    flag: "aws-provider",
    summary: "AWS provider floor: 5 is valid on 5.100 and 6, 6 adds what only 6 has",
    choices: [
      { value: 5, label: ">= 5.100, < 7" },
      { value: 6, label: ">= 6.28, < 7: adds deletion protection" },
    ],
    default: 5,
    prompt: { notAsked: "the default is valid on both majors" },
  }),
  text({
    path: "region",
    flag: "region",
    placeholder: "region",
    summary: "AWS region of every environment",
    pattern: "^[a-z]{2,4}(-[a-z]+)+-\\d$",
    expects: "an AWS region such as eu-west-1",
    default: "us-east-1",
    suggestions: regions.map((region) => region.name),
    prompt: { message: "AWS region", order: 20 },
  }),
  list({
    path: "zones",
    placeholder: "ids",
    summary: "Availability-zone ids of the subnets",
    items: { type: "string", pattern: "^[a-z0-9]+-az\\d+$" },
    minItems: 2,
    expects: "two or three zone ids such as euw1-az1,euw1-az2,euw1-az3",
    defaultText: "the first three of the region that EKS accepts",
    prompt: { notAsked: "the catalog knows them for most regions" },
  }),
  names({
    path: "environments",
    flag: "environments",
    placeholder: "names",
    summary: "Environments, in order of promotion; each gets its own cluster",
    name: { type: "string", pattern: ENVIRONMENT_NAME_PATTERN },
    entry: { type: "object" },
    expects: "names of up to 12 lower-case letters, digits and hyphens, such as dev,prod",
    default: { dev: {}, prod: {} },
    fromSuffix: (suffix) => {
      if (suffix !== undefined) throw new TypeError("names only, such as dev,prod");
      return {};
    },
    toSuffix: () => undefined,
    prompt: { message: "Environments (comma-separated)", order: 30 },
  }),
  text({
    path: "accountId",
    placeholder: "id",
    summary: "AWS account of the environment",
    pattern: "^\\d{12}$",
    expects: "12 digits",
    defaultText: "a required variable",
    perEnvironment: true,
    prompt: { notAsked: "often unknown on the first day; a required variable until it is given" },
  }),
  text({
    path: "kubernetes",
    flag: "kubernetes",
    placeholder: "version",
    summary: "Kubernetes minor version",
    pattern: "^1\\.\\d{2}$",
    expects: `a minor version such as ${DEFAULT_KUBERNETES}`,
    default: DEFAULT_KUBERNETES,
    suggestions: kubernetesVersions.map((entry) => entry.version),
    prompt: { message: "Kubernetes version", order: 40 },
  }),
  toggle({
    path: "allowExtendedSupport",
    flag: "allow-extended-support",
    summary: "Accept a Kubernetes version in paid extended support",
    default: false,
    prompt: { notAsked: "an exception that has to be stated" },
  }),
  toggle({
    path: "allowUnknownVersion",
    flag: "allow-unknown-version",
    summary: "Accept a Kubernetes version newer than the catalog",
    default: false,
    prompt: { notAsked: "an exception that has to be stated" },
  }),
  choice({
    path: "compute",
    flag: "compute",
    summary: "What runs the nodes",
    choices: [{ value: "managed", label: "Managed node groups" }],
    default: "managed",
    prompt: { notAsked: "there is one kind" },
  }),
  choice({
    path: "nodes.profile",
    flag: "node-profile",
    summary: "Kind of node",
    choices: [
      { value: "general", label: "General purpose (m7i, m7g)" },
      { value: "compute", label: "Compute optimised (c7i, c7g)" },
      { value: "memory", label: "Memory optimised (r7i, r7g)" },
      { value: "burstable", label: "Burstable, not for production (t3, t4g)" },
    ],
    default: "general",
    perEnvironment: true,
    prompt: { message: "Node profile", order: 50 },
  }),
  choice({
    path: "nodes.size",
    flag: "node-size",
    summary: "Size of a node, EC2's own suffix",
    choices: [
      { value: "large", label: "large (2 vCPU)" },
      { value: "xlarge", label: "xlarge (4 vCPU)" },
      { value: "2xlarge", label: "2xlarge (8 vCPU)" },
      { value: "4xlarge", label: "4xlarge (16 vCPU)" },
    ],
    default: "large",
    perEnvironment: true,
    prompt: { message: "Node size", order: 60 },
  }),
  choice({
    path: "nodes.arch",
    flag: "node-arch",
    summary: "Processor architecture",
    choices: [
      { value: "x86", label: "x86-64" },
      { value: "arm", label: "Graviton (arm64)" },
    ],
    default: "x86",
    perEnvironment: true,
    prompt: { notAsked: "images of most teams are x86-64" },
  }),
  list({
    path: "nodes.instanceTypes",
    flag: "instance-types",
    placeholder: "types",
    summary: "Exact instance types instead of profile and size",
    items: { type: "string", pattern: "^[a-z0-9-]+\\.[a-z0-9-]+$" },
    minItems: 1,
    expects: "EC2 instance types such as m7i.large,m6i.large",
    defaultText: "from profile and size",
    suggestions: instanceTypeNames,
    perEnvironment: true,
    prompt: { notAsked: "profile and size choose them" },
  }),
  ...(
    [
      ["min", 2],
      ["desired", 3],
      ["max", 10],
    ] as const
  ).map(([key, value]) =>
    integer({
      path: `nodes.${key}`,
      flag: `node-${key}`,
      summary: `${{ min: "Least", desired: "Initial", max: "Greatest" }[key]} number of nodes`,
      minimum: 0,
      maximum: 450,
      default: value,
      perEnvironment: true,
      prompt: { notAsked: SAFE_DEFAULT },
    }),
  ),
  choice({
    path: "nodes.os",
    flag: "node-os",
    summary: "Operating system of the nodes",
    choices: [
      { value: "bottlerocket", label: "Bottlerocket" },
      { value: "al2023", label: "Amazon Linux 2023" },
    ],
    default: "bottlerocket",
    perEnvironment: true,
    prompt: { notAsked: SAFE_DEFAULT },
  }),
  choice({
    path: "nodes.capacity",
    flag: "node-capacity",
    summary: "How the nodes are bought",
    choices: [
      { value: "on-demand", label: "On demand" },
      { value: "spot", label: "Spot" },
    ],
    default: "on-demand",
    perEnvironment: true,
    prompt: { notAsked: SAFE_DEFAULT },
  }),
  integer({
    path: "nodes.disk",
    flag: "node-disk",
    summary: "Size of a node's data volume (gp3)",
    minimum: 20,
    maximum: 16384,
    unit: "GiB",
    default: 100,
    perEnvironment: true,
    prompt: { notAsked: SAFE_DEFAULT },
  }),
  {
    path: "nodes.labels",
    summary: "Kubernetes labels of the nodes",
    kind: "names",
    schema: {
      type: "object",
      propertyNames: { type: "string", pattern: LABEL_PATTERN },
      additionalProperties: { type: "string", pattern: LABEL_VALUE_PATTERN },
    },
    expects: "labels such as team=payments",
    defaultText: "none",
    perEnvironment: true,
    prompt: { notAsked: "for the file; a prompt has no room for it" },
    parse: (value) => {
      const pairs = value
        .split(",")
        .filter((pair) => pair.trim() !== "")
        .map((pair) => splitOnce(pair.trim(), "="));
      refuseTwins(pairs.map(([key]) => key));
      return Object.fromEntries(pairs.map(([key, item]) => [key, item ?? ""]));
    },
    format: (value) =>
      Object.entries(value as Record<string, string>)
        .map(([key, item]) => `${key}=${item}`)
        .join(","),
  },
  {
    path: "nodes.taints",
    summary: "Kubernetes taints of the nodes",
    kind: "list",
    schema: {
      type: "array",
      items: {
        type: "object",
        required: ["key", "effect"],
        additionalProperties: false,
        properties: {
          key: { type: "string", pattern: LABEL_PATTERN },
          value: { type: "string", pattern: LABEL_VALUE_PATTERN },
          effect: { type: "string", enum: ["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"] },
        },
      },
    },
    expects: "taints such as dedicated=batch:NO_SCHEDULE",
    defaultText: "none",
    perEnvironment: true,
    prompt: { notAsked: "for the file; a prompt has no room for it" },
    parse: (value) =>
      value
        .split(",")
        .filter((item) => item.trim() !== "")
        .map((item) => {
          const match = /^([^=:]+)(?:=([^:]*))?:([A-Z_]+)$/.exec(item.trim());
          if (match === null) throw new TypeError("taints such as dedicated=batch:NO_SCHEDULE");
          const [, key, taintValue, effect] = match;
          return { key, ...(taintValue === undefined ? {} : { value: taintValue }), effect };
        }),
    format: (value) =>
      (value as { key: string; value?: string; effect: string }[])
        .map(
          (taint) =>
            `${taint.key}${taint.value === undefined ? "" : `=${taint.value}`}:${taint.effect}`,
        )
        .join(","),
  },
  choice({
    path: "network.egress",
    flag: "egress",
    summary: "Way out of the private subnets",
    choices: [
      { value: "nat-per-az", label: "A NAT gateway in each zone" },
      { value: "nat", label: "One NAT gateway" },
      { value: "none", label: "None: VPC endpoints only" },
    ],
    default: "nat",
    defaultText: "nat-per-az (production), nat (others)",
    perEnvironment: true,
    prompt: {
      message: "Egress to the internet",
      order: 70,
      unanswered: "A NAT gateway in each zone in production, one elsewhere",
    },
  }),
  choice({
    path: "network.vpc",
    flag: "vpc",
    summary: "A VPC of its own, or one that exists (ids as Terraform variables)",
    choices: [
      { value: "new", label: "A new VPC for each environment" },
      { value: "existing", label: "A VPC that exists" },
    ],
    default: "new",
    perEnvironment: true,
    prompt: { notAsked: SAFE_DEFAULT },
  }),
  text({
    path: "network.cidr",
    placeholder: "cidr",
    summary: "IPv4 range of the VPC",
    pattern: CIDR_PATTERN,
    expects: "an IPv4 range such as 10.40.0.0/16",
    defaultText: "10.40.0.0/16, 10.41.0.0/16 …",
    perEnvironment: true,
    prompt: { notAsked: "each environment gets a range of its own" },
  }),
  choice({
    path: "access.endpoint",
    flag: "endpoint",
    summary: "Reach of the Kubernetes API",
    choices: [
      { value: "private", label: "Private: inside the VPC only" },
      { value: "restricted", label: "Private, and public for listed ranges" },
    ],
    default: "private",
    perEnvironment: true,
    prompt: { message: "Kubernetes API endpoint", order: 80 },
  }),
  list({
    path: "access.publicCidrs",
    flag: "public-cidrs",
    placeholder: "cidrs",
    summary: "Ranges that may reach a restricted public endpoint",
    items: { type: "string", pattern: CIDR_PATTERN },
    minItems: 1,
    expects: "IPv4 ranges such as 203.0.113.0/24",
    defaultText: "none",
    perEnvironment: true,
    prompt: {
      message: "Ranges that may reach the public endpoint",
      order: 81,
      when: (answer) => answer("access.endpoint") === "restricted",
    },
  }),
  list({
    path: "access.admins",
    flag: "admins",
    placeholder: "arns",
    summary: "IAM roles that administer the cluster",
    items: { type: "string", pattern: ROLE_ARN_PATTERN },
    minItems: 1,
    expects: "IAM role ARNs such as arn:aws:iam::111122223333:role/platform-admin",
    defaultText: "a required variable",
    perEnvironment: true,
    prompt: { notAsked: "often unknown on the first day; a required variable until it is given" },
  }),
  choice({
    path: "identity",
    flag: "identity",
    summary: "How pods get AWS credentials",
    choices: [
      { value: "irsa", label: "IAM roles for service accounts" },
      { value: "pod-identity", label: "EKS Pod Identity" },
    ],
    default: "irsa",
    prompt: { notAsked: SAFE_DEFAULT },
  }),
  names({
    path: "namespaces",
    flag: "namespaces",
    placeholder: "names",
    summary: "Workload namespaces; name=baseline or name=privileged loosens one",
    name: { type: "string", pattern: DNS_LABEL_PATTERN },
    entry: {
      type: "object",
      additionalProperties: false,
      properties: {
        podSecurity: { type: "string", enum: ["restricted", "baseline", "privileged"] },
      },
    },
    expects: "names such as production,tools=baseline",
    default: { production: { podSecurity: "restricted" } },
    fromSuffix: (suffix) => ({ podSecurity: suffix ?? "restricted" }),
    toSuffix: (entry) => {
      const level = (entry as { podSecurity?: string }).podSecurity;
      return level === "restricted" ? undefined : level;
    },
    prompt: { notAsked: SAFE_DEFAULT },
  }),
  choice({
    path: "state.backend",
    summary: "Where the state lives",
    choices: [
      { value: "s3", label: "S3 with native locking" },
      { value: "local", label: "Local files, for trials" },
    ],
    default: "s3",
    prompt: { notAsked: "only trials want the other" },
  }),
  choice({
    path: "logs.retentionDays",
    summary: "Days that control-plane and flow logs are kept",
    // The periods of CloudWatch Logs from a year upwards.
    choices: [365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653].map((days) => ({
      value: days,
      label: `${days} days`,
    })),
    default: 365,
    prompt: { notAsked: SAFE_DEFAULT },
  }),
  choice({
    path: "ci",
    flag: "ci",
    summary: "Pipelines to generate",
    choices: [
      { value: "github", label: "GitHub Actions" },
      { value: "gitlab", label: "GitLab CI" },
      { value: "none", label: "None" },
    ],
    default: "github",
    prompt: { message: "Pipelines", order: 120 },
  }),
  text({
    path: "repository",
    flag: "repository",
    placeholder: "owner/name",
    summary: "Repository that the pipelines run in; binds the OIDC roles",
    pattern: "^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$",
    maxLength: 200,
    expects: "a path such as acme/platform",
    defaultText: "a required variable",
    prompt: { notAsked: "often unknown on the first day; a required variable until it is given" },
  }),
  text({
    path: "contact",
    flag: "contact",
    placeholder: "e-mail",
    summary: "Mailbox of the owning team: tags, alarms, security policy",
    pattern:
      "^[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$",
    maxLength: 200,
    expects: "an e-mail address",
    defaultText: "none",
    prompt: { notAsked: "optional" },
  }),
];
