/** Configurations that together hold every pair of option values. */
import { make } from "covertable";
import { declarations, findFeature } from "../../src/features/index.ts";
import type { Config } from "../../src/options/config.ts";
import { fillDefaults } from "../../src/options/defaults.ts";
import type { Data } from "../../src/options/paths.ts";
import { mergeData, setPath } from "../../src/options/paths.ts";

/** Values of each dimension; a value is what it adds to the input. */
const factors = {
  iac: ["terraform", "opentofu"],
  awsProvider: [5, 6],
  region: ["us-east-1", "eu-west-1", "us-west-1", "us-gov-west-1", "cn-northwest-1"],
  kubernetes: ["1.35", "1.36"],
  environments: ["dev,prod", "prod", "dev,stage,prod"],
  accounts: ["unknown", "apart", "shared"],
  "nodes.profile": ["general", "compute", "memory", "burstable"],
  "nodes.size": ["large", "2xlarge"],
  "nodes.arch": ["x86", "arm"],
  "nodes.os": ["bottlerocket", "al2023"],
  "nodes.capacity": ["on-demand", "spot"],
  groups: ["one", "two"],
  "network.egress": ["nat-per-az", "nat", "none"],
  "network.vpc": ["new", "existing"],
  endpoint: ["private", "restricted"],
  admins: ["unknown", "known"],
  identity: ["irsa", "pod-identity"],
  namespaces: ["one", "three"],
  networkPolicy: ["calico", "cilium", "vpc-cni"],
  addons: ["none", "default", "all"],
  "guardduty.detector": ["create", "existing", "delegated"],
  "state.backend": ["s3", "local"],
  ci: ["github", "gitlab", "none"],
  repository: ["unknown", "known"],
  contact: ["unknown", "known"],
} as const;

type Row = { [K in keyof typeof factors]: (typeof factors)[K][number] };

function inputOf(row: Row): Data {
  let input: Data = {};
  for (const path of [
    "iac",
    "awsProvider",
    "region",
    "kubernetes",
    "nodes.profile",
    "nodes.size",
    "nodes.arch",
    "nodes.os",
    "nodes.capacity",
    "network.egress",
    "network.vpc",
    "identity",
    "networkPolicy",
    "guardduty.detector",
    "state.backend",
    "ci",
  ] as const)
    input = setPath(input, path, row[path]);
  const names = row.environments.split(",");
  const ids = {
    unknown: [],
    apart: ["111122223333", "444455556666", "777788889999"],
    shared: ["111122223333", "111122223333", "111122223333"],
  }[row.accounts];
  input.environments = Object.fromEntries(
    names.map((name, index) => [
      name,
      {
        ...(ids[index] === undefined ? {} : { accountId: ids[index] }),
        ...(row["network.vpc"] === "existing"
          ? { network: { cidr: `10.${90 + index}.0.0/20` } }
          : {}),
      },
    ]),
  );
  const partition = row.region.startsWith("cn-")
    ? "aws-cn"
    : row.region.startsWith("us-gov")
      ? "aws-us-gov"
      : "aws";
  const everything = (declarations.find(({ path }) => path === "addons")?.suggestions ?? []).filter(
    (id) => findFeature(id).partitions?.includes(partition) !== false,
  );
  input.addons = { none: [], default: ["guardduty", "ebs-csi"], all: everything }[row.addons];
  input.namespaces =
    row.namespaces === "one"
      ? { production: { podSecurity: "restricted" } }
      : {
          payments: { podSecurity: "restricted" },
          tools: { podSecurity: "baseline" },
          agents: { podSecurity: "privileged" },
        };
  if (row.endpoint === "restricted")
    input.access = { endpoint: "restricted", publicCidrs: ["203.0.113.0/24", "198.51.100.7/32"] };
  if (row.admins === "known")
    input = mergeData(input, {
      access: { admins: [`arn:${partition}:iam::111122223333:role/platform-admin`] },
    });
  if (row.groups === "two")
    input = mergeData(input, {
      nodes: {
        labels: { team: "platform", "acme.example/tier": "base" },
        groups: {
          batch: {
            min: 0,
            desired: 0,
            max: 4,
            capacity: "spot",
            labels: { workload: "batch" },
            taints: [{ key: "dedicated", value: "batch", effect: "NO_SCHEDULE" }],
          },
        },
      },
    });
  if (row.repository === "known") input.repository = "acme/platform";
  if (row.contact === "known") input.contact = "platform@acme.example";
  return input;
}

/** Title and Config of every row; the first is the default. */
export function matrix(): { title: string; config: Config }[] {
  const rows = make(factors as unknown as Record<string, (string | number)[]>) as unknown as Row[];
  const extra: Row[] = [];
  // Pairs alone give fewer rows; shifted ones bring the number to 40 and new triples with it.
  for (let index = 0; rows.length + extra.length < 42; index += 1) {
    const [one, other] = [rows[index % rows.length], rows[(index * 7 + 3) % rows.length]] as [
      Row,
      Row,
    ];
    const keys = Object.keys(factors) as (keyof Row)[];
    extra.push(
      Object.fromEntries(
        keys.map((key, k) => [key, k % 2 ? one[key] : other[key]]),
      ) as unknown as Row,
    );
  }
  // A version that the catalog does not know: every add-on version becomes a variable.
  const unknown = { kubernetes: "1.99", allowUnknownVersion: true, identity: "pod-identity" };
  const stricter = {
    access: { endpoint: "restricted", publicCidrs: ["203.0.113.0/24"] },
    environments: { dev: {}, prod: { access: { endpoint: "private" }, addons: ["guardduty"] } },
    namespaces: { bare: {} },
  };
  const inputs = [{} as Data, unknown, stricter, ...[...rows, ...extra].map(inputOf)];
  return inputs.map((input, index) => ({
    title: index === 0 ? "defaults" : `row ${index}: ${JSON.stringify(input)}`,
    config: fillDefaults(declarations, input, "acme-platform"),
  }));
}

/** Every pair of values of two dimensions that the rows must hold. */
export function pairs(): number {
  const sizes = Object.values(factors).map((values) => values.length);
  let count = 0;
  sizes.forEach((a, i) => {
    for (const b of sizes.slice(i + 1)) count += a * b;
  });
  return count;
}

export { factors };
