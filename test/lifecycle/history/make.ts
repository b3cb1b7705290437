/**
 * Earlier template versions, made once from the render of 0.3.0 by taking its changes back. The packs are frozen: they
 * stand for repositories that people have, and a later template does not change them.
 */
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { formatLock, rendered } from "../../../src/lifecycle/lock.ts";
import { digest, type MergeFile, pack } from "../../../src/lifecycle/pack.ts";
import { toMergeTree } from "../../../src/lifecycle/render.ts";
import { profiles } from "../../support/profiles.ts";
import { repository } from "../../support/repository.ts";

type Files = Map<string, MergeFile>;
const CLUSTER = "modules/cluster/";

const textOf = (files: Files, path: string): string =>
  (files.get(path) as MergeFile).contents.toString("utf8");

function edit(files: Files, path: string, change: (text: string) => string): void {
  const file = files.get(path) as MergeFile;
  const text = change(textOf(files, path));
  if (text === textOf(files, path)) throw new Error(`${path}: nothing to change`);
  const isHcl = /\.(tf|tftest\.hcl)$/.test(path);
  const formatted = isHcl
    ? execFileSync("terraform", ["fmt", "-"], { input: text, encoding: "utf8" })
    : text;
  files.set(path, { ...file, contents: Buffer.from(formatted) });
}

const paths = (files: Files, pattern: RegExp): string[] =>
  [...files.keys()].filter((path) => pattern.test(path));

/** The block that begins with a line, and the blank line before it. */
function withoutBlock(text: string, head: string): string {
  const start = text.indexOf(head);
  if (start < 0) throw new Error(`no ${head}`);
  const end = text.indexOf("\n}\n", start) + 3;
  return (text.slice(0, start).replace(/\n\n$/, "\n") + text.slice(end)).replace(/^\n+/, "");
}

/** 0.2.0: the log group was called `cluster`, and its retention was written in the module. */
function toV0_2_0(files: Files): void {
  const days = /log_retention_days\s*= (\d+)/.exec(
    textOf(files, paths(files, /^environments\/[^/]+\/main\.cluster\.tf$/)[0] as string),
  )?.[1] as string;
  for (const path of paths(files, /^modules\/cluster\/.*\.(tf|hcl)$/)) {
    const text = textOf(files, path);
    if (/control_plane(\.|" \{|,)/.test(text) && text.includes("aws_cloudwatch_log_group"))
      edit(files, path, (now) =>
        now
          .replaceAll("aws_cloudwatch_log_group.control_plane", "aws_cloudwatch_log_group.cluster")
          .replace(
            'resource "aws_cloudwatch_log_group" "control_plane"',
            'resource "aws_cloudwatch_log_group" "cluster"',
          ),
      );
  }
  edit(files, `${CLUSTER}main.logs.tf`, (text) => text.replace("var.log_retention_days", days));
  edit(files, `${CLUSTER}variables.tf`, (text) =>
    withoutBlock(text, 'variable "log_retention_days" {'),
  );
  for (const path of paths(files, /^environments\/[^/]+\/main\.cluster\.tf$/))
    edit(files, path, (text) => text.replace(/^ {2}log_retention_days\s*= \d+\n/m, ""));
  for (const path of paths(files, /^modules\/cluster\/tests\//))
    if (textOf(files, path).includes("log_retention_days"))
      edit(files, path, (text) =>
        text
          .split(/^(?=run ")/m)
          .filter((run) => !/expect_failures = \[var\.log_retention_days\]/.test(run))
          .join("")
          .replace(/^ *log_retention_days\s*= \d+\n/gm, "")
          .trimEnd()
          .concat("\n"),
      );
  edit(files, "hardened-eks.yaml", (text) => text.replace("  retentionDays:", "  days:"));
  edit(files, "SECURITY.md", (text) => `${text}\nReports are answered within five working days.\n`);
}

const IDENTITY = /^environments\/[^/]+\/[^/]+\.tf$/;

/** 0.1.0: one file more in one, one module under another name, one add-on that became an answer, one document more. */
function toV0_1_0(files: Files): void {
  for (const path of paths(files, /^modules\/irsa-role\//)) {
    files.set(path.replace("irsa-role", "irsa"), files.get(path) as MergeFile);
    files.delete(path);
  }
  for (const path of paths(files, IDENTITY))
    if (/module "identity"|module\.identity|irsa-role/.test(textOf(files, path)))
      edit(files, path, (text) =>
        text
          .replaceAll("modules/irsa-role", "modules/irsa")
          .replaceAll('module "identity"', 'module "irsa"')
          .replaceAll("module.identity", "module.irsa"),
      );
  const logs = textOf(files, `${CLUSTER}main.logs.tf`);
  edit(files, `${CLUSTER}main.cluster.tf`, (text) => `${text}\n${logs}`);
  files.delete(`${CLUSTER}main.logs.tf`);
  edit(files, "hardened-eks.yaml", (text) =>
    text
      .replace(/^ {2}ebsMalware: .*\n/m, "")
      .replace(/^( *)- guardduty\n/m, "$1- guardduty\n$1- guardduty-malware\n"),
  );
  files.set("docs/runbooks/rotate-keys.md", {
    contents: Buffer.from(
      "# Rotate a key\n\nKMS rotates every key of this repository once a year. To rotate one at once:\n\n```sh\naws kms rotate-key-on-demand --key-id <key>\n```\n",
    ),
    executable: false,
    owner: "merged",
  });
}

async function write(root: string, version: string, profile: string, files: Files): Promise<void> {
  const folder = join(root, "test/fixtures/history", version);
  await mkdir(folder, { recursive: true });
  const base = await pack(files);
  const answers = parse(textOf(files, "hardened-eks.yaml")) as unknown;
  const lock = rendered(files, answers, base.digest, {
    version,
    templates: digest(`templates of ${version}`),
  });
  await writeFile(join(folder, `${profile}.pack`), base.bytes);
  await writeFile(join(folder, `${profile}.lock.json`), formatLock({ schemaVersion: 1, ...lock }));
}

/** Writes all of them below `root`. */
export async function make(root: string): Promise<void> {
  for (const profile of ["default", "startup"]) {
    const files = new Map(toMergeTree(repository(profiles[profile]).tree));
    toV0_2_0(files);
    await write(root, "0.2.0", profile, files);
    toV0_1_0(files);
    await write(root, "0.1.0", profile, files);
  }
}
