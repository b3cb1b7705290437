/** Every wrong input: the right exit code, words that say how to mend it, and nothing left on disk. */
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { binary, cleanEnv, entries, run, scratch } from "../support/run.ts";

interface Case {
  title: string;
  args: readonly string[];
  exitCode: number;
  says: readonly RegExp[];
  env?: Record<string, string>;
  input?: string;
}

const yes = (...args: string[]): string[] => ["my-cluster", "--yes", "--no-validate", ...args];

const cases: Case[] = [
  {
    title: "unknown flag",
    args: yes("--regoin", "x"),
    exitCode: 2,
    says: [/--regoin/, /--region/],
  },
  {
    title: "unknown flag of a command",
    args: ["validate", "--ful"],
    exitCode: 2,
    says: [/--full/],
  },
  {
    title: "wrong value",
    args: yes("--node-size", "huge"),
    exitCode: 2,
    says: [/huge/, /2xlarge/],
  },
  {
    title: "nearly right value",
    args: yes("--network-policy", "callico"),
    exitCode: 2,
    says: [/did you mean calico/],
  },
  {
    title: "unknown add-on",
    args: yes("--addons", "guardduty,ebs-cis"),
    exitCode: 2,
    says: [/ebs-csi/],
  },
  { title: "no number", args: yes("--node-min", "two"), exitCode: 2, says: [/whole number/] },
  {
    title: "missing answers without a terminal",
    args: ["my-cluster"],
    exitCode: 4,
    says: [/--region/, /--yes/],
  },
  { title: "missing directory", args: ["--yes"], exitCode: 4, says: [/directory/] },
  {
    title: "--no-input",
    args: ["my-cluster", "--no-input"],
    exitCode: 4,
    says: [/--no-input/, /--iac/],
  },
  {
    title: "name that EKS refuses",
    args: yes("--name", "My_Cluster"),
    exitCode: 2,
    says: [/name/, /lower-case/],
  },
  { title: "name that S3 refuses", args: yes("--name", "my--cluster"), exitCode: 2, says: [/S3/] },
  {
    title: "name too long for the state bucket",
    args: yes("--name", "a-name-of-forty-characters-is-far-too-lo", "--region", "ap-southeast-1"),
    exitCode: 2,
    says: [/tfstate/, /63/, /shorten/],
  },
  {
    title: "account id that is not 12 digits",
    args: yes("--set", "environments.prod.accountId=1234"),
    exitCode: 2,
    says: [/12 digits/, /environments\.prod\.accountId/],
  },
  {
    title: "overlapping ranges",
    args: yes(
      "--set",
      "environments.prod.network.cidr=10.0.0.0/16",
      "--set",
      "environments.dev.network.cidr=10.0.128.0/20",
    ),
    exitCode: 2,
    says: [/overlaps/, /prod|dev/],
  },
  {
    title: "range too small",
    args: yes("--set", "environments.prod.network.cidr=10.0.0.0/24"),
    exitCode: 2,
    says: [/too small/, /\/22/],
  },
  {
    title: "range with host bits",
    args: yes("--set", "environments.prod.network.cidr=10.0.1.0/16"),
    exitCode: 2,
    says: [/host bits/, /10\.0\.0\.0\/16/],
  },
  {
    title: "range that is none",
    args: yes("--set", "environments.prod.network.cidr=10.0.300.0/16"),
    exitCode: 2,
    says: [/not an IPv4 range/],
  },
  {
    title: "min above desired",
    args: yes("--node-min", "5"),
    exitCode: 2,
    says: [/min 5/, /--node-desired/],
  },
  {
    title: "desired above max",
    args: yes("--node-desired", "11"),
    exitCode: 2,
    says: [/desired 11/, /--node-max/],
  },
  {
    title: "instance type that does not exist",
    args: yes("--instance-types", "m7i.lage"),
    exitCode: 2,
    says: [/m7i\.lage/, /m7i\.large/],
  },
  {
    title: "instance type of the other architecture",
    args: yes("--instance-types", "m7g.large"),
    exitCode: 2,
    says: [/arm64/, /--node-arch arm/],
  },
  {
    title: "size that the profile lacks",
    args: yes("--node-profile", "burstable", "--node-size", "4xlarge"),
    exitCode: 2,
    says: [/burstable/],
  },
  {
    title: "region that does not exist",
    args: yes("--region", "eu-wst-1"),
    exitCode: 2,
    says: [/eu-west-1/],
  },
  {
    title: "zone-poor region",
    args: yes("--region", "us-iso-east-1"),
    exitCode: 2,
    says: [/zone/, /--set zones=/],
  },
  {
    title: "zone without a control plane",
    args: yes("--set", "zones=use1-az3,use1-az1"),
    exitCode: 2,
    says: [/use1-az3/],
  },
  {
    title: "version in extended support",
    args: yes("--kubernetes", "1.33"),
    exitCode: 2,
    says: [/--allow-extended-support/],
  },
  {
    title: "version out of support",
    args: yes("--kubernetes", "1.28"),
    exitCode: 2,
    says: [/out of support/],
  },
  {
    title: "version of the future",
    args: yes("--kubernetes", "1.41"),
    exitCode: 2,
    says: [/--allow-unknown-version/],
  },
  {
    title: "public endpoint for the world",
    args: yes("--endpoint", "restricted", "--public-cidrs", "0.0.0.0/0"),
    exitCode: 2,
    says: [/opens the Kubernetes API to the internet/],
  },
  {
    title: "public endpoint for half of the world",
    args: yes("--endpoint", "restricted", "--public-cidrs", "0.0.0.0/1,128.0.0.0/1"),
    exitCode: 2,
    says: [/opens the Kubernetes API/],
  },
  {
    title: "public endpoint without ranges",
    args: yes("--endpoint", "restricted"),
    exitCode: 2,
    says: [/--public-cidrs/],
  },
  {
    title: "private endpoint with ranges",
    args: yes("--public-cidrs", "203.0.113.0/24"),
    exitCode: 2,
    says: [/--endpoint restricted/],
  },
  {
    title: "community add-on in China",
    args: yes("--region", "cn-northwest-1", "--addons", "metrics-server"),
    exitCode: 2,
    says: [/aws-cn/],
  },
  {
    title: "unknown path of --set",
    args: yes("--set", "node.size=large"),
    exitCode: 2,
    says: [/nodes\.size/],
  },
  {
    title: "--set without a value",
    args: yes("--set", "nodes.size"),
    exitCode: 2,
    says: [/path=value/],
  },
  {
    title: "environment that is a path",
    args: yes("--environments", "dev,../prod"),
    exitCode: 2,
    says: [/not a valid name/],
  },
  {
    title: "environment named __proto__",
    args: yes("--environments", "__proto__"),
    exitCode: 2,
    says: [/name|environments/],
  },
  {
    title: "namespace that is a path",
    args: yes("--namespaces", "../../etc"),
    exitCode: 2,
    says: [/namespaces/],
  },
  {
    title: "namespace of Kubernetes",
    args: yes("--namespaces", "kube-system"),
    exitCode: 2,
    says: [/belongs to Kubernetes/],
  },
  {
    title: "admin that is no role",
    args: yes("--admins", "arn:aws:iam::111122223333:user/x"),
    exitCode: 2,
    says: [/role/],
  },
  {
    title: "workflow expression as repository",
    args: yes("--repository", "acme/$" + "{{ secrets.X }}"),
    exitCode: 2,
    says: [/acme\/platform/],
  },
  {
    title: "shell in the contact",
    args: yes("--contact", "a@b.c;$(id)"),
    exitCode: 2,
    says: [/e-mail/],
  },
  {
    title: "unknown variable",
    args: yes(),
    env: { HARDENED_EKS_REGOIN: "x" },
    exitCode: 2,
    says: [/HARDENED_EKS_REGION/],
  },
  {
    title: "wrong value in a variable",
    args: yes(),
    env: { HARDENED_EKS_NODE_SIZE: "huge" },
    exitCode: 2,
    says: [/HARDENED_EKS_NODE_SIZE/],
  },
  {
    title: "config that is not YAML",
    args: yes("--config", "-"),
    input: "a: [1\nb: }",
    exitCode: 2,
    says: [/not YAML/, /line/],
  },
  {
    title: "config with an unknown key",
    args: yes("--config", "-"),
    input: "nodes: { szie: large }",
    exitCode: 2,
    says: [/nodes\.szie/, /nodes\.size/],
  },
  {
    title: "config that is a list",
    args: yes("--config", "-"),
    input: "- a",
    exitCode: 2,
    says: [/map of options/],
  },
  {
    title: "config that is binary",
    args: yes("--config", "-"),
    input: "\u0000\u0001: [",
    exitCode: 2,
    says: [/not YAML|is not an option/],
  },
  {
    title: "config of 10 MB",
    args: yes("--config", "-"),
    input: "#".repeat(10_000_000),
    exitCode: 2,
    says: [/1 MiB/],
  },
  {
    title: "config that is a directory",
    args: yes("--config", "."),
    exitCode: 2,
    says: [/directory/],
  },
  {
    title: "config that does not exist",
    args: yes("--config", "nope.yaml"),
    exitCode: 2,
    says: [/does not exist/],
  },
  {
    title: "config of two documents",
    args: yes("--config", "-"),
    input: "region: eu-west-1\n---\nregion: us-east-1",
    exitCode: 2,
    says: [/not YAML/],
  },
  {
    title: "config with a tag",
    args: yes("--config", "-"),
    input: "region: !foo eu-west-1",
    exitCode: 2,
    says: [/not YAML/],
  },
  {
    title: "config with a number for a version",
    args: yes("--config", "-"),
    input: "kubernetes: 1.35",
    exitCode: 2,
    says: [/quotes/],
  },
  {
    title: "the same name twice",
    args: yes("--namespaces", "a,a=privileged"),
    exitCode: 2,
    says: [/twice/],
  },
  {
    title: "reserved range",
    args: yes("--set", "environments.prod.network.cidr=127.0.0.0/16"),
    exitCode: 2,
    says: [/reserved/],
  },
  {
    title: "private range for a public endpoint",
    args: yes("--endpoint", "restricted", "--public-cidrs", "10.0.0.0/8"),
    exitCode: 2,
    says: [/no public range/],
  },
  {
    title: "admin of another partition",
    args: yes("--admins", "arn:aws-cn:iam::111122223333:role/x"),
    exitCode: 2,
    says: [/another partition/],
  },
  {
    title: "namespace of an add-on",
    args: yes("--namespaces", "calico-system"),
    exitCode: 2,
    says: [/belongs to an add-on/],
  },
  {
    title: "retention that CloudWatch does not offer",
    args: yes("--set", "logs.retentionDays=500"),
    exitCode: 2,
    says: [/545/],
  },
  {
    title: "repository of three parts on GitHub",
    args: yes("--repository", "a/b/c"),
    exitCode: 2,
    says: [/owner\/name/],
  },
  {
    title: "repository that climbs",
    args: yes("--repository", "../.."),
    exitCode: 2,
    says: [/repository/],
  },
  {
    title: "name that S3 keeps for itself",
    args: yes("--name", "sthree-x"),
    exitCode: 2,
    says: [/S3/],
  },
  {
    title: "label value of two signs",
    args: yes("--set", "nodes.labels=a=b=c"),
    exitCode: 2,
    says: [/labels/],
  },
  {
    title: "existing VPC without its range",
    args: yes("--vpc", "existing"),
    exitCode: 2,
    says: [/range of the VPC of prod is not known/, /--set/],
  },
  {
    title: "mistyped command",
    args: ["valdate", "--yes"],
    exitCode: 2,
    says: [/did you mean the command validate/],
  },
  {
    title: "command that does not exist yet",
    args: ["explain", "--yes"],
    exitCode: 2,
    says: [/\.\/explain/],
  },
  {
    title: "the current directory",
    args: [".", "--yes", "--no-validate", "--name", "acme"],
    exitCode: 2,
    says: [/current directory/],
  },
  { title: "validate of nothing", args: ["validate", "nowhere"], exitCode: 2, says: [/not there/] },
  {
    title: "config with an alias bomb",
    args: yes("--config", "-"),
    input: `a: &a [x,x]\n${"bcdefghij"
      .split("")
      .map((k, i) => `${k}: &${k} [${`*${"abcdefghi"[i]},`.repeat(9)}]`)
      .join("\n")}`,
    exitCode: 2,
    says: [/plain data|alias/i],
  },
];

describe("bad input", () => {
  it.each(cases)("$title", async ({ args, exitCode, says, env, input }) => {
    const cwd = await scratch();
    const ran = await run(args, {
      cwd,
      ...(env && { env }),
      ...(input !== undefined && { input }),
    });
    expect(ran.stderr).not.toMatch(/\n {4}at /);
    for (const words of says) expect(ran.stderr).toMatch(words);
    expect(ran.exitCode).toBe(exitCode);
    expect(await entries(cwd)).toEqual([]);
  });

  it("says it in JSON too, one document, with the same exit code", async () => {
    const cwd = await scratch();
    const ran = await run(yes("--region", "eu-wst-1", "--json"), { cwd });
    const document = JSON.parse(ran.stdout);
    expect(document).toMatchObject({ ok: false, exitCode: 2, problems: [{ path: "region" }] });
    expect(ran.exitCode).toBe(2);
  });

  it("says a wrong flag in JSON too", async () => {
    const ran = await run(yes("--node-szie", "x", "--json"), { cwd: await scratch() });
    expect(JSON.parse(ran.stdout)).toMatchObject({ ok: false, exitCode: 2 });
    expect(ran.exitCode).toBe(2);
  });

  it("takes an empty variable for an unset one", async () => {
    const cwd = await scratch();
    const env = { HARDENED_EKS_ALLOW_EXTENDED_SUPPORT: "", HARDENED_EKS_REGION: "" };
    const ran = await run(yes("--json"), { cwd, env });
    expect(JSON.parse(ran.stdout).posture.exceptions).toEqual([]);
  });

  it("refuses a target that is not empty, and leaves it as it was", async () => {
    const cwd = await scratch();
    await mkdir(join(cwd, "my-cluster"));
    await writeFile(join(cwd, "my-cluster/mine.txt"), "mine");
    const ran = await run(yes(), { cwd });
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toMatch(/not empty/);
    expect(await entries(join(cwd, "my-cluster"))).toEqual(["mine.txt"]);
    expect(await entries(cwd)).toEqual(["my-cluster"]);
  });

  it("takes an empty target", async () => {
    const cwd = await scratch();
    await mkdir(join(cwd, "my-cluster"));
    expect((await run(yes(), { cwd })).exitCode).toBe(0);
    expect(await entries(join(cwd, "my-cluster"))).toContain("hardened-eks.yaml");
  });

  it("refuses a file and a symbolic link as target", async () => {
    const cwd = await scratch();
    await writeFile(join(cwd, "my-cluster"), "");
    expect((await run(yes(), { cwd })).stderr).toMatch(/is a file/);
    await mkdir(join(cwd, "elsewhere"));
    await symlink("elsewhere", join(cwd, "link-target"));
    const ran = await run(["link-target", "--yes", "--no-validate"], { cwd });
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toMatch(/symbolic link/);
    expect(await entries(join(cwd, "elsewhere"))).toEqual([]);
  });

  it("removes what a killed run made, and the parents it made", async () => {
    const cwd = await scratch();
    const child = execa(process.execPath, [binary, "new/parent/my-cluster", "--yes"], {
      cwd,
      env: cleanEnv(),
      extendEnv: false,
      reject: false,
      stdio: "ignore",
    });
    await until(async () => (await entries(cwd)).includes("new") && (await deep(cwd)).length > 30);
    child.kill("SIGKILL");
    await child;
    await until(async () => (await entries(cwd)).length === 0);
    expect(await entries(cwd)).toEqual([]);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("%s leaves nothing and exits 130", async (signal) => {
    const cwd = await scratch();
    const child = execa(process.execPath, [binary, "my-cluster", "--yes"], {
      cwd,
      env: cleanEnv(),
      extendEnv: false,
      reject: false,
      stdio: "ignore",
    });
    await until(async () => (await deep(cwd)).length > 30);
    child.kill(signal);
    expect((await child).exitCode).toBe(130);
    expect(await entries(cwd)).toEqual([]);
  });
});

/** Waits until something holds; a test that never gets there runs into its time limit. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function deep(directory: string): Promise<string[]> {
  const { readdir } = await import("node:fs/promises");
  return readdir(directory, { recursive: true }).catch(() => []);
}
