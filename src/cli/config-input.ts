/** Reads the file of `--config`: YAML or JSON, from disk or standard input. */
import { type Data, isData, withoutNothing } from "../options/paths.ts";
import { parseYaml } from "../options/yaml.ts";
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
  const parsed = parseYaml(text);
  if ("flaw" in parsed) {
    const { message, at, cause } = parsed.flaw;
    return at === undefined
      ? fail(`is not plain data: ${message}`, "write it without aliases", cause)
      : fail(
          `is not YAML: ${message} (line ${at.line}, column ${at.column})`,
          "correct the file",
          cause,
        );
  }
  const { data } = parsed;
  if (data === null || data === undefined) return {};
  if (!isData(data))
    return fail("does not hold a map of options", "see `create-hardened-eks schema`");
  return withoutNothing(data);
}
