/** `hardened-eks.yaml` as its user wrote it, read as data. */
import { type Data, isData } from "../options/paths.ts";
import { parseYaml } from "../options/yaml.ts";
import { UpdateError } from "../workspace/journal/error.ts";
import { hasMarkers } from "./markers.ts";

/** The data of a text. Throws `UpdateError` with line and column where it is no map of answers. */
export function parseAnswers(text: string, name: string): Data {
  const parsed = parseYaml(text);
  if ("flaw" in parsed) {
    const { message, at, cause } = parsed.flaw;
    const place = at === undefined ? "" : `:${at.line}:${at.column}`;
    throw new UpdateError(
      `${name}${place}: ${message}`,
      hasMarkers(text) ? "resolve the conflict in it" : "correct the file",
      { cause },
    );
  }
  const { data } = parsed;
  if (!isData(data))
    throw new UpdateError(
      `${name} does not hold a map of options`,
      "see `create-hardened-eks schema`",
    );
  return data;
}
