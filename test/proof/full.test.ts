/** The full tier: the real provider where a mirror has it, and clear words where it cannot be had. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Check, type FullReport, validateFull } from "../../src/proof/index.ts";
import { because, NO_MIRROR, NO_TERRAFORM } from "../support/skips.ts";
import { noTerraform } from "./tool.ts";

const made: string[] = [];
async function place(files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "full-"));
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

const brief = ({ checks }: FullReport): [string, Check["status"]][] =>
  checks.map(({ id, status }) => [id, status]);
const of = ({ checks }: FullReport, id: string): Check | undefined =>
  checks.find((check) => check.id === id);

const ROOT = `terraform {
  required_version = ">= 1.11"

  backend "s3" {}

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

provider "aws" {
  region              = var.region
  profile             = "does-not-exist"
  allowed_account_ids = [var.account_id]

  assume_role {
    role_arn = var.deploy_role_arn
  }
}

variable "region" {
  type = string
}

variable "account_id" {
  type = string

  validation {
    condition     = can(regex("^\\\\d{12}$", var.account_id))
    error_message = "An account id has 12 digits."
  }
}

variable "deploy_role_arn" {
  type = string
}

variable "networks" {
  type = map(object({
    cidr  = string
    zones = optional(list(string), ["a"])
  }))
}

variable "window" {
  type = number
}

module "key" {
  source = "../../modules/key"

  window = var.window
}
`;
const files = (): Record<string, string> => ({
  "environments/dev/main.tf": ROOT,
  "scripts/offline.tfvars": "window     = 30\nnot_ours = 1\n",
  "modules/key/main.tf": `variable "window" {
  type = number
}

resource "aws_kms_key" "this" {
  deletion_window_in_days = var.window
  enable_key_rotation     = true
}
`,
  "modules/key/tests/key.tftest.hcl": `provider "aws" {
  region                      = "us-east-1"
  access_key                  = "offline"
  secret_key                  = "offline"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

variables {
  window = 30
}

run "rotates" {
  command = plan

  assert {
    condition     = aws_kms_key.this.enable_key_rotation
    error_message = "The key must rotate."
  }
}
`,
});

describe.skipIf(noTerraform || process.env.HARDENED_EKS_PROVIDER_MIRROR === undefined)(
  "on the real provider",
  because(noTerraform ? NO_TERRAFORM : NO_MIRROR),
  () => {
    it("initializes, validates, plans and tests, and writes nothing", async () => {
      const directory = await place({ ...files(), "scripts/offline.tfvars": "window = 30\n" });
      const before = (await readdir(directory, { recursive: true })).sort();
      const report = await validateFull({ directory, keepPlans: true });
      expect(report.checks.flatMap(({ findings }) => findings)).toEqual([]);
      expect(brief(report)).toEqual([
        ["files", "passed"],
        ["format", "passed"],
        ["init:environments/dev", "passed"],
        ["validate:environments/dev", "passed"],
        ["plan:environments/dev", "passed"],
        ["init:modules/key", "passed"],
        ["validate:modules/key", "passed"],
        ["test:modules/key", "passed"],
      ]);
      const [change] = report.plans?.["environments/dev"]?.resource_changes ?? [];
      expect(change).toMatchObject({
        address: "module.key.aws_kms_key.this",
        change: { after: { deletion_window_in_days: 30, enable_key_rotation: true } },
      });
      expect((await readdir(directory, { recursive: true })).sort()).toEqual(before);
    });

    it("names a value that the plan refuses, and a test that fails", async () => {
      const directory = await place({
        ...files(),
        "environments/dev/terraform.tfvars": 'account_id = "1"\n',
        "modules/key/main.tf": (files()["modules/key/main.tf"] as string).replace(
          "= true",
          "= false",
        ),
      });
      const report = await validateFull({ directory });
      expect(report.plans).toBeUndefined();
      expect(of(report, "plan:environments/dev")?.findings).toMatchObject([
        {
          file: "environments/dev/terraform.tfvars",
          fix: expect.stringContaining("scripts/offline.tfvars"),
        },
      ]);
      expect(of(report, "test:modules/key")?.findings).toMatchObject([
        { message: "Test assertion failed", file: "modules/key/tests/key.tftest.hcl", line: 18 },
      ]);
    });
  },
);

describe.skipIf(noTerraform)("a provider that cannot be had", because(NO_TERRAFORM), () => {
  it("is a failure that says what to do", async () => {
    const directory = await place(files());
    const empty = await place({ none: "" });
    const config = join(
      await place({
        "cli.tfrc": `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(empty)}\n  }\n}\n`,
      }),
      "cli.tfrc",
    );
    for (const env of [{ HARDENED_EKS_PROVIDER_MIRROR: empty }, { TF_CLI_CONFIG_FILE: config }]) {
      const report = await validateFull({
        directory,
        env: { PATH: process.env.PATH, HOME: empty, ...env },
      });
      const init = of(report, "init:environments/dev");
      expect(init?.status).toBe("failed");
      expect(init?.findings[0]?.rule).toBe("full/provider-missing");
      expect(init?.findings[0]?.fix).toMatch(/HARDENED_EKS_PROVIDER_MIRROR/);
    }
  });

  it("is one where the mirror does not exist", async () => {
    const directory = await place(files());
    const report = await validateFull({
      directory,
      env: { PATH: process.env.PATH, HARDENED_EKS_PROVIDER_MIRROR: join(directory, "nope") },
    });
    expect(of(report, "provider")).toMatchObject({
      status: "failed",
      findings: [{ rule: "full/provider-missing" }],
    });
  });
});

it("is skipped without a tool, with the reason", async () => {
  const report = await validateFull({ directory: await place(files()), env: { PATH: "" } });
  expect(of(report, "tool")).toMatchObject({
    status: "skipped",
    reason: expect.stringContaining("not found on PATH"),
  });
});
