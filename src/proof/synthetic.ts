/** One configuration that calls every root and module, so that one run of terraform validates them all. */
import { posix, relative, sep } from "node:path";
import type { Directory } from "./repository.ts";

/** What a line of the configuration stands for. */
export interface Origins {
  source: string;
  /** Line → the file and line of the repository that it was made for. */
  lines: Map<number, { file: string; line: number }>;
  /** Name of each call → the directory that it calls. */
  names: Map<string, string>;
}

/**
 * Writes the configuration. `from` is the real path of the directory that it will lie in, so that the
 * sources are paths relative to it. Variables that have no default get one that is unknown, as the
 * variables of a root are during validation.
 */
export function synthesize(from: string, repository: string, units: readonly Directory[]): Origins {
  const written: string[] = [];
  const lines: Origins["lines"] = new Map();
  const write = (line: string, origin?: { file: string; line: number }): void => {
    written.push(line);
    if (origin !== undefined) lines.set(written.length, origin);
  };
  write("terraform {");
  write("  required_providers {");
  write('    aws = { source = "hashicorp/aws" }');
  write("  }");
  write("}");
  write('variable "any" {');
  write("  type = any");
  write("}");
  for (const alias of new Set(units.flatMap(({ configurationAliases }) => configurationAliases))) {
    write('provider "aws" {');
    write(`  alias = "${alias}"`);
    write("}");
  }
  const base = relative(from, repository).split(sep).join(posix.sep);
  const names: Origins["names"] = new Map();
  for (const unit of units) {
    const name = unique(unit.path, names);
    names.set(name, unit.path);
    const first = { file: unit.files[0] ?? unit.path, line: 1 };
    const source = unit.path === "." ? base : `${base}/${unit.path}`;
    write(`module "${name}" {`, first);
    write(
      `  source = ${JSON.stringify(source).replaceAll("${", "$${").replaceAll("%{", "%%{")}`,
      first,
    );
    if (unit.configurationAliases.length > 0) {
      write("  providers = {", first);
      write("    aws = aws", first);
      for (const alias of new Set(unit.configurationAliases))
        write(`    aws.${alias} = aws.${alias}`, first);
      write("  }", first);
    }
    for (const { name: variable } of unit.required) write(`  ${variable} = var.any`, first);
    write("}", first);
  }
  return { source: `${written.join("\n")}\n`, lines, names };
}

function unique(path: string, names: ReadonlyMap<string, string>): string {
  const plain =
    path === "."
      ? "repository"
      : path.replaceAll(/[^A-Za-z0-9_-]/g, "_").replace(/^[^A-Za-z_]/, "_$&");
  let name = plain;
  for (let count = 2; names.has(name); count += 1) name = `${plain}_${count}`;
  return name;
}
