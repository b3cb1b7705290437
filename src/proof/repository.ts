/** What of a repository is to be validated: its Terraform directories, and how they hang together. */
import type { Dirent } from "node:fs";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join, posix, sep } from "node:path";
import { type HclBlock, type HclBody, outline, outlineJson } from "./hcl.ts";
import type { Finding, Iac, ProviderMajor } from "./types.ts";

/** A call of a module. */
export interface ModuleCall {
  source: string;
  /** The called directory, relative to the repository, where the source is a path that stays inside. */
  target?: string;
  file: string;
  line: number;
}

/** A directory that holds Terraform files. */
export interface Directory {
  /** Relative to the repository, with `/`; `.` is the repository itself. */
  path: string;
  /** Has a state of its own; all others are modules. */
  isRoot: boolean;
  /** Paths of its configuration files, relative to the repository. */
  files: string[];
  /** Its test files (`*.tftest.hcl`), beside it or in `tests/`, relative to the repository. */
  tests: string[];
  /** Holds what may stand in a root only, so it cannot be called as a module. */
  rootOnly: boolean;
  /** Required variables, with their type as written. */
  required: { name: string; type: string }[];
  calls: ModuleCall[];
  /** Types of the aws provider, by kind. */
  types: { resource: Set<string>; data: Set<string>; ephemeral: Set<string> };
  /** `provider "aws"` blocks: alias or "", and the blocks that they hold. */
  awsProviders: { alias: string; blocks: string[] }[];
  /** Aliases that a caller must hand in. */
  configurationAliases: string[];
  /** Sources of the other providers that it needs. */
  otherProviders: string[];
  /** A file of it cannot be read; it would only be reported, or kill the tool. */
  broken: boolean;
}

export interface Repository {
  /** Real path. */
  path: string;
  directories: Map<string, Directory>;
  /** Files whose format is checked. */
  formatted: string[];
  /** What could not be read. */
  findings: Finding[];
}

/** The tool that `hardened-eks.yaml` names. */
export async function declaredIac(directory: string): Promise<Iac | undefined> {
  const text = await readFile(join(directory, "hardened-eks.yaml"), "utf8").catch(() => "");
  return /^iac:\s*["']?(terraform|opentofu)\b/m.exec(text)?.[1] as Iac | undefined;
}

/** The majors of the provider that the repository is written for: with `awsProvider: 6` only that one. */
export async function declaredMajors(directory: string): Promise<readonly ProviderMajor[]> {
  const text = await readFile(join(directory, "hardened-eks.yaml"), "utf8").catch(() => "");
  return /^awsProvider:\s*6\b/m.test(text) ? [6] : [5, 6];
}

/** Far above any real repository: the walk ends, whatever it meets. */
const MAX_ENTRIES = 500_000;
/** A configuration file is written by hand; terraform takes gigabytes for one that is not. */
const MAX_FILE = 8 * 1024 * 1024;
const SKIPPED = new Set(["node_modules"]);
const AWS_SOURCE = /^(?:(?:registry\.terraform\.io|registry\.opentofu\.org)\/)?hashicorp\/aws$/;

/** Reads a repository. It follows no link to a directory and none that leaves the repository. */
export async function readRepository(directory: string, signal?: AbortSignal): Promise<Repository> {
  const path = await realpath(directory);
  const repository: Repository = { path, directories: new Map(), formatted: [], findings: [] };

  let entriesSeen = 0;
  const queue = ["."];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    signal?.throwIfAborted();
    const entries = await readdir(join(path, at), { withFileTypes: true }).catch(
      (error: NodeJS.ErrnoException) => {
        repository.findings.push({
          rule: "files/unreadable",
          severity: "error",
          message: `This directory cannot be read (${error.code}).`,
          file: at,
        });
        return [] as Dirent[];
      },
    );
    entriesSeen += entries.length;
    if (entriesSeen > MAX_ENTRIES) {
      repository.findings.push({
        rule: "files/too-many",
        severity: "error",
        message: `The repository has more than ${MAX_ENTRIES} files; not all of them were looked at.`,
        fix: "Validate a directory that holds the Terraform files only.",
      });
      break;
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    const found: string[] = [];
    for (const entry of entries) {
      const child = at === "." ? entry.name : `${at}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!entry.name.startsWith(".") && !SKIPPED.has(entry.name)) queue.push(child);
      } else if ((entry.isFile() || entry.isSymbolicLink()) && isTerraform(entry.name)) {
        found.push(child);
      }
    }
    if (found.length > 0) await readDirectory(repository, at, found);
  }
  for (const each of [...repository.directories.values()]) adoptTests(repository, each);
  checkCalls(repository);
  return repository;
}

const isConfiguration = (name: string): boolean => /\.(tf|tofu)(\.json)?$/.test(name);
const isTest = (name: string): boolean => /\.(tftest|tofutest)\.(hcl|json)$/.test(name);
const isFormatted = (name: string): boolean =>
  /\.(tf|tofu|tfvars)$/.test(name) || /\.(tftest|tofutest|tfmock)\.hcl$/.test(name);
// Editors' own files, which terraform passes over too.
const isTerraform = (name: string): boolean =>
  !/^\.|^#.*#$|~$/.test(name) && (isConfiguration(name) || isTest(name) || isFormatted(name));

async function readDirectory(
  repository: Repository,
  path: string,
  names: readonly string[],
): Promise<void> {
  const bodies: [string, HclBody][] = [];
  let broken = false;
  const tests: string[] = [];
  const files: string[] = [];
  for (const name of names) {
    const text = await readText(repository, name);
    if (isTest(name)) tests.push(name);
    if (isConfiguration(name)) files.push(name);
    if (text === undefined) {
      broken ||= isConfiguration(name);
      continue;
    }
    if (isFormatted(name)) repository.formatted.push(name);
    if (!isConfiguration(name)) continue;
    const body = name.endsWith(".json") ? outlineJson(text) : outline(text);
    if (body !== undefined) bodies.push([name, body]);
  }
  if (files.length > 0 || tests.length > 0)
    repository.directories.set(path, describe(path, bodies, { files, broken, tests }));
}

async function readText(repository: Repository, name: string): Promise<string | undefined> {
  const report = (rule: string, message: string, fix?: string): undefined => {
    repository.findings.push({
      rule,
      severity: "error",
      message,
      file: name,
      ...(fix === undefined ? {} : { fix }),
    });
  };
  try {
    const full = join(repository.path, name);
    const real = await realpath(full);
    if (!real.startsWith(repository.path + sep))
      return report(
        "files/link-leaves",
        "This link leaves the repository; it was not followed.",
        "Put the file itself here.",
      );
    const facts = await stat(real);
    if (!facts.isFile()) return report("files/not-a-file", "This is not a file.");
    if (facts.size > MAX_FILE)
      return report(
        "files/too-large",
        `This file has ${Math.round(facts.size / 1024 / 1024)} MB; a configuration file of more than ${MAX_FILE / 1024 / 1024} MB is not read.`,
        "Move data into a file of its own, or split the configuration.",
      );
    const bytes = await readFile(real);
    try {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      if (!text.includes("\0")) return text;
    } catch {
      // Reported below.
    }
    return report("files/binary", "This file is not UTF-8 text.", "Save it as UTF-8.");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return report(
      "files/unreadable",
      code === "ENOENT"
        ? "This link leads nowhere."
        : code === "ELOOP"
          ? "This link leads to itself."
          : `This file cannot be read (${code}).`,
    );
  }
}

function describe(
  path: string,
  bodies: readonly [string, HclBody][],
  facts: Pick<Directory, "files" | "broken" | "tests">,
): Directory {
  const directory: Directory = {
    path,
    ...facts,
    isRoot: /^(bootstrap|(accounts|environments)\/[^/]+)$/.test(path),
    rootOnly: false,
    required: [],
    calls: [],
    types: { resource: new Set(), data: new Set(), ephemeral: new Set() },
    awsProviders: [],
    configurationAliases: [],
    otherProviders: [],
  };
  /** Local name of each provider that is used, and where it comes from. */
  const sources = new Map<string, string | undefined>();
  const uses: { kind: "resource" | "data" | "ephemeral"; type: string }[] = [];
  for (const [file, { blocks }] of bodies)
    for (const block of blocks) readBlock(directory, sources, uses, file, block);
  for (const { kind, type } of uses) {
    const local = type.split("_", 1)[0] as string;
    if (!sources.has(local) && !(local === "terraform")) sources.set(local, undefined);
    if (isAws(local, sources.get(local))) directory.types[kind].add(type);
  }
  for (const [local, source] of sources)
    if (!isAws(local, source) && source !== "terraform.io/builtin/terraform")
      directory.otherProviders.push(source ?? `hashicorp/${local}`);
  return directory;
}

const isAws = (local: string, source: string | undefined): boolean =>
  source === undefined ? local === "aws" : AWS_SOURCE.test(source);

function readBlock(
  directory: Directory,
  sources: Map<string, string | undefined>,
  uses: { kind: "resource" | "data" | "ephemeral"; type: string }[],
  file: string,
  block: HclBlock,
): void {
  const [label = ""] = block.labels;
  switch (block.type) {
    case "resource":
    case "data":
    case "ephemeral":
      uses.push({ kind: block.type, type: label });
      break;
    case "check":
      for (const inner of block.blocks)
        if (inner.type === "data") uses.push({ kind: "data", type: inner.labels[0] ?? "" });
      break;
    case "import":
      directory.rootOnly = true;
      directory.isRoot = true;
      break;
    case "provider":
      directory.isRoot = true;
      if (!sources.has(label)) sources.set(label, undefined);
      if (label === "aws")
        directory.awsProviders.push({
          alias: quotedText(block.arguments.get("alias")?.text) ?? "",
          blocks: block.blocks.map(({ type, labels }) =>
            type === "dynamic" ? (labels[0] ?? "") : type,
          ),
        });
      break;
    case "terraform":
      for (const inner of block.blocks) readSettings(directory, sources, inner);
      break;
    case "variable":
      if (!block.arguments.has("default"))
        directory.required.push({ name: label, type: block.arguments.get("type")?.text ?? "any" });
      break;
    case "module": {
      const source = quotedText(block.arguments.get("source")?.text);
      if (source === undefined) break;
      directory.calls.push({
        source,
        ...localTarget(directory.path, source),
        file,
        line: block.arguments.get("source")?.line ?? block.line,
      });
      break;
    }
  }
}

function readSettings(
  directory: Directory,
  sources: Map<string, string | undefined>,
  block: HclBlock,
): void {
  if (block.type === "backend" || block.type === "cloud") directory.isRoot = true;
  else if (block.type === "encryption") {
    directory.isRoot = true;
    directory.rootOnly = true;
  } else if (block.type === "required_providers") {
    for (const { name, text } of block.arguments.values()) {
      const source = /\bsource"?\s*[=:]\s*"([^"]+)"/.exec(text)?.[1];
      sources.set(name, source);
      if (isAws(name, source))
        for (const match of (
          /configuration_aliases"?\s*[=:]\s*\[([^\]]*)\]/.exec(text)?.[1] ?? ""
        ).matchAll(/\baws\.([\w-]+)/g))
          directory.configurationAliases.push(match[1] as string);
    }
  }
}

const quotedText = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : /^"([^"$%\\]*)"$/.exec(text)?.[1];

function localTarget(from: string, source: string): { target?: string } {
  if (!/^\.\.?(\/|$)/.test(source)) return {};
  const target = posix.normalize(posix.join(from, source)).replace(/\/$/, "");
  return target === ".." || target.startsWith("../") ? {} : { target };
}

/** `tests/` beside a configuration holds its tests, and is no module. */
function adoptTests(repository: Repository, directory: Directory): void {
  if (directory.files.length > 0 || directory.path === ".") return;
  repository.directories.delete(directory.path);
  const owner = repository.directories.get(posix.dirname(directory.path));
  if (owner !== undefined && posix.basename(directory.path) === "tests")
    owner.tests.push(...directory.tests);
}

/** A call that leads nowhere is found here, where its line is known. */
function checkCalls(repository: Repository): void {
  for (const directory of repository.directories.values())
    for (const call of directory.calls) {
      if (call.target === undefined || repository.directories.has(call.target)) continue;
      repository.findings.push({
        rule: "files/module-not-found",
        severity: "error",
        message: `The module ${JSON.stringify(call.source)} does not exist: ${call.target} holds no Terraform files.`,
        file: call.file,
        line: call.line,
        fix: "Mend the path in source; links to directories are not followed.",
      });
      directory.broken = true;
    }
}

/** A directory with all that it calls, directly or not. Local calls only. */
export function closure(repository: Repository, start: Directory): Set<Directory> {
  const all = new Set<Directory>();
  const queue = [start];
  for (let each = queue.pop(); each !== undefined; each = queue.pop()) {
    if (all.has(each)) continue;
    all.add(each);
    for (const { target } of each.calls) {
      const called = target === undefined ? undefined : repository.directories.get(target);
      if (called !== undefined) queue.push(called);
    }
  }
  return all;
}
