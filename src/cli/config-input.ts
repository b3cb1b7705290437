/** Reads the file of `--config`: YAML or JSON, from disk or standard input. */
import { LineCounter, parseDocument } from "yaml";
import type { Data } from "../options/paths.ts";
import { CliError, EXIT } from "./exit.ts";
import { inputName, readInput } from "./read-input.ts";
import type { Terminal } from "./terminal.ts";

/** A real Config has a few kB. */
const LIMIT_MIB = 1;
/** The data of a Config file. Throws `CliError` (usage) where there is none. */
export async function readConfigFile(path: string, terminal: Terminal): Promise<Data> {
  const fail = (message: string, mend: string, cause?: unknown): never => {
    throw new CliError(`${inputName(path)}: ${message}`, EXIT.usage, mend, { cause });
  };
  const hints = {
    wanted: "give the path of a YAML or JSON file to --config",
    directory: "give the file itself to --config",
    large: "this is no Config file",
  };
  const bytes = await readInput(path, LIMIT_MIB, hints, terminal);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return fail("is not UTF-8 text", "this is no Config file");
  }
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    uniqueKeys: true,
    logLevel: "error",
  });
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    const { line, col } = counter.linePos(error.pos[0]);
    fail(
      `is not YAML: ${error.message.split("\n")[0]} (line ${line}, column ${col})`,
      "correct the file",
      error,
    );
  }
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: 20 });
  } catch (cause) {
    return fail(
      `is not plain data: ${(cause as Error).message}`,
      "write it without aliases",
      cause,
    );
  }
  if (data === null || data === undefined) return {};
  if (typeof data !== "object" || Array.isArray(data))
    return fail("does not hold a map of options", "see `create-hardened-eks schema`");
  return withoutNothing(data as Data);
}

/** A key without a body says nothing; `prod:` names an environment without answers. */
export function withoutNothing(data: Data): Data {
  const result = Object.fromEntries(
    Object.entries(data).filter(([, value]) => value !== null),
  ) as Data;
  for (const key of ["environments", "namespaces"]) {
    const map = result[key];
    if (typeof map !== "object" || map === null || Array.isArray(map)) continue;
    result[key] = Object.fromEntries(
      Object.entries(map).map(([name, value]) => [name, value === null ? {} : value]),
    );
  }
  return result;
}
