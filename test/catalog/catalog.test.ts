import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  actionNames,
  actionPin,
  addonNames,
  addonPin,
  chart,
  chartNames,
  DEFAULT_KUBERNETES,
  endpointServiceName,
  findAddon,
  findInstanceType,
  findKubernetesVersion,
  findRegion,
  instanceTypeInRegion,
  instanceTypeNames,
  kubernetesVersions,
  nearest,
  onDemandPrice,
  type Partition,
  pricesAsOf,
  type Region,
  regions,
  type SizingProfile,
  servicePrices,
  sizesOf,
  sizing,
  supportStatus,
  usableZoneIds,
} from "../../src/catalog/index.ts";

const region = (name: string): Region => {
  const found = findRegion(name);
  if (found === undefined) throw new Error(`${name} is not in the catalog`);
  return found;
};

const dataFolder = new URL("../../src/catalog/data/", import.meta.url);
const data = readdirSync(dataFolder).map((file) => ({
  file,
  contents: JSON.parse(readFileSync(new URL(file, dataFolder), "utf8")),
}));

describe("data", () => {
  it.each(data)("$file says where it comes from and when", ({ contents }) => {
    expect(contents.source).toMatch(/\S/);
    expect(contents.asOf).toMatch(/^\d{4}(-\d{2}){0,2}$/);
  });

  it("has no key twice", () => {
    const pins = data.find(({ file }) => file === "addon-pins.json")?.contents.pins;
    const keys = pins.map(
      (pin: { name: string; kubernetes: string }) => `${pin.name}@${pin.kubernetes}`,
    );
    for (const names of [
      keys,
      regions.map(({ name }) => name),
      instanceTypeNames,
      addonNames,
      chartNames,
      actionNames,
      kubernetesVersions.map(({ version }) => version),
    ])
      expect(new Set(names).size).toBe(names.length);
  });
});

describe("regions", () => {
  const suffixes: Record<Partition, string> = {
    aws: "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-us-gov": "amazonaws.com",
    "aws-eusc": "amazonaws.eu",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-e": "cloud.adc-e.uk",
    "aws-iso-f": "csp.hci.ic.gov",
  };
  const partitionOf = (name: string): Partition => {
    if (name.startsWith("cn-")) return "aws-cn";
    if (name.startsWith("us-gov-")) return "aws-us-gov";
    if (name.startsWith("eusc-")) return "aws-eusc";
    const isolated = /^(?:us|eu)-iso([bef]?)-/.exec(name);
    if (isolated === null) return "aws";
    return (isolated[1] ? `aws-iso-${isolated[1]}` : "aws-iso") as Partition;
  };

  it("are all 46", () => expect(regions).toHaveLength(46));

  it.each([...regions])(
    "$name has the partition of its name and the suffix of its partition",
    (entry) => {
      expect(entry.partition).toBe(partitionOf(entry.name));
      expect(entry.dnsSuffix).toBe(suffixes[entry.partition]);
      expect(findRegion(entry.name)).toBe(entry);
    },
  );

  it("know the zones of the commercial, China and GovCloud partitions, two usable at least", () => {
    for (const entry of regions)
      if (["aws", "aws-cn", "aws-us-gov"].includes(entry.partition))
        expect(usableZoneIds(entry).length, entry.name).toBeGreaterThanOrEqual(2);
      else expect(entry.zoneIds, entry.name).toEqual([]);
  });

  it("keep the zones that EKS refuses out", () => {
    expect(usableZoneIds(region("us-east-1"))).toEqual([
      "use1-az1",
      "use1-az2",
      "use1-az4",
      "use1-az5",
      "use1-az6",
    ]);
    expect(usableZoneIds(region("us-west-1"))).toEqual(["usw1-az1", "usw1-az3"]);
    expect(usableZoneIds(region("ca-central-1"))).toEqual(["cac1-az1", "cac1-az2", "cac1-az4"]);
    expect(regions.flatMap(({ avoidZoneIds }) => avoidZoneIds).sort()).toEqual([
      "cac1-az3",
      "use1-az3",
      "usw1-az2",
    ]);
  });

  it("do not include a name that is none", () => expect(findRegion("eu-west-9")).toBeUndefined());
});

describe("Kubernetes versions", () => {
  it("run from the newest to the oldest, each supported in the order of its dates", () => {
    const minors = kubernetesVersions.map(({ version }) => Number(version.split(".")[1]));
    expect(minors).toEqual([...minors].sort((a, b) => b - a));
    for (const { released, endOfStandard, endOfExtended } of kubernetesVersions) {
      expect(released < endOfStandard).toBe(true);
      expect(endOfStandard < endOfExtended).toBe(true);
    }
  });

  it.each([
    ["2026-12-01", "standard"],
    ["2026-12-02", "extended"],
    ["2027-12-01", "extended"],
    ["2027-12-02", "unsupported"],
    ["2026-12-01T23:59:59Z", "standard"],
  ])("1.34 on %s is in %s support", (day, status) =>
    expect(supportStatus("1.34", day)).toBe(status),
  );

  it("are unknown where the catalog does not list them", () => {
    expect(supportStatus("1.99", "2026-11-24")).toBe("unknown");
    expect(findKubernetesVersion("1.99")).toBeUndefined();
  });

  it("refuse a date that is none", () =>
    expect(() => supportStatus("1.35", "24.11.2026")).toThrow(RangeError));

  it("have a default in standard support when it was chosen", () =>
    expect(supportStatus(DEFAULT_KUBERNETES, "2026-11-24")).toBe("standard"));
});

describe("instance types", () => {
  const profiles: SizingProfile[] = ["general", "compute", "memory", "burstable"];
  const questions = profiles.flatMap((profile) =>
    sizesOf(profile).flatMap((size) =>
      (["x86", "arm"] as const).flatMap((arch) =>
        (["on-demand", "spot"] as const).map((capacity) => ({ profile, size, arch, capacity })),
      ),
    ),
  );

  it.each(questions)("$profile $size $arch $capacity: existing types of one shape", (question) => {
    const types = sizing(question);
    expect(types).toHaveLength(question.capacity === "spot" ? 3 : 1);
    expect(new Set(types).size).toBe(types.length);
    const facts = types.map((type) => findInstanceType(type));
    const shape = { vcpu: facts[0]?.vcpu, memoryGiB: facts[0]?.memoryGiB };
    for (const entry of facts)
      expect(entry).toMatchObject({ ...shape, arch: question.arch === "arm" ? "arm64" : "x86_64" });
    for (const type of types) expect(onDemandPrice(type), type).toBeGreaterThan(0);
  });

  it.each([...regions])("in $name sizing names no type known to be missing", ({ name }) => {
    for (const question of questions) {
      const types = sizing({ ...question, region: name });
      expect(types.length).toBeGreaterThan(0);
      for (const type of types) expect(instanceTypeInRegion(type, name), type).not.toBe("no");
    }
  });

  it("fall back to an older generation where the newer is missing", () => {
    const question = {
      profile: "general",
      size: "large",
      arch: "x86",
      capacity: "on-demand",
    } as const;
    expect(sizing(question)).toEqual(["m7i.large"]);
    expect(sizing({ ...question, region: "ca-west-1" })).toEqual(["m6i.large"]);
  });

  it("have no burstable 4xlarge, and no profile by another name", () => {
    expect(() =>
      sizing({ profile: "burstable", size: "4xlarge", arch: "x86", capacity: "spot" }),
    ).toThrow(RangeError);
    expect(() => sizesOf("gigantic")).toThrow(RangeError);
    expect(() => sizesOf("toString")).toThrow(RangeError);
  });

  it("tell what a region has only where that is proven", () => {
    expect(instanceTypeInRegion("m7i.large", "eu-west-1")).toBe("yes");
    expect(instanceTypeInRegion("m6i.large", "eu-south-2")).toBe("no");
    expect(instanceTypeInRegion("m8i.large", "cn-north-1")).toBe("unknown");
    expect(instanceTypeInRegion("t3.large", "me-central-1")).toBe("unknown");
    expect(instanceTypeInRegion("m7i.large", "us-iso-east-1")).toBe("unknown");
    expect(instanceTypeInRegion("m99.large", "eu-west-1")).toBe("unknown");
  });

  it("carry shape and pods", () => {
    expect(findInstanceType("m7g.large")).toEqual({
      name: "m7g.large",
      vcpu: 2,
      memoryGiB: 8,
      arch: "arm64",
      maxPods: 29,
    });
    expect(findInstanceType("m7g.tiny")).toBeUndefined();
    expect(onDemandPrice("m7g.tiny")).toBeUndefined();
  });
});

describe("add-ons", () => {
  const minors = kubernetesVersions.map(({ version }) => version);
  const pins = minors.flatMap((minor) => addonNames.flatMap((name) => addonPin(name, minor) ?? []));

  it("lose no pin to a misspelt name or minor", () => {
    const written = data.find(({ file }) => file === "addon-pins.json")?.contents.pins;
    expect(pins).toHaveLength(written.length);
  });

  it.each(pins)("$name on $kubernetes is an exact build with a dated source", (pin) => {
    expect(pin.version).toMatch(/^v\d+\.\d+\.\d+-eksbuild\.\d+$/);
    expect(pin.source).toMatch(/\S/);
    expect(pin.asOf).toMatch(/^2026(-\d{2}-\d{2})?$/);
    expect(["A", "B", "C"]).toContain(pin.confidence);
  });

  it("pin kube-proxy to its own minor", () => {
    for (const { name, version, kubernetes } of pins)
      if (name === "kube-proxy") expect(version.startsWith(`v${kubernetes}.`), version).toBe(true);
  });

  it.each(["1.36", "1.35", "1.34", "1.33", "1.32"])(
    "pin what every cluster needs on %s",
    (minor) => {
      for (const name of [
        "vpc-cni",
        "kube-proxy",
        "coredns",
        "eks-pod-identity-agent",
        "aws-ebs-csi-driver",
      ])
        expect(addonPin(name, minor), name).toBeDefined();
    },
  );

  it("give no pin where none was seen", () => {
    expect(addonPin("kube-proxy", "1.37")).toBeUndefined();
    expect(addonPin("snapshot-controller", "1.34")).toBeUndefined();
  });

  it("say where they run", () => {
    expect(findAddon("vpc-cni")).toMatchObject({
      managedPolicies: ["AmazonEKS_CNI_Policy"],
      serviceAccount: "aws-node",
      namespace: "kube-system",
    });
    expect(findAddon("metrics-server")?.partitions).toEqual(["aws"]);
    expect(findAddon("aws-guardduty-agent")?.partitions).toEqual(["aws", "aws-us-gov"]);
    expect(findAddon("no-such-addon")).toBeUndefined();
  });
});

describe("charts, actions, prices", () => {
  it("pin every action by a full SHA", () => {
    for (const name of actionNames) {
      expect(actionPin(name).sha).toMatch(/^[0-9a-f]{40}$/);
      expect(actionPin(name).version).toMatch(/^v\d+\.\d+\.\d+$/);
    }
  });

  it("leave out actions seen once, and the compromised ones", () => {
    for (const name of [
      "bridgecrewio/checkov-action",
      "pnpm/action-setup",
      "tj-actions/changed-files",
      "reviewdog/action-setup",
      "checkmarx/kics-github-action",
    ])
      expect(() => actionPin(name), name).toThrow(RangeError);
    const compromised = [
      "ddb9da4475c1cef7d5389062bdfdfbdbd1394648",
      "91e7c2c36dcad14149d8e455b960af62a2ffb275",
      "e6c2c5e321ed9123bda567646e2f96565e34abe1",
    ];
    for (const name of actionNames) expect(compromised).not.toContain(actionPin(name).sha);
  });

  it("pin charts exactly", () => {
    for (const name of chartNames) {
      expect(chart(name).version).toMatch(/^v?\d+\.\d+\.\d+$/);
      expect(chart(name).repository).toMatch(/^(?:https|oci):\/\//);
    }
    expect(() => chart("no-such-chart")).toThrow(RangeError);
  });

  it("price services, and admit where no source was found", () => {
    expect(pricesAsOf).toMatch(/^\d{4}-\d{2}/);
    for (const [name, price] of Object.entries(servicePrices)) {
      expect(price.usd, name).toBeGreaterThan(0);
      expect(price.asOf === "unverified", name).toBe(price.confidence === "C");
    }
    expect(servicePrices.eksExtendedSupportHour.usd).toBeGreaterThan(
      servicePrices.eksClusterHour.usd,
    );
  });
});

describe("endpoint services", () => {
  it.each([
    ["ecr.api", "eu-west-1", "com.amazonaws.eu-west-1.ecr.api"],
    ["sts", "cn-north-1", "cn.com.amazonaws.cn-north-1.sts"],
    ["ec2", "cn-northwest-1", "cn.com.amazonaws.cn-northwest-1.ec2"],
    ["logs", "cn-north-1", "com.amazonaws.cn-north-1.logs"],
    ["s3", "cn-north-1", "com.amazonaws.cn-north-1.s3"],
    ["ec2", "us-iso-east-1", "gov.ic.c2s.us-iso-east-1.ec2"],
    ["ecr.dkr", "us-isob-east-1", "gov.sgov.sc2s.us-isob-east-1.ecr.dkr"],
    ["ecr.api", "eusc-de-east-1", "eu.amazonaws.eusc-de-east-1.ecr.api"],
    ["guardduty-data", "us-gov-west-1", "com.amazonaws.us-gov-west-1.guardduty-data-fips"],
    ["guardduty-data", "us-east-1", "com.amazonaws.us-east-1.guardduty-data"],
  ])("%s in %s", (suffix, name, expected) =>
    expect(endpointServiceName(suffix, region(name))).toBe(expected),
  );
});

describe("nearest", () => {
  const names = ["guardduty", "ebs-csi", "efs-csi", "metrics-server"];
  it.each([
    ["gaurdduty", "guardduty"],
    ["EBS-CSI", "ebs-csi"],
    ["ebs-cs", "ebs-csi"],
    ["guard", "guardduty"],
    ["metrics", "metrics-server"],
  ])("%s is %s", (word, expected) => expect(nearest(word, names)).toBe(expected));

  it.each(["", "zzz", "kubernetes"])("%j is like none", (word) =>
    expect(nearest(word, names)).toBeUndefined(),
  );

  it("does not choose between two beginnings", () =>
    expect(nearest("net", ["network.cidr", "network.egress"])).toBeUndefined());

  it("has nothing to choose from an empty list", () => expect(nearest("x", [])).toBeUndefined());
});
