/** `hardened-eks.yaml` changed with comments and order kept. The library for that is loaded only where there is a change. */
import { isDeepStrictEqual } from "node:util";
import { diffIndices, diffPatch } from "node-diff3";
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { type Data, isData } from "../options/paths.ts";
import { UpdateError } from "../workspace/journal/error.ts";
import { parseAnswers } from "./answers.ts";

const same = isDeepStrictEqual;

/** The node that says a value, in the style of what it replaces. */
function assign(document: Document, parent: YAMLMap, key: string, value: unknown): void {
  const before = parent.get(key, true) as unknown;
  if (isScalar(before) && (typeof value !== "object" || value === null)) {
    before.value = value;
    // A text that needs quotes gets them from the library.
    if (typeof value !== "string") delete before.type;
    return;
  }
  if (isSeq(before) && Array.isArray(value)) {
    assignItems(document, before, value);
    return;
  }
  parent.set(key, document.createNode(value));
}

/** A list with the items that stay as they stood, with their comments. */
function assignItems(document: Document, sequence: YAMLSeq, values: readonly unknown[]): void {
  const left = [...sequence.items];
  // An empty list has no other way to be written; filled, it is written as every list that we make.
  if (left.length === 0) sequence.flow = false;
  sequence.items = values.map((value) => {
    const at = left.findIndex((item) => {
      const plain = (item as { toJSON?(): unknown })?.toJSON?.();
      return same(plain, value);
    });
    return at < 0 ? document.createNode(value) : left.splice(at, 1)[0];
  });
  if (sequence.items.length === 0) sequence.flow = true;
}

const keyOf = (item: Pair): string => String(isScalar(item.key) ? item.key.value : item.key);

/** Puts a new key where the order of `model` wants it. */
function insert(
  document: Document,
  map: YAMLMap,
  key: string,
  value: unknown,
  model: readonly string[],
): void {
  const pair = document.createPair(key, value) as Pair;
  const before = model.slice(0, model.indexOf(key));
  let at = map.items.length;
  if (model.includes(key)) {
    at = 0;
    for (const [index, item] of map.items.entries())
      if (before.includes(keyOf(item))) at = index + 1;
  }
  // The comment above the first key belongs to the file.
  map.items.splice(at, 0, pair);
}

function edit(document: Document, map: YAMLMap, before: Data, after: Data, model: unknown): void {
  const isGone = (key: string): boolean => !Object.hasOwn(after, key) || after[key] === undefined;
  const renamed = new Set<string>();
  for (const key of Object.keys(before).filter(isGone)) {
    // The same value under a new name is a renamed option: its comments stay with it.
    const name = Object.keys(after).find(
      (each) =>
        !Object.hasOwn(before, each) && !renamed.has(each) && same(after[each], before[key]),
    );
    const pair = map.items.find((item) => keyOf(item) === key);
    if (name === undefined || pair === undefined || !isScalar(pair.key)) map.delete(key);
    else {
      pair.key.value = name;
      renamed.add(name);
    }
  }
  for (const [key, value] of Object.entries(after)) {
    if (value === undefined || renamed.has(key) || same(before[key], value)) continue;
    const inner = map.get(key, true);
    const modelOf = isData(model) ? model[key] : undefined;
    if (!Object.hasOwn(before, key))
      insert(document, map, key, value, isData(model) ? Object.keys(model) : []);
    else if (isMap(inner) && isData(value) && isData(before[key]))
      edit(document, inner, before[key] as Data, value, modelOf);
    else assign(document, map, key, value);
  }
}

/** Spaces that the file indents by. */
const indentOf = (text: string): number => Math.min(/^( +)\S/m.exec(text)?.[1]?.length ?? 2, 8);

/** The document as the library writes it, in the style of the text as far as it knows styles. */
const written = (document: Document, text: string): string =>
  document.toString({
    lineWidth: 0,
    indent: indentOf(text),
    indentSeq: !/^( *)\S.*:\n\1- /m.test(text),
  });

/** Where each line of `to` stands in `from`, spaces aside; undefined where it has no counterpart. */
function aligned(from: readonly string[], to: readonly string[]): (number | undefined)[] {
  const bare = (lines: readonly string[]): string[] =>
    lines.map((line) => line.replace(/\s+/g, ""));
  const places: (number | undefined)[] = to.map(() => undefined);
  let [left, right] = [0, 0];
  for (const { buffer1, buffer2 } of [
    ...diffIndices(bare(from), bare(to)),
    { buffer1: [from.length, 0] as const, buffer2: [to.length, 0] as const },
  ]) {
    while (right < buffer2[0]) {
      places[right] = left;
      left += 1;
      right += 1;
    }
    left = buffer1[0] + buffer1[1];
    right = buffer2[0] + buffer2[1];
  }
  return places;
}

/** What differs between two texts of the library, laid over the text that the user wrote. */
function laidOver(text: string, before: string, after: string): string {
  const mine = text.split("\n");
  const old = before.split("\n");
  const places = aligned(mine, old);
  const lines: string[] = [];
  let at = 0;
  for (const { buffer1, buffer2 } of diffPatch(old, after.split("\n"))) {
    const end = buffer1.offset + buffer1.length;
    const previous = places.slice(0, buffer1.offset).findLast((place) => place !== undefined);
    const start = buffer1.offset === 0 || previous === undefined ? 0 : previous + 1;
    lines.push(...mine.slice(at, start), ...buffer2.chunk);
    at =
      buffer1.length === 0
        ? start
        : (places[end] ?? places.slice(end).find((place) => place !== undefined) ?? mine.length);
  }
  return [...lines, ...mine.slice(at)].join("\n");
}

/**
 * The text with the data changed: comments, order, quotes and everything not named stay.
 *
 * @param after the data that the file is to hold
 * @param model data in the order in which new keys are inserted
 * @throws UpdateError with line and column where the text is no map of answers
 */
export function editAnswers(
  source: string,
  name: string,
  after: Data,
  model: Data = after,
): string {
  const isCrlf = /\r\n/.test(source) && !/[^\r]\n/.test(source);
  const text = isCrlf ? source.replaceAll("\r\n", "\n") : source;
  const data = parseAnswers(text, name);
  if (same(data, after)) return source;
  const document = parseDocument(text);
  const root = document.contents;
  if (!isMap(root))
    throw new UpdateError(`${name} does not hold a map of options`, "correct the file");
  const before = written(document, text);
  edit(document, root as YAMLMap, data, after, model);
  const plain = written(document, text);
  // The library writes spaces and blank lines its own way: only what the edit changed is taken from it.
  const kept = laidOver(text, before, plain);
  const result = means(kept, name, after) ? kept : plain;
  return isCrlf ? result.replaceAll("\n", "\r\n") : result;
}

function means(text: string, name: string, data: Data): boolean {
  try {
    return same(parseAnswers(text, name), data);
  } catch {
    return false;
  }
}
