/** The full tier: the real provider, offline, in a scratch copy of the repository. */
import { cp, mkdir, readdir, readFile, realpath, stat, symlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join, relative, sep } from "node:path";
import { performance } from "node:perf_hooks";
import { makeScratch, type Scratch } from "../workspace/process.ts";
import { check, Skip, settled } from "./check.ts";
import { type Diagnostic, readDiagnostics, toFinding } from "./diagnostics.ts";
import { checkFormat } from "./format.ts";
import { readChecked } from "./read-checked.ts";
import { closure, type Directory, type Repository } from "./repository.ts";
import { standIn } from "./stand-in.ts";
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
  const scratch = await makeScratch();
  const plans: Record<string, PlanJson> = {};
  const report = (tool?: Tool): FullReport => ({
    tier,
    ...(tool === undefined
      ? {}
      : { tool: { iac: tool.iac, version: tool.version, path: tool.path } }),
    durationMs: Math.round(performance.now() - start),
    checks,
    ...(options.keepPlans === true ? { plans } : {}),
  });
  try {
    const wanted = options.iac ?? repository.iac;
    let tool: Tool;
    try {
      tool = await findTool(options, wanted, scratch);
    } catch (error) {
      const name = productName(wanted ?? "terraform");
      checks.push(
        await check({ id: "tool", tier, title: `${name} works` }, () => Promise.reject(error)),
      );
      return report();
    }
    const name = productName(tool.iac);
    checks.push(
      await check({ id: "format", tier, title: `Formatting (${name} fmt)` }, () =>
        checkFormat(tool, repository),
      ),
    );
    const copy = join(scratch.directory, "repository");
    await copyRepository(repository.path, copy, options.signal);
    const run: Run = {
      tool,
      repository,
      copy,
      env: await providerSource(options, tool, scratch),
      plans,
      options,
    };
    checks.push(...(await everyDirectory(run)));
    return report(tool);
  } finally {
    await scratch.remove();
  }
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
  const directories = [...repository.directories.values()].filter(({ files }) => files.length > 0);
  const results: Check[][] = directories.map(() => []);
  const inside = new Set(
    directories.filter(({ isRoot }) => isRoot).flatMap((root) => [...closure(repository, root)]),
  );
  const jobs = directories.map((directory, index) => async (): Promise<void> => {
    options.onProgress?.(`Planning ${directory.path}`);
    const into = results[index] as Check[];
    if ([...closure(repository, directory)].some(({ broken }) => broken)) {
      into.push(
        await check({ id: `init:${directory.path}`, tier, title: `${directory.path}: init` }, () =>
          Promise.reject(new Skip("a file that it needs cannot be read, see above")),
        ),
      );
    } else if (directory.isRoot) into.push(...(await rootChecks(run, directory)));
    else into.push(...(await moduleChecks(run, directory, !inside.has(directory))));
  });
  await pool(jobs, run.env.TF_PLUGIN_CACHE_DIR === undefined ? AT_ONCE : 1);
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
  if (root.hasTests) checks.push(await check(heading("test", "test"), () => test(run, cwd)));
  return checks;
}

/** A module is validated by its roots; on its own only where it has tests or no root calls it. */
async function moduleChecks(run: Run, module: Directory, alone: boolean): Promise<Check[]> {
  if (!alone && !module.hasTests) return [];
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
  if (module.hasTests) checks.push(await check(heading("test", "test"), () => test(run, cwd)));
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

/** Runs a command that answers in JSON, and returns what it found. */
async function tell(
  run: Run,
  cwd: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Finding[]> {
  const { exitCode, stdout, stderr } = await run.tool.run(args, {
    cwd,
    env: { ...run.env, ...env },
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

const DUMMY = [
  '  access_key = "offline"',
  '  secret_key = "offline"',
  "  token = null",
  "  profile = null",
  "  allowed_account_ids = null",
  "  forbidden_account_ids = null",
  "  skip_credentials_validation = true",
  "  skip_requesting_account_id = true",
  "  skip_metadata_api_check = true",
  "  skip_region_validation = true",
  "",
].join("\n");

/** What makes a root plan without an account: local state, and providers that ask nobody. */
function override(root: Directory): string {
  const parts = ['terraform {\n  backend "local" {}\n}\n'];
  for (const { alias, blocks } of root.awsProviders) {
    const assumed = ["assume_role", "assume_role_with_web_identity"]
      .filter((block) => blocks.includes(block))
      // An empty dynamic block takes the place of those that the root has.
      .map((block) => `  dynamic "${block}" {\n    for_each = []\n    content {}\n  }\n`);
    parts.push(
      `provider "aws" {\n${alias === "" ? "" : `  alias = "${alias}"\n`}${DUMMY}${assumed.join("")}}\n`,
    );
  }
  return parts.join("\n");
}

const usesAws = (repository: Repository, root: Directory): boolean =>
  [...closure(repository, root)].some(({ types }) =>
    Object.values(types).some(({ size }) => size > 0),
  );

/** Values for required variables. The environment comes last of all sources, so any value of the repository wins. */
function standIns(root: Directory): Record<string, string> {
  return Object.fromEntries(
    root.required.map(({ name, type }) => {
      const value = standIn(name, type);
      return [`TF_VAR_${name}`, typeof value === "string" ? value : JSON.stringify(value)];
    }),
  );
}

async function variableFiles({ copy }: Run): Promise<string[]> {
  const file = join(copy, "scripts", "offline.tfvars");
  return (await exists(file)) ? [`-var-file=${file}`] : [];
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const LEFT_OUT = new Set([".git", ".terraform", "node_modules"]);
const MAX_COPIED = 100 * 1024 * 1024;

/** Copies the repository. What links out of it, and what no configuration reads, stays behind. */
async function copyRepository(
  from: string,
  to: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: async (source) => {
      signal?.throwIfAborted();
      if (source === from) return true;
      if (LEFT_OUT.has(basename(source)) || /\.tfstate(\.|$)/.test(source)) return false;
      const real = await realpath(source).catch(() => undefined);
      if (real === undefined || !(real === from || real.startsWith(from + sep))) return false;
      const facts = await stat(source);
      return facts.isDirectory() || (facts.isFile() && facts.size <= MAX_COPIED);
    },
  });
}

/** Where providers come from: the mirror that is named, else whatever the user has set up. */
async function providerSource(
  options: FullOptions,
  tool: Tool,
  scratch: Scratch,
): Promise<Record<string, string>> {
  const env = options.env ?? process.env;
  const mirror = env.HARDENED_EKS_PROVIDER_MIRROR;
  if (mirror !== undefined && mirror !== "") {
    if (!(await exists(mirror)))
      throw new Error(`HARDENED_EKS_PROVIDER_MIRROR names ${mirror}, which does not exist`);
    const path = tool.iac === "opentofu" ? await tofuMirror(mirror, scratch) : mirror;
    const config = join(scratch.directory, "cli.tfrc");
    await writeFile(
      config,
      `disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(path)}\n  }\n}\n`,
    );
    return { TF_CLI_CONFIG_FILE: config };
  }
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env))
    if (
      value !== undefined &&
      /^(TF_CLI_CONFIG_FILE|TF_PLUGIN_CACHE_DIR|TF_TOKEN_.+|TF_REGISTRY_.+)$/.test(name)
    )
      kept[name] = value;
  const settings =
    kept.TF_CLI_CONFIG_FILE ??
    join(homedir(), tool.iac === "opentofu" ? ".tofurc" : ".terraformrc");
  const text = await readFile(settings, "utf8").catch(() => undefined);
  // A variable that names no file would be warned about in every run.
  if (text === undefined) delete kept.TF_CLI_CONFIG_FILE;
  if (
    kept.TF_PLUGIN_CACHE_DIR === undefined &&
    !/^\s*(plugin_cache_dir|provider_installation)\b/m.test(text ?? "")
  ) {
    // Each root would fetch the provider anew.
    kept.TF_PLUGIN_CACHE_DIR = join(scratch.directory, "plugins");
    kept.TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE = "true";
    await mkdir(kept.TF_PLUGIN_CACHE_DIR);
  }
  return kept;
}

/** OpenTofu looks under its own registry's name; a mirror of Terraform's holds the same providers. */
async function tofuMirror(mirror: string, scratch: Scratch): Promise<string> {
  const from = join(mirror, "registry.terraform.io");
  if ((await exists(join(mirror, "registry.opentofu.org"))) || !(await exists(from))) return mirror;
  const to = join(scratch.directory, "mirror", "registry.opentofu.org");
  // It does not look into a linked folder, so only files are links.
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    const folder = join(to, relative(from, entry.parentPath));
    if (!entry.isFile()) continue;
    await mkdir(folder, { recursive: true });
    await symlink(join(entry.parentPath, entry.name), join(folder, entry.name));
  }
  return dirname(to);
}
