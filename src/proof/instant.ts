/** The instant tier: every root and module through the real tool, against bundled schemas. */
import { mkdir, readdir, realpath, rm, stat, symlink, copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { makeScratch, type Scratch } from "../workspace/process.ts";
import { check, Skip } from "./check.ts";
import { type Diagnostic, type Origin, placeOf, readDiagnostics, toFinding } from "./diagnostics.ts";
import { checkFormat } from "./format.ts";
import { bundledVersions, KINDS, schemasFor, type Types } from "./provider/packs.ts";
import type { SchemaProvider } from "./provider/server.ts";
import { closure, type Directory, readRepository, type Repository } from "./repository.ts";
import { explain } from "./schema-hints.ts";
import { type Origins, synthesize } from "./synthetic.ts";
import { findTool, productName, type Tool, ToolFailed } from "./tool.ts";
import type { Check, Finding, InstantOptions, ProviderMajor, Report } from "./types.ts";

/** Runs the instant tier. */
export async function instant(options: InstantOptions): Promise<Report> {
  const start = performance.now();
  const checks: Check[] = [];
  const tier = "instant";
  const repository = await tryRead(options);
  checks.push(
    await check({ id: "files", tier, title: "Terraform files can be read" }, async () =>
      repository.directories.size === 0 && repository.findings.length === 0
        ? [{ rule: "files/none", severity: "error", message: "There are no Terraform files here.", fix: "Name the directory of the repository." }]
        : repository.findings,
    ),
  );
  const majors = [...new Set(options.providers ?? ([5, 6] as const))];
  const versions = bundledVersions();
  const scratch = await makeScratch();
  const providers: SchemaProvider[] = [];
  const report = (tool?: Tool): Report => ({
    tier,
    ...(tool === undefined ? {} : { tool: { iac: tool.iac, version: tool.version, path: tool.path } }),
    durationMs: Math.round(performance.now() - start),
    checks,
  });
  const headings = (name: string) => [
    { id: "format", tier, title: `Formatting (${name} fmt)` } as const,
    ...majors.map((major) => ({ id: `schema-${major}`, tier, title: `${name} on provider aws ${versions[major]}` }) as const),
  ];
  try {
    const wanted = options.iac ?? repository.iac;
    const program = wanted === "opentofu" ? "OpenTofu" : "Terraform";
    options.onProgress?.(`Validating with ${program}`);
    // The server's library loads while the tool says its version.
    const [found, { serve }] = await Promise.all([
      findTool(options, wanted, scratch).catch((error: unknown) => ({ error })),
      import("./provider/server.ts"),
    ]);
    if ("error" in found) {
      const [first, ...others] = headings(program);
      const failed = await check({ id: "tool", tier, title: `${program} works` }, () => Promise.reject(found.error));
      if (failed.status === "failed") checks.push(failed);
      const reason = failed.reason ?? `there is no usable ${program}`;
      for (const heading of [first, ...others])
        checks.push(await check(heading as (typeof others)[number], () => Promise.reject(new Skip(reason))));
      return report();
    }
    const tool = found;
    const runs = new Map<ProviderMajor, SchemaProvider>();
    const types = allTypes(repository);
    for (const major of majors) {
      const running = await serve(schemasFor(major, types), scratch.directory);
      providers.push(running);
      runs.set(major, running);
    }
    const selection = select(repository);
    const [format, ...schemas] = headings(productName(tool.iac));
    const prepared = majors.length === 0 ? undefined : prepare(tool, repository, selection, scratch, runs);
    checks.push(
      ...(await Promise.all([
        check(format as (typeof schemas)[number], () => checkFormat(tool, repository)),
        ...majors.map((major, index) =>
          check(schemas[index] as (typeof schemas)[number], async () => {
            if (repository.directories.size === 0) throw new Skip("there are no Terraform files");
            return validateAll(tool, repository, major, runs.get(major) as SchemaProvider, await (prepared as NonNullable<typeof prepared>));
          }),
        ),
      ])),
    );
    if (selection.external.size > 0)
      checks.push(
        await check({ id: "external", tier, title: "What the bundled schemas do not cover" }, () =>
          Promise.reject(
            new Skip(
              `${[...selection.external].map(([directory, why]) => `${directory.path} ${why}`).join("; ")}. Use --full`,
            ),
          ),
        ),
      );
    return report(tool);
  } finally {
    for (const provider of providers) provider.close();
    await scratch.remove();
  }
}

/** A repository that cannot be read is a finding, not a crash. */
export async function tryRead(options: InstantOptions): Promise<Repository> {
  const { directory, signal } = options;
  const nothing = (message: string): Repository => ({
    path: directory,
    directories: new Map(),
    formatted: [],
    findings: [{ rule: "files/no-directory", severity: "error", message, fix: "Name the directory of the repository." }],
  });
  try {
    if (!(await stat(directory)).isDirectory()) return nothing(`${directory} is not a directory.`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return nothing(
      code === "ENOENT" ? `${directory} does not exist.` : `${directory} cannot be read (${code}).`,
    );
  }
  return readRepository(directory, signal);
}

function allTypes({ directories }: Repository): Types {
  const types = { resource: new Set<string>(), data: new Set<string>(), ephemeral: new Set<string>() };
  for (const directory of directories.values())
    for (const kind of KINDS) for (const name of directory.types[kind]) types[kind].add(name);
  return types;
}

/** What is validated together, what alone, and what not at all. */
interface Selection {
  together: Directory[];
  alone: Directory[];
  /** Why it cannot be validated without the real provider. */
  external: Map<Directory, string>;
}

/** `excluded` directories, and those that call them, are left out. */
function select(repository: Repository, excluded: ReadonlySet<Directory> = new Set()): Selection {
  const selection: Selection = { together: [], alone: [], external: new Map() };
  const covered = new Set<Directory>();
  const usable: Directory[] = [];
  for (const directory of repository.directories.values()) {
    const all = closure(repository, directory);
    if (directory.files.length === 0) continue;
    if ([...all].some((each) => each.broken || excluded.has(each))) continue;
    const other = new Set([...all].flatMap(({ otherProviders }) => otherProviders));
    const remote = [...all].flatMap(({ calls }) => calls.filter(({ target }) => target === undefined));
    if (other.size > 0) selection.external.set(directory, `needs ${[...other].sort().join(", ")}`);
    else if (remote.length > 0)
      selection.external.set(directory, `calls ${[...new Set(remote.map(({ source }) => source))].sort().join(", ")}`);
    else usable.push(directory);
  }
  for (const directory of usable) {
    if (!directory.isRoot) continue;
    if (directory.rootOnly) selection.alone.push(directory);
    else selection.together.push(directory);
    for (const each of closure(repository, directory)) covered.add(each);
  }
  // A module that nothing calls, with the modules that it calls.
  const called = new Set(
    usable.flatMap((directory) => [...closure(repository, directory)].filter((each) => each !== directory)),
  );
  for (const directory of usable)
    if (!covered.has(directory) && !called.has(directory)) selection.together.push(directory);
  return selection;
}

/** A directory in which the tool was initialized. */
interface Prepared {
  cwd: string;
  origin: Origin;
  lines?: Origins["lines"];
}

interface Preparation {
  places: Prepared[];
  /** Environment of the tool. */
  env: Record<string, string>;
  /** What was wrong at that. */
  findings: Finding[];
}

/**
 * Initializes. The tool stops at the first directories that it cannot even parse, so these are
 * reported and left out until the rest can be validated.
 */
async function prepare(
  tool: Tool,
  repository: Repository,
  first: Selection,
  scratch: Scratch,
  runs: ReadonlyMap<ProviderMajor, SchemaProvider>,
): Promise<Preparation> {
  const [{ reattach }] = [...runs.values()] as [SchemaProvider];
  const env = await environment(scratch, reattach);
  const findings: Finding[] = [];
  const excluded = new Set<Directory>();
  const places: Prepared[] = [];

  const initialize = async (place: Prepared): Promise<boolean> => {
    const diagnostics = await init(tool, place.cwd, env);
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    if (errors.length === 0) return true;
    findings.push(...errors.map((each) => finding(each, place)));
    for (const each of errors) {
      const file = each.range === undefined ? undefined : placeOf(each.range.filename, place.origin);
      const directory = file === undefined ? undefined : directoryOf(repository, file);
      if (directory !== undefined) excluded.add(directory);
    }
    return false;
  };

  const cwd = join(scratch.directory, "all");
  await mkdir(cwd);
  for (let selection = first; selection.together.length > 0; selection = select(repository, excluded)) {
    const { source, lines } = synthesize(cwd, repository.path, selection.together);
    await writeFile(join(cwd, "main.tf"), source);
    const place = { cwd, origin: { cwd, repository: repository.path }, lines };
    const before = excluded.size;
    if (await initialize(place)) {
      places.push(place);
      break;
    }
    await rm(join(cwd, ".terraform"), { recursive: true, force: true });
    if (excluded.size === before) break;
  }
  for (const root of first.alone) {
    const overlay = join(scratch.directory, `alone-${places.length}`);
    const place: Prepared = {
      cwd: join(overlay, root.path),
      origin: { cwd: join(overlay, root.path), repository: overlay },
    };
    await overlayRoot(repository.path, overlay, root.path);
    if (await initialize(place)) places.push(place);
  }
  return { places, env, findings };
}

function directoryOf(repository: Repository, file: string): Directory | undefined {
  const slash = file.lastIndexOf("/");
  return repository.directories.get(slash === -1 ? "." : file.slice(0, slash));
}

async function environment(scratch: Scratch, reattach: string): Promise<Record<string, string>> {
  const config = join(scratch.directory, "cli.tfrc");
  // No provider can be installed from here, so nothing is ever fetched.
  await writeFile(
    config,
    `disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(join(scratch.directory, "none"))}\n  }\n}\n`,
  );
  return { TF_CLI_CONFIG_FILE: config, TF_REATTACH_PROVIDERS: reattach };
}

async function init(tool: Tool, cwd: string, env: Record<string, string>): Promise<Diagnostic[]> {
  const { exitCode, stdout, stderr } = await tool.run(
    ["init", "-backend=false", "-input=false", "-json", "-no-color"],
    { cwd, env },
  );
  const diagnostics = readDiagnostics(stdout) ?? [];
  if (exitCode !== 0 && !diagnostics.some(({ severity }) => severity === "error"))
    throw new ToolFailed("tool/broken", `"init" ended with code ${exitCode}: ${(stderr || stdout).trim().slice(0, 500)}`);
  return diagnostics;
}

async function validateAll(
  tool: Tool,
  repository: Repository,
  major: ProviderMajor,
  provider: SchemaProvider,
  preparation: Preparation,
): Promise<Finding[]> {
  const findings = [...preparation.findings];
  if (preparation.places.length === 0 && findings.length === 0)
    throw new Skip(
      repository.findings.length > 0
        ? "no directory can be read"
        : "no directory can be validated without the real provider; use --full",
    );
  for (const place of preparation.places) {
    const { exitCode, stdout, stderr } = await tool.run(["validate", "-json", "-no-color"], {
      cwd: place.cwd,
      env: { ...preparation.env, TF_REATTACH_PROVIDERS: provider.reattach },
    });
    const diagnostics = readDiagnostics(stdout);
    if (diagnostics === undefined || (exitCode !== 0 && diagnostics.length === 0))
      throw new ToolFailed(
        "tool/broken",
        `"validate" ended with code ${exitCode} and no result: ${(stderr || stdout).trim().slice(0, 500)}`,
      );
    for (const diagnostic of diagnostics) {
      if (isNoise(diagnostic)) continue;
      findings.push(explain(finding(diagnostic, place), diagnostic, major));
    }
  }
  return findings;
}

/** That a root's backend does not count is due to how we call it. */
const isNoise = ({ severity, summary }: Diagnostic): boolean =>
  severity === "warning" && /^(Backend|Cloud) configuration ignored$/.test(summary);

function finding(diagnostic: Diagnostic, { origin, lines }: Prepared): Finding {
  const made = toFinding(diagnostic, origin);
  if (made.file !== undefined || diagnostic.range === undefined) return made;
  const real = lines?.get(diagnostic.range.start.line);
  return real === undefined ? made : { ...made, ...real, column: 1 };
}

/**
 * A root of its own in the scratch directory: its files are copied, and all that lies around it is
 * linked, so that paths from it lead where they led.
 */
async function overlayRoot(repository: string, overlay: string, root: string): Promise<void> {
  const parts = root === "." ? [] : root.split("/");
  let from = await realpath(repository);
  let to = overlay;
  await mkdir(to);
  for (const part of [...parts, undefined]) {
    for (const entry of await readdir(from, { withFileTypes: true })) {
      if (entry.name === part || [".terraform", ".terraform.lock.hcl", ".git"].includes(entry.name)) continue;
      const source = join(from, entry.name);
      if (entry.isDirectory()) await symlink(source, join(to, entry.name), "junction");
      else if (entry.isFile()) await copyFile(source, join(to, entry.name));
    }
    if (part === undefined) break;
    from = join(from, part);
    to = join(to, part);
    await mkdir(to);
  }
}
