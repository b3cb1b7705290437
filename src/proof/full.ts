/** The full tier: the real provider, offline, in a scratch copy of the repository. */
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { makeScratch, type Scratch } from "../workspace/scratch.ts";
import { check, Skip, settled } from "./check.ts";
import { type Diagnostic, readDiagnostics, toFinding } from "./diagnostics.ts";
import { checkFormat } from "./format.ts";
import { copyRepository, DUMMY, override, standIns } from "./offline.ts";
import { providerSource } from "./provider-source.ts";
import { readChecked } from "./read-checked.ts";
import { closure, type Directory, declaredIac, type Repository } from "./repository.ts";
import { findTool, productName, type Tool, ToolFailed } from "./tool.ts";
import type { Check, Finding, FullOptions, FullReport, PlanJson } from "./types.ts";

const tier = "full";
/** A plan takes a core, and two plans hold two providers of several hundred megabytes each. */
const AT_ONCE = 2;

/** Runs the full tier. */
export async function full(options: FullOptions): Promise<FullReport> {
  const start = performance.now();
  const [repository, files] = await readChecked(options, tier);
  const checks: Check[] = [files];
  const plans: Record<string, PlanJson> = {};
  const scratch = await makeScratch();
  let tool: Tool | undefined;
  try {
    const wanted = options.iac ?? (await declaredIac(options.directory)) ?? "terraform";
    const works = await check(
      { id: "tool", tier, title: `${productName(wanted)} works` },
      async () => {
        tool = await findTool(options, wanted, scratch);
        return [];
      },
    );
    if (tool === undefined) checks.push(works);
    else checks.push(...(await withTool(tool, repository, scratch, plans, options)));
  } finally {
    await scratch.remove();
  }
  return {
    tier,
    ...(tool === undefined
      ? {}
      : { tool: { iac: tool.iac, version: tool.version, path: tool.path } }),
    durationMs: Math.round(performance.now() - start),
    checks,
    ...(options.keepPlans === true ? { plans } : {}),
  };
}

async function withTool(
  tool: Tool,
  repository: Repository,
  scratch: Scratch,
  plans: Record<string, PlanJson>,
  options: FullOptions,
): Promise<Check[]> {
  const format = await check(
    { id: "format", tier, title: `Formatting (${productName(tool.iac)} fmt)` },
    () => checkFormat(tool, repository),
  );
  const copy = join(scratch.directory, "repository");
  let env: Record<string, string> | undefined;
  const source = await check(
    { id: "provider", tier, title: "The provider can be had" },
    async () => {
      env = await providerSource(options, tool, scratch);
      return [];
    },
  );
  if (env === undefined) return [format, source];
  await copyRepository(repository.path, copy, options.signal);
  return [format, ...(await everyDirectory({ tool, repository, copy, env, plans, options }))];
}

interface Run {
  tool: Tool;
  repository: Repository;
  /** The copy, which all that is run runs in. */
  copy: string;
  env: Record<string, string>;
  plans: Record<string, PlanJson>;
  options: FullOptions;
}

async function everyDirectory(run: Run): Promise<Check[]> {
  const { repository, options } = run;
  const directories = [...repository.directories.values()].filter(
    ({ files, path }) => files.length > 0 && options.only?.includes(path) !== false,
  );
  const results: Check[][] = directories.map(() => []);
  const inside = new Set(
    directories.filter(({ isRoot }) => isRoot).flatMap((root) => [...closure(repository, root)]),
  );
  const jobs = directories.map((directory, index) => async (): Promise<void> => {
    options.onProgress?.(`Planning ${directory.path}`);
    results[index] = [...closure(repository, directory)].some(({ broken }) => broken)
      ? [
          await check(
            { id: `init:${directory.path}`, tier, title: `${directory.path}: init` },
            () => Promise.reject(new Skip("a file that it needs cannot be read, see above")),
          ),
        ]
      : directory.isRoot
        ? await rootChecks(run, directory)
        : await moduleChecks(run, directory, !inside.has(directory));
  });
  const atOnce = run.env.TF_PLUGIN_CACHE_DIR === undefined ? AT_ONCE : 1;
  // What is added to a module for its own tests must not be there when a root calls it.
  const isRoot = (index: number): boolean => directories[index]?.isRoot === true;
  await pool(
    jobs.filter((_, index) => isRoot(index)),
    atOnce,
  );
  await pool(
    jobs.filter((_, index) => !isRoot(index)),
    atOnce,
  );
  return results.flat();
}

/** Runs jobs, a few at a time; the first error ends it once the running ones are done. */
async function pool(jobs: (() => Promise<void>)[], atOnce: number): Promise<void> {
  const queue = [...jobs];
  const worker = async (): Promise<void> => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) await job();
  };
  await settled(Array.from({ length: atOnce }, worker));
}

async function rootChecks(run: Run, root: Directory): Promise<Check[]> {
  const { tool } = run;
  const cwd = join(run.copy, root.path);
  const heading = (step: string, title: string) =>
    ({ id: `${step}:${root.path}`, tier, title: `${root.path}: ${title}` }) as const;
  await writeFile(join(cwd, "hardened_eks_offline_override.tf"), override(root));
  if (root.awsProviders.length === 0 && usesAws(run.repository, root))
    await writeFile(join(cwd, "hardened_eks_offline.tf"), `provider "aws" {\n${DUMMY}}\n`);

  const init = await check(heading("init", "init"), () => initialize(run, cwd));
  if (init.status !== "passed") return [init];
  const validate = await check(heading("validate", "validate"), () =>
    tell(run, cwd, ["validate", "-json", "-no-color"]),
  );
  if (validate.status !== "passed") return [init, validate];
  const plan = await check(heading("plan", "offline plan"), async () => {
    const file = join(cwd, "hardened-eks.tfplan");
    const variables = await variableFiles(run);
    const findings = await tell(
      run,
      cwd,
      [
        "plan",
        "-input=false",
        "-lock=false",
        "-refresh=false",
        "-json",
        "-no-color",
        `-out=${file}`,
        ...variables,
      ],
      standIns(root),
    );
    if (findings.some(({ severity }) => severity === "error")) return findings.map(hintAtValues);
    const shown = await tool.run(["show", "-json", "-no-color", file], { cwd, env: run.env });
    if (shown.exitCode !== 0)
      throw new ToolFailed(
        "tool/broken",
        `"show" ended with code ${shown.exitCode}: ${shown.stderr.trim().slice(0, 500)}`,
      );
    run.plans[root.path] = JSON.parse(shown.stdout) as PlanJson;
    return findings;
  });
  const checks = [init, validate, plan];
  if (root.tests.length > 0)
    checks.push(await check(heading("test", "test"), () => test(run, cwd)));
  return checks;
}

/** A module is validated by its roots; on its own only where it has tests or no root calls it. */
async function moduleChecks(run: Run, module: Directory, alone: boolean): Promise<Check[]> {
  if (!alone && module.tests.length === 0) return [];
  const cwd = join(run.copy, module.path);
  const heading = (step: string, title: string) =>
    ({ id: `${step}:${module.path}`, tier, title: `${module.path}: ${title}` }) as const;
  if (module.configurationAliases.length > 0)
    await writeFile(
      join(cwd, "hardened_eks_offline.tf"),
      module.configurationAliases
        .map((alias) => `provider "aws" {\n  alias = "${alias}"\n${DUMMY}}\n`)
        .join("\n"),
    );
  const init = await check(heading("init", "init"), () => initialize(run, cwd));
  if (init.status !== "passed") return [init];
  const checks = [
    init,
    await check(heading("validate", "validate"), () =>
      tell(run, cwd, ["validate", "-json", "-no-color"]),
    ),
  ];
  if (module.tests.length > 0)
    checks.push(await check(heading("test", "test"), () => test(run, cwd)));
  return checks;
}

async function initialize(run: Run, cwd: string): Promise<Finding[]> {
  const findings = await tell(run, cwd, ["init", "-input=false", "-json", "-no-color"]);
  return findings.map((finding) =>
    finding.severity === "error" &&
    finding.file === undefined &&
    /provider|registry|checksum|mirror/i.test(`${finding.message} ${finding.detail}`)
      ? {
          ...finding,
          rule: "full/provider-missing",
          fix: "Set HARDENED_EKS_PROVIDER_MIRROR to a directory made by `terraform providers mirror`, set a plugin cache in the CLI configuration, or give access to the registry.",
        }
      : finding,
  );
}

async function test(run: Run, cwd: string): Promise<Finding[]> {
  return tell(run, cwd, ["test", "-json", "-no-color"]);
}

/** A provider block may leave the region to the environment. */
const OFFLINE = { AWS_REGION: "us-east-1" };

/** Runs a command that answers in JSON, and returns what it found. */
async function tell(
  run: Run,
  cwd: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Finding[]> {
  const { exitCode, stdout, stderr } = await run.tool.run(args, {
    cwd,
    env: { ...OFFLINE, ...run.env, ...env },
  });
  const origin = { cwd, repositories: [run.copy] };
  const diagnostics = (readDiagnostics(stdout) ?? []).filter((each) => !isNoise(each));
  const findings = diagnostics.map((each) => toFinding(each, origin));
  findings.push(...failedRuns(stdout));
  if (exitCode !== 0 && !findings.some(({ severity }) => severity === "error"))
    throw new ToolFailed(
      "tool/broken",
      `"${args[0]}" ended with code ${exitCode}: ${(stderr || stdout).trim().slice(-800)}`,
    );
  return findings;
}

/**
 * One file of values serves all roots, so each meets some that it does not have; and the lock file
 * that is spoken of is that of the copy.
 */
const isNoise = ({ severity, summary }: Diagnostic): boolean =>
  severity === "warning" &&
  /^(Values? for undeclared variables?|Incomplete lock file information for providers)$/.test(
    summary,
  );

/** `test` names runs that were skipped or failed without a message of their own. */
function failedRuns(stdout: string): Finding[] {
  const findings: Finding[] = [];
  for (const line of stdout.split("\n")) {
    if (!line.includes('"test_summary"')) continue;
    const { test_summary: summary } = JSON.parse(line) as {
      test_summary?: { status?: string; passed?: number; skipped?: number };
    };
    if (summary?.status === "pass" && (summary.passed ?? 0) === 0)
      findings.push({
        rule: "full/empty-test",
        severity: "error",
        message: "The test files test nothing.",
      });
  }
  return findings;
}

const hintAtValues = (finding: Finding): Finding =>
  /variable/i.test(finding.message)
    ? {
        ...finding,
        fix: "Give a value that is valid in scripts/offline.tfvars; it is used for offline plans only.",
      }
    : finding;

const usesAws = (repository: Repository, root: Directory): boolean =>
  [...closure(repository, root)].some(({ types }) =>
    Object.values(types).some(({ size }) => size > 0),
  );

async function variableFiles({ copy }: Run): Promise<string[]> {
  const file = join(copy, "scripts", "offline.tfvars");
  const exists = await stat(file).then(
    () => true,
    () => false,
  );
  return exists ? [`-var-file=${file}`] : [];
}
