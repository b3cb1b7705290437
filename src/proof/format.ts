/** `fmt -check`, on a list of files: it never reads what the walk refused. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Repository } from "./repository.ts";
import type { Tool } from "./tool.ts";
import type { Finding } from "./types.ts";

/** Command lines are limited: to 32 kB on Windows, to more elsewhere. */
const MAX_ARGUMENTS = 24_000;
/** For so many files the first line that differs is looked up. */
const MAX_LOCATED = 20;

/** Files that the formatter would change. */
export async function checkFormat(tool: Tool, repository: Repository): Promise<Finding[]> {
  const findings: Finding[] = [];
  const wrong: string[] = [];
  const files = repository.formatted.filter((file) =>
    tool.iac === "opentofu" ? !file.endsWith(".tfmock.hcl") : !/\.(tofu|tofutest\.hcl)$/.test(file),
  );
  for (const batch of batches(files)) {
    const { exitCode, stdout, stderr } = await tool.run(
      ["fmt", "-check", "-list=true", "-no-color", ...batch.map((file) => `./${file}`)],
      { cwd: repository.path },
    );
    if (exitCode === 0) continue;
    const listed = stdout.split(/\r?\n/).filter((line) => line !== "");
    wrong.push(...listed.map((line) => line.replaceAll("\\", "/").replace(/^\.\//, "")));
    const errors = syntaxErrors(stderr);
    findings.push(...errors);
    if (listed.length === 0 && errors.length === 0)
      findings.push({
        rule: "format/failed",
        severity: "error",
        message: "The formatter failed.",
        detail: stderr.trim().slice(0, 2000),
      });
  }
  const program = tool.iac === "opentofu" ? "tofu" : "terraform";
  for (const [index, file] of wrong.sort().entries()) {
    const place = index < MAX_LOCATED ? await firstDifference(tool, repository, file) : undefined;
    findings.push({
      rule: "format/not-canonical",
      severity: "error",
      message: "The file is not formatted.",
      file,
      ...place,
      fix: `${program} fmt ${file}`,
    });
  }
  return findings;
}

function* batches(files: readonly string[]): Generator<string[]> {
  let batch: string[] = [];
  let length = 0;
  for (const file of files) {
    if (length + file.length > MAX_ARGUMENTS && batch.length > 0) {
      yield batch;
      batch = [];
      length = 0;
    }
    batch.push(file);
    length += file.length + 3;
  }
  if (batch.length > 0) yield batch;
}

function syntaxErrors(stderr: string): Finding[] {
  const findings: Finding[] = [];
  for (const match of stderr.matchAll(
    /^Error: (.+)\n\n {2}on (.+?) line (\d+)[^\n]*:\n(?: +\d+: [^\n]*\n)*\n?([^\n]*)/gm,
  )) {
    const [, message, file, line, detail] = match as unknown as [
      string,
      string,
      string,
      string,
      string,
    ];
    findings.push({
      rule: "format/syntax",
      severity: "error",
      message,
      ...(detail === "" ? {} : { detail }),
      file: file.replaceAll("\\", "/").replace(/^\.\//, ""),
      line: Number(line),
    });
  }
  return findings;
}

async function firstDifference(
  tool: Tool,
  repository: Repository,
  file: string,
): Promise<{ line?: number; detail?: string }> {
  const before = await readFile(join(repository.path, file), "utf8");
  const { exitCode, stdout } = await tool.run(["fmt", "-no-color", "-"], {
    cwd: repository.path,
    input: before,
  });
  if (exitCode !== 0) return {};
  const is = before.split("\n");
  const should = stdout.split("\n");
  const at = is.findIndex((line, index) => line !== should[index]);
  const line = at === -1 ? is.length : at + 1;
  const wanted = should[line - 1];
  return wanted === undefined ? { line } : { line, detail: `The formatter writes:\n${wanted}` };
}
