/** Reads the file of `--config`: YAML or JSON, from disk or standard input. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import type { Data } from "../options/paths.ts";
import { CliError, EXIT } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

/** Far above any real Config (a few kB), far below what would exhaust memory. */
const LIMIT_BYTES = 1024 * 1024;

/** The data of a Config file. Throws `CliError` (usage) where there is none. */
export async function readConfigFile(path: string, terminal: Terminal): Promise<Data> {
  const name = path === "-" ? "standard input" : path;
  const fail = (message: string, mend: string, cause?: unknown): never => {
    throw new CliError(`${name}: ${message}`, EXIT.usage, mend, { cause });
  };
  const file = resolve(terminal.cwd, path);
  if (path !== "-") {
    const facts = await stat(file).catch((error: NodeJS.ErrnoException) =>
      fail(
        error.code === "ENOENT" ? "does not exist" : `cannot be read (${error.code})`,
        "give the path of a YAML or JSON file to --config",
        error,
      ),
    );
    if (facts?.isDirectory()) fail("is a directory", "give the file itself to --config");
    if ((facts?.size ?? 0) > LIMIT_BYTES) fail("is larger than 1 MiB", "this is no Config file");
  }
  const chunks: Buffer[] = [];
  let length = 0;
  const stream = path === "-" ? process.stdin : createReadStream(file);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer | string>) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      length += bytes.length;
      if (length > LIMIT_BYTES) fail("is larger than 1 MiB", "this is no Config file");
      chunks.push(bytes);
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    fail(
      `cannot be read (${(error as NodeJS.ErrnoException).code})`,
      "check its permissions",
      error,
    );
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
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
  return normalise(data as Data);
}

/** A key without a body says nothing; `prod:` names an environment without answers. */
function normalise(data: Data): Data {
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
