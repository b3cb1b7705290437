import { declarations } from "../../features/index.ts";
import { configSchema } from "../../options/schema.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { Terminal } from "../terminal.ts";

/** Prints the JSON Schema of `hardened-eks.yaml`. */
export function printSchema(terminal: Terminal): ExitCode {
  terminal.out(`${JSON.stringify(configSchema(declarations), undefined, 2)}\n`);
  return EXIT.ok;
}
