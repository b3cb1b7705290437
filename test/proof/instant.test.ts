/** The instant tier over whole repositories, with the real terraform and with ones that misbehave. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type Check,
  type Finding,
  type InstantOptions,
  type Report,
  validateInstant,
} from "../../src/proof/index.ts";
import { because, NO_TERRAFORM } from "../support/skips.ts";
import { noTerraform } from "./tool.ts";

const VERSIONS = `terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}
`;

/** Two roots and three modules, one of which nothing calls. */
const repository = (): Record<string, string> => ({
  "hardened-eks.yaml": "name: acme\niac: terraform\n",
  ...Object.fromEntries(
    ["dev", "prod"].map((name) => [
      `environments/${name}/main.tf`,
      `${VERSIONS}
terraform {
  backend "s3" {}
}

provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account_id]
}

module "cluster" {
  source = "../../modules/cluster"

  name     = "acme-${name}"
  role_arn = var.role_arn
}

output "cluster" {
  value = module.cluster.name
}
`,
    ]),
  ),
  ...Object.fromEntries(
    ["dev", "prod"].map((name) => [
      `environments/${name}/variables.tf`,
      ["region", "account_id", "role_arn"]
        .map((variable) => `variable "${variable}" {\n  type = string\n}\n`)
        .join("\n"),
    ]),
  ),
  "modules/cluster/main.tf": `${VERSIONS}
variable "name" {
  type = string
}

variable "role_arn" {
  type = string
}

resource "aws_eks_cluster" "this" {
  name                      = var.name
  role_arn                  = var.role_arn
  enabled_cluster_log_types = ["api", "audit"]

  vpc_config {
    subnet_ids = ["subnet-1", "subnet-2"]
  }
}

module "key" {
  source = "../key"
}

output "name" {
  value = aws_eks_cluster.this.name
}
`,
  "modules/key/main.tf": `${VERSIONS}
resource "aws_kms_key" "this" {
  deletion_window_in_days = 30
  enable_key_rotation     = true
}
`,
  "modules/spare/main.tf": `${VERSIONS}
resource "aws_sqs_queue" "this" {
  sqs_managed_sse_enabled = true
}
`,
});

let path: string;
const made: string[] = [];
async function place(files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "instant-"));
  made.push(directory);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  return directory;
}
afterAll(async () => {
  for (const each of made) await rm(each, { recursive: true, force: true });
});

const validate = (options: Partial<InstantOptions> = {}): Promise<Report> =>
  validateInstant({ directory: path, ...options });
const of = ({ checks }: Report, id: string): Check => {
  const found = checks.find((check) => check.id === id);
  if (found === undefined)
    throw new Error(`no check ${id} among ${checks.map((check) => check.id).join(", ")}`);
  return found;
};
const brief = ({ file, line, message }: Finding): string => `${file}:${line} ${message}`;
const edit = async (name: string, from: string, to: string): Promise<void> => {
  const text = await readFile(join(path, name), "utf8");
  expect(text).toContain(from);
  await writeFile(join(path, name), text.replace(from, to));
};
/** Scratch directories of this process that are still there. */
const leftovers = async (): Promise<string[]> =>
  (await readdir(tmpdir())).filter((name) =>
    name.startsWith(`create-hardened-eks-${process.pid}-`),
  );

describe.skipIf(noTerraform)("a repository", because(NO_TERRAFORM), () => {
  beforeEach(async () => {
    path = await place(repository());
  });

  it("passes as it is, on both majors", async () => {
    const report = await validate();
    expect(report.checks.map(({ id, status, findings }) => [id, status, findings])).toEqual([
      ["files", "passed", []],
      ["format", "passed", []],
      ["schema-5", "passed", []],
      ["schema-6", "passed", []],
    ]);
    expect(report.tool?.iac).toBe("terraform");
    expect(await leftovers()).toEqual([]);
  });

  it("is not written to", async () => {
    const digest = async (): Promise<string[]> =>
      (await readdir(path, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort()
        .map(
          (file) =>
            `${file} ${createHash("sha256")
              .update(execFileSync("cat", [file]))
              .digest("hex")}`,
        );
    const before = await digest();
    await edit("modules/key/main.tf", "30", "31");
    await validate();
    await edit("modules/key/main.tf", "31", "30");
    expect(await digest()).toEqual(before);
  });

  it.each([5, 6] as const)("catches an argument that does not exist, on %i", async (major) => {
    await edit(
      "modules/cluster/main.tf",
      "enabled_cluster_log_types =",
      "enabled_cluster_log_type =",
    );
    const report = await validate({ providers: [major] });
    expect(of(report, `schema-${major}`).status).toBe("failed");
    expect(of(report, `schema-${major}`).findings.map(brief)).toEqual([
      "modules/cluster/main.tf:23 Unsupported argument",
    ]);
  });

  it("catches on 5 what only 6 has, and says so", async () => {
    await edit(
      "modules/cluster/main.tf",
      "  role_arn                  =",
      "  deletion_protection       = true\n  role_arn                  =",
    );
    const report = await validate();
    expect(of(report, "schema-6").status).toBe("passed");
    const [finding] = of(report, "schema-5").findings;
    expect(finding).toMatchObject({
      file: "modules/cluster/main.tf",
      line: 22,
      message: "Unsupported argument",
    });
    expect(finding?.fix).toMatch(/"deletion_protection" needs provider aws 6/);
  });

  it("catches on 6 what only 5 has, and says so", async () => {
    await writeFile(
      join(path, "modules/spare/eip.tf"),
      'resource "aws_eip" "this" {\n  vpc = true\n}\n',
    );
    const report = await validate();
    expect(of(report, "schema-5").findings.map(({ severity }) => severity)).toEqual(["warning"]);
    expect(of(report, "schema-5").status).toBe("passed");
    expect(of(report, "schema-6").findings[0]?.fix).toMatch(/"vpc" was removed in provider aws 6/);
  });

  it("names the right spelling of a type, and the major that has it", async () => {
    await edit("modules/spare/main.tf", '"aws_sqs_queue"', '"aws_sqs_queu"');
    await writeFile(
      join(path, "modules/spare/capability.tf"),
      'resource "aws_eks_capability" "this" {}\n',
    );
    const { findings } = of(await validate({ providers: [5] }), "schema-5");
    expect(findings.map(({ detail }) => detail).join("\n")).toMatch(
      /Did you mean "aws_sqs_queue"\?/,
    );
    expect(findings.map(({ fix }) => fix).join("\n")).toMatch(
      /aws_eks_capability needs provider aws 6/,
    );
  });

  it("knows types outside of the core, and provider functions", async () => {
    await writeFile(
      join(path, "modules/spare/more.tf"),
      `resource "aws_lambda_layer_version" "this" {
  layer_name = provider::aws::arn_parse("arn:aws:iam::111122223333:role/a").account_id
  filename   = "x.zip"
  wrong      = 1
}

data "aws_lambda_function" "this" {
  function_name = provider::aws::arn_parse("x").account_id
}
`,
    );
    const { findings } = of(await validate({ providers: [5] }), "schema-5");
    expect(findings.map(brief)).toEqual([
      "modules/spare/more.tf:4 Unsupported argument",
      "modules/spare/more.tf:8 Error in function call",
    ]);
  });

  it("reports an error of a shared module once, at its own place", async () => {
    await edit("modules/key/main.tf", "30", "3");
    const { findings } = of(await validate({ providers: [5] }), "schema-5");
    expect(findings.map(brief)).toEqual([
      "modules/key/main.tf:13 3 is not a deletion window in days",
    ]);
    expect(findings[0]?.detail).toContain("from 7 to 30");
  });

  it("validates modules that nothing calls, and roots with import blocks", async () => {
    await edit(
      "modules/spare/main.tf",
      "sqs_managed_sse_enabled = true",
      "sqs_managed_sse_enable = true",
    );
    await writeFile(
      join(path, "environments/prod/import.tf"),
      'import {\n  to = aws_sqs_queue.old\n  id = "x"\n}\n\nresource "aws_sqs_queue" "old" {\n  delay_seconds = 901\n}\n',
    );
    await edit("modules/key/main.tf", "30", "3");
    const { findings } = of(await validate({ providers: [5] }), "schema-5");
    expect(findings.map(brief)).toEqual([
      "environments/prod/import.tf:7 901 is not a time in seconds",
      "modules/key/main.tf:13 3 is not a deletion window in days",
      "modules/spare/main.tf:13 Unsupported argument",
    ]);
  });

  it("goes on after a syntax error, and reports all that is wrong", async () => {
    await edit("modules/key/main.tf", "30", "");
    await edit("modules/spare/main.tf", "true", "truee");
    const report = await validate({ providers: [5] });
    const places = of(report, "schema-5").findings.map(brief);
    expect(places).toContain("modules/spare/main.tf:13 Invalid reference");
    expect(places.some((each) => each.startsWith("modules/key/main.tf:"))).toBe(true);
  });

  it("says which line is not formatted", async () => {
    await edit(
      "environments/dev/main.tf",
      "  region              = var.region",
      "  region = var.region",
    );
    await writeFile(join(path, "environments/dev/terraform.tfvars"), "a=1\n");
    const format = of(await validate(), "format");
    expect(format.status).toBe("failed");
    expect(format.findings.map(brief)).toEqual([
      "environments/dev/main.tf:17 The file is not formatted.",
      "environments/dev/terraform.tfvars:1 The file is not formatted.",
    ]);
    expect(format.findings[0]?.fix).toBe("terraform fmt environments/dev/main.tf");
  });

  it("says of a values file that cannot be parsed where", async () => {
    await writeFile(join(path, "environments/dev/terraform.tfvars"), "a = 1\nb = [\n");
    const [finding] = of(await validate(), "format").findings;
    expect(finding).toMatchObject({
      rule: "format/syntax",
      file: "environments/dev/terraform.tfvars",
      line: 3,
    });
  });

  it("says of a module that is not there where it is called", async () => {
    await edit("modules/cluster/main.tf", "../key", "../keys");
    const report = await validate({ providers: [5] });
    expect(of(report, "files").findings.map(brief)).toEqual([
      'modules/cluster/main.tf:31 The module "../keys" does not exist: modules/keys holds no Terraform files.',
    ]);
  });

  it("skips, with the reason, what needs other providers or modules from elsewhere", async () => {
    await writeFile(
      join(path, "environments/dev/random.tf"),
      'resource "random_id" "this" {\n  byte_length = 4\n}\n',
    );
    await writeFile(
      join(path, "modules/spare/vpc.tf"),
      'module "vpc" {\n  source  = "terraform-aws-modules/vpc/aws"\n  version = "6.0.0"\n}\n',
    );
    const report = await validate();
    expect(of(report, "external")).toMatchObject({ status: "skipped" });
    expect(of(report, "external").reason).toBe(
      "environments/dev needs hashicorp/random; modules/spare calls terraform-aws-modules/vpc/aws. Use --full",
    );
    expect(of(report, "schema-5").status).toBe("passed");
  });

  it("validates a module that is handed its providers", async () => {
    await writeFile(
      join(path, "modules/spare/main.tf"),
      `terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.audit]
    }
  }
}

resource "aws_sqs_queue" "this" {
  provider      = aws.audit
  delay_seconds = 901
}
`,
    );
    const { findings } = of(await validate({ providers: [6] }), "schema-6");
    expect(findings.map(brief)).toEqual(["modules/spare/main.tf:12 901 is not a time in seconds"]);
  });

  it("reads JSON syntax", async () => {
    await writeFile(
      join(path, "environments/dev/extra.tf.json"),
      JSON.stringify({ resource: { aws_sqs_queue: { x: { delay_seconds: 901 } } } }, undefined, 2),
    );
    const { findings } = of(await validate({ providers: [5] }), "schema-5");
    expect(findings.map(({ file, message }) => [file, message])).toEqual([
      ["environments/dev/extra.tf.json", "901 is not a time in seconds"],
    ]);
  });

  it("is not misled by the user's environment", async () => {
    const report = await validate({
      env: {
        PATH: process.env.PATH,
        TF_CLI_ARGS: "-nonsense",
        TF_LOG: "trace",
        TF_DATA_DIR: "/nonexistent",
        TF_WORKSPACE: "other",
        AWS_PROFILE: "none",
      },
    });
    expect(report.checks.every(({ status }) => status === "passed")).toBe(true);
  });
});

describe.skipIf(noTerraform)("a damaged repository", because(NO_TERRAFORM), () => {
  beforeEach(async () => {
    path = await place(repository());
  });

  it("names a binary, a huge file and links that leave, and validates the rest", async () => {
    await writeFile(
      join(path, "modules/spare/bin.tf"),
      Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 0xfe]),
    );
    await mkdir(join(path, "modules/huge"));
    await writeFile(join(path, "modules/huge/main.tf"), "");
    await truncate(join(path, "modules/huge/main.tf"), 100 * 1024 * 1024);
    await mkdir(join(path, "modules/link"));
    await symlink("/etc/passwd", join(path, "modules/link/main.tf"));
    await symlink("nowhere.tf", join(path, "modules/link/other.tf"));
    await symlink("loop.tf", join(path, "modules/link/loop.tf"));
    await symlink(path, join(path, "modules/cycle"));
    await edit("modules/key/main.tf", "30", "3");
    const report = await validate({ providers: [5] });
    expect(of(report, "files").findings.map(({ file, rule }) => [file, rule])).toEqual([
      ["modules/huge/main.tf", "files/too-large"],
      ["modules/link/loop.tf", "files/unreadable"],
      ["modules/link/main.tf", "files/link-leaves"],
      ["modules/link/other.tf", "files/unreadable"],
      ["modules/spare/bin.tf", "files/binary"],
    ]);
    expect(of(report, "schema-5").findings.map(brief)).toEqual([
      "modules/key/main.tf:13 3 is not a deletion window in days",
    ]);
  });

  it("reads one with 100 000 files", async () => {
    const many = join(path, "data");
    await mkdir(many);
    execFileSync("sh", ["-c", 'cd "$1" && seq 1 100000 | xargs touch', "sh", many]);
    const report = await validate({ providers: [5] });
    expect(report.checks.every(({ status }) => status === "passed")).toBe(true);
  });

  it("says so where there is nothing to validate", async () => {
    path = await place({ "README.md": "" });
    const report = await validate();
    expect(of(report, "files")).toMatchObject({ status: "failed" });
    expect(of(report, "schema-5")).toMatchObject({
      status: "skipped",
      reason: "there are no Terraform files",
    });
    const missing = await validateInstant({ directory: join(path, "nope") });
    expect(of(missing, "files").findings[0]?.message).toMatch(/does not exist/);
    const file = await validateInstant({ directory: join(path, "README.md") });
    expect(of(file, "files").findings[0]?.message).toMatch(/is not a directory/);
  });
});

describe("the tool", () => {
  let bin: string;
  beforeAll(async () => {
    path = await place(repository());
  });
  const fake = async (script: string): Promise<string> => {
    bin = await place({ terraform: `#!/bin/sh\n${script}\n` });
    await chmod(join(bin, "terraform"), 0o755);
    return join(bin, "terraform");
  };
  const alive = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };
  const gone = async (file: string): Promise<void> => {
    const pids = (await readFile(file, "utf8")).trim().split("\n").map(Number);
    expect(pids.length).toBeGreaterThan(0);
    await expect.poll(() => pids.filter(alive), { timeout: 5000 }).toEqual([]);
  };

  it("that is not there is a reason to skip, never a pass", async () => {
    const report = await validate({ env: { PATH: "" } });
    expect(report.tool).toBeUndefined();
    expect(report.checks.map(({ id, status }) => [id, status])).toEqual([
      ["files", "passed"],
      ["format", "skipped"],
      ["schema-5", "skipped"],
      ["schema-6", "skipped"],
    ]);
    expect(of(report, "schema-5").reason).toBe(
      "terraform was not found on PATH; install it, or name it with --tool",
    );
    const tofu = await validate({ env: { PATH: "" }, iac: "opentofu" });
    expect(of(tofu, "schema-5").reason).toMatch(/^tofu was not found/);
  });

  it("that was named and is not there is a failure", async () => {
    const report = await validate({ tool: join(path, "nope/terraform") });
    expect(of(report, "tool")).toMatchObject({
      status: "failed",
      findings: [{ rule: "tool/not-found" }],
    });
  });

  it.each([
    [
      "too old",
      'echo \'{"terraform_version":"1.5.7"}\'',
      /Terraform 1\.5\.7, which is too old: 1\.11 is needed/,
      "tool/too-old",
    ],
    [
      "broken",
      "echo boom >&2; exit 3",
      /does not work: .* ended with code 3 and said "boom"/,
      "tool/broken",
    ],
    ["no terraform at all", "echo hello", /does not work: .*"hello"/, "tool/broken"],
  ])("that is %s is a failure with clear words", async (_what, script, says, rule) => {
    const report = await validate({ tool: await fake(script) });
    const [finding] = of(report, "tool").findings;
    expect(finding?.message).toMatch(says);
    expect(finding?.rule).toBe(rule);
    expect(of(report, "schema-5").status).toBe("skipped");
    expect(await leftovers()).toEqual([]);
  });

  it("that hangs is killed, with what it started", async () => {
    const pids = join(await place({}), "pids");
    const tool = await fake(
      `trap '' TERM\nsleep 600 &\necho $! >>${pids}\necho $$ >>${pids}\nwait\nsleep 600`,
    );
    const report = await validate({ tool, timeoutMs: 500 });
    expect(of(report, "tool").findings[0]).toMatchObject({ rule: "tool/hangs" });
    await gone(pids);
    expect(await leftovers()).toEqual([]);
  });

  it("that hangs later is killed too", async () => {
    const pids = join(await place({}), "pids");
    const tool = await fake(
      `case "$1" in\nversion) echo '{"terraform_version":"1.11.4"}' ;;\nfmt) ;;\n*) echo $$ >>${pids}; exec sleep 600 ;;\nesac`,
    );
    const report = await validate({ tool, timeoutMs: 500 });
    expect(of(report, "schema-5").findings[0]?.message).toMatch(
      /"terraform init" did not end within/,
    );
    await gone(pids);
  });

  it("that fails without a word is not taken for a pass", async () => {
    const init = await fake(
      `case "$1" in version) echo '{"terraform_version":"1.11.4"}' ;; *) exit 1 ;; esac`,
    );
    const report = await validate({ tool: init, providers: [5] });
    expect(report.checks.slice(1).map(({ status }) => status)).toEqual(["failed", "failed"]);
    const silent = await fake(
      `case "$1" in version) echo '{"terraform_version":"1.11.4"}' ;; esac`,
    );
    const nothing = await validate({ tool: silent, providers: [5] });
    expect(of(nothing, "schema-5").findings[0]?.rule).toBe("tool/broken");
  });

  it("is ended when the caller aborts", async () => {
    const pids = join(await place({}), "pids");
    const tool = await fake(`echo $$ >>${pids}; exec sleep 600`);
    const controller = new AbortController();
    const running = validate({ tool, signal: controller.signal });
    await expect.poll(() => readFile(pids, "utf8").catch(() => ""), { timeout: 5000 }).not.toBe("");
    controller.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
    await gone(pids);
    expect(await leftovers()).toEqual([]);
  });
});
