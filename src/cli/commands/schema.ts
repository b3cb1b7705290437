import { declarations } from "../../features/index.ts";
import { configSchema } from "../../options/schema.ts";
import { formatJson } from "../../render/json.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { Terminal } from "../terminal.ts";

/** Prints the JSON Schema of `hardened-eks.yaml`, byte for byte as a repository keeps it. */
export function printSchema(terminal: Terminal): ExitCode {
  terminal.out(formatJson(configSchema(declarations)));
  return EXIT.ok;
}
