/** YAML with the places of everything in it. */
import type { Place } from "../../controls/evidence/value.ts";
import { type Position, readYaml as read } from "../../options/yaml.ts";

/** One document of a file. */
export interface YamlDocument {
  data: unknown;
  place: Place;
  placeOf(...path: (string | number)[]): Place;
}

export interface YamlProblem {
  place: Place;
  message: string;
}

/** Enough for what a person writes, and no bomb. */
const MAX_ALIASES = 100;

/** Reads every document of a file; a file that is no valid YAML is a problem. */
export function readYaml(
  file: string,
  text: string,
): { documents: YamlDocument[]; problems: YamlProblem[] } {
  const result = read(text, "lenient", MAX_ALIASES);
  const placed = ({ line, column }: Position): Place => ({ file, line, column });
  if ("flaw" in result) {
    const { message, at = { line: 1, column: 1 } } = result.flaw;
    return { documents: [], problems: [{ place: placed(at), message }] };
  }
  return {
    documents: result.documents.map(({ data, position, positionOf }) => ({
      data,
      place: placed(position),
      placeOf: (...path) => placed(positionOf(path)),
    })),
    problems: [],
  };
}
