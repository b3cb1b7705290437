/** YAML with the places of everything in it. */
import {
  type Document,
  isCollection,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseAllDocuments,
} from "yaml";
import type { Place } from "../../controls/evidence/value.ts";

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

/** Reads every document of a file; those that are no valid YAML are problems. */
export function readYaml(
  file: string,
  text: string,
): { documents: YamlDocument[]; problems: YamlProblem[] } {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, merge: true });
  const documents: YamlDocument[] = [];
  const problems: YamlProblem[] = [];
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  for (const document of Array.isArray(parsed) ? parsed : []) {
    const [error] = document.errors;
    if (error !== undefined) {
      problems.push({ place: at(error.pos[0]), message: error.message.split("\n")[0] ?? "" });
      continue;
    }
    let data: unknown;
    try {
      data = document.toJS({ maxAliasCount: 100 });
    } catch (error) {
      problems.push({ place: { file, line: 1 }, message: (error as Error).message });
      continue;
    }
    const start = document.contents?.range?.[0] ?? document.range?.[0] ?? 0;
    documents.push({
      data,
      place: at(start),
      placeOf: (...path) => at(offsetOf(document, path) ?? start),
    });
  }
  return { documents, problems };
}

/** Where the key, or the item, at a path begins; of what is not there, the nearest that is. */
function offsetOf(document: Document, path: readonly (string | number)[]): number | undefined {
  let node: unknown = document.contents;
  let found = (node as Node | null)?.range?.[0];
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(
        ({ key }) => isScalar(key) && String(key.value) === String(step),
      );
      if (pair === undefined || !isPair(pair)) break;
      found = (pair.key as Node).range?.[0] ?? found;
      node = pair.value;
    } else if (isCollection(node)) {
      const item: unknown = node.items[Number(step)];
      if (item === undefined) break;
      found = (item as Node).range?.[0] ?? found;
      node = item;
    } else break;
  }
  return found;
}
