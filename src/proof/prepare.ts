/** Initializes the tool in scratch directories that stand for the repository. */
import { copyFile, mkdir, readdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Scratch } from "../workspace/scratch.ts";
import {
  type Diagnostic,
  type Origin,
  placeOf,
  readDiagnostics,
  toFinding,
} from "./diagnostics.ts";
import type { Directory, Repository } from "./repository.ts";
import { type Selection, select } from "./selection.ts";
import { type Origins, synthesize } from "./synthetic.ts";
import { type Tool, ToolFailed } from "./tool.ts";
import type { Finding } from "./types.ts";

/** A directory in which the tool was initialized. */
export interface Prepared {
  cwd: string;
  origin: Origin;
  origins?: Origins;
}

export interface Preparation {
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
export async function prepare(
  tool: Tool,
  repository: Repository,
  first: Selection,
  scratch: Scratch,
  reattach: string,
): Promise<Preparation> {
  const env = await toolEnvironment(scratch, reattach);
  const findings: Finding[] = [];
  const excluded = new Set<Directory>();
  const places: Prepared[] = [];

  const initialize = async (place: Prepared): Promise<boolean> => {
    const diagnostics = await init(tool, place.cwd, env);
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    if (errors.length === 0) return true;
    findings.push(...errors.map((each) => finding(each, place)));
    for (const each of errors) {
      const file =
        each.range === undefined ? undefined : placeOf(each.range.filename, place.origin);
      const directory = file === undefined ? undefined : directoryOf(repository, file);
      if (directory !== undefined) excluded.add(directory);
    }
    return false;
  };

  const cwd = join(scratch.directory, "all");
  await mkdir(cwd);
  for (
    let selection = first;
    selection.together.length > 0;
    selection = select(repository, excluded)
  ) {
    const origins = synthesize(cwd, repository.path, selection.together);
    await writeFile(join(cwd, "main.tf"), origins.source);
    const place = { cwd, origin: { cwd, repositories: [repository.path] }, origins };
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
      // The tool names a linked directory by where it really is.
      origin: { cwd: join(overlay, root.path), repositories: [overlay, repository.path] },
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

/** Environment of a tool that is served its provider, and fetches nothing. */
export async function toolEnvironment(
  scratch: Scratch,
  reattach: string,
): Promise<Record<string, string>> {
  const config = join(scratch.directory, "cli.tfrc");
  // No provider can be installed from here, so nothing is ever fetched.
  await writeFile(
    config,
    `disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(join(scratch.directory, "none"))}\n  }\n}\n`,
  );
  // A run lives for half a second: collecting its garbage costs more than keeping it.
  return { TF_CLI_CONFIG_FILE: config, TF_REATTACH_PROVIDERS: reattach, GOGC: "400" };
}

async function init(tool: Tool, cwd: string, env: Record<string, string>): Promise<Diagnostic[]> {
  const { exitCode, stdout, stderr } = await tool.run(
    ["init", "-backend=false", "-input=false", "-json", "-no-color"],
    { cwd, env },
  );
  const diagnostics = readDiagnostics(stdout) ?? [];
  if (exitCode !== 0 && !diagnostics.some(({ severity }) => severity === "error"))
    throw new ToolFailed(
      "tool/broken",
      `"init" ended with code ${exitCode}: ${(stderr || stdout).trim().slice(0, 500)}`,
    );
  return diagnostics;
}

/** A finding of a message that the tool gave there. */
export function finding(diagnostic: Diagnostic, { origin, origins }: Prepared): Finding {
  const made = toFinding(diagnostic, origin);
  if (origins === undefined) return made;
  // Calls of ours mean nothing to the user: a module in one stands for itself, the rest for its directory.
  const plain = (text: string): string =>
    text.replaceAll(/\bmodule\.([\w-]+)(\.module\.)?/g, (whole, name: string, inner?: string) => {
      const path = origins.names.get(name);
      return path === undefined ? whole : inner === undefined ? path : "module.";
    });
  const named: Finding = {
    ...made,
    message: plain(made.message),
    ...(made.detail === undefined ? {} : { detail: plain(made.detail) }),
  };
  if (named.file !== undefined || diagnostic.range === undefined) return named;
  const real = origins.lines.get(diagnostic.range.start.line);
  return real === undefined ? named : { ...named, ...real, column: 1 };
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
      if (entry.name === part || [".terraform", ".terraform.lock.hcl", ".git"].includes(entry.name))
        continue;
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
