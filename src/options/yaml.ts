/**
 * YAML, and JSON, which is YAML, too: its data, and where each of it stands. A text is read as events, which cost a third of
 * what a tree of nodes costs; the tree is made where a place is asked for. What keeps comments is `lifecycle/edit-answers.ts`.
 */
import {
  CORE_SCHEMA,
  constructFromEvents,
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  EVENT_ID,
  type Event,
  getScalarValue,
  mapTag,
  mergeTag,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  seqTag,
  YAMLException,
} from "js-yaml";

/** A text that is no plain YAML. */
export interface YamlFlaw {
  message: string;
  /** Where it is, both from 1; absent where the whole does not become data. */
  at?: Position;
  cause: unknown;
}

/** A line and a column, both from 1. */
export interface Position {
  line: number;
  column: number;
}

/** One document of a text. */
export interface YamlData {
  data: unknown;
  /** Where its content begins. */
  position: Position;
  /** Where the key, or the item, at a path begins; of what is not there, the nearest that is. */
  positionOf(path: readonly (string | number)[]): Position;
}

/** Tags that a tool gives a meaning to, such as GitLab's `!reference`: what they stand before is read as it is written. */
const foreign = ["!", "tag:yaml.org,2002:"].flatMap((prefix) => [
  defineScalarTag(prefix, {
    matchByTagPrefix: true,
    resolve: (source) => source,
    identify: () => false,
  }),
  defineSequenceTag(prefix, {
    matchByTagPrefix: true,
    create: (): unknown[] => [],
    addItem: seqTag.addItem,
    identify: () => false,
  }),
  defineMappingTag(prefix, {
    matchByTagPrefix: true,
    create: (): Record<string, unknown> => ({}),
    addPair: mapTag.addPair,
    has: mapTag.has,
    keys: mapTag.keys,
    get: mapTag.get,
    identify: () => false,
  }),
]);

const schemas = {
  /** What the core of YAML 1.2 knows, and nothing that a person has to look up. */
  plain: CORE_SCHEMA,
  /** What tools accept in files of their own. */
  lenient: CORE_SCHEMA.withTags(mergeTag, foreign),
};

/**
 * The documents of a text, or what is wrong with it. A key twice is wrong, and so are endless aliases.
 *
 * @param kind `lenient` follows merge keys and reads over tags that it does not know
 * @param maxAliases how often the text may refer to another part of it
 */
export function readYaml(
  text: string,
  kind: keyof typeof schemas,
  maxAliases: number,
): { documents: YamlData[] } | { flaw: YamlFlaw } {
  let events: Event[];
  let data: unknown[];
  try {
    events = parseEvents(text, {});
    data = constructFromEvents(events, { source: text, schema: schemas[kind], maxAliases });
  } catch (cause) {
    return { flaw: flawOf(cause) };
  }
  if (events.some(({ type }) => type === EVENT_ID.ALIAS) && weightOf(data) > MAX_WEIGHT)
    return { flaw: { message: "its aliases make endless data", cause: undefined } };
  const positionAt = positions(text);
  const starts = events.flatMap(({ type }, index) => (type === EVENT_ID.DOCUMENT ? [index] : []));
  return {
    documents: starts.map((start, index) => {
      const offset = offsetOf(events[start + 1], text) ?? 0;
      let root: Node | undefined;
      return {
        data: data[index],
        position: positionAt(offset),
        positionOf: (path) => {
          root ??= nodeAt(events, { at: start + 1 }, text);
          return positionAt(nearest(root, path) ?? offset);
        },
      };
    }),
  };
}

/** The one document of a text that a person writes, or what is wrong with it. */
export function parseYaml(text: string): Pick<YamlData, "data"> | { flaw: YamlFlaw } {
  const read = readYaml(text, "plain", 20);
  if ("flaw" in read) return read;
  const [document, second] = read.documents;
  if (second !== undefined)
    return {
      flaw: { message: "more than one document", at: second.position, cause: undefined },
    };
  return document ?? { data: null };
}

/** More values than a text without aliases of a megabyte has: nine lists of nine aliases each would be a billion. */
const MAX_WEIGHT = 100_000;

/** How many values the data has where every alias stands for what it names; without end where it names itself. */
function weightOf(data: unknown, known = new Map<object, number>()): number {
  if (typeof data !== "object" || data === null) return 1;
  const before = known.get(data);
  if (before !== undefined) return before;
  known.set(data, Number.POSITIVE_INFINITY);
  let weight = 1;
  for (const value of Object.values(data)) weight += weightOf(value, known);
  known.set(data, weight);
  return weight;
}

function flawOf(cause: unknown): YamlFlaw {
  if (!(cause instanceof YAMLException)) throw cause;
  const { reason, mark } = cause;
  return mark === undefined
    ? { message: reason, cause }
    : { message: reason, at: { line: mark.line + 1, column: mark.column + 1 }, cause };
}

/** From an offset to its line and column. */
function positions(text: string): (offset: number) => Position {
  let starts: number[] | undefined;
  return (offset) => {
    if (starts === undefined) {
      starts = [0];
      for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1))
        starts.push(at + 1);
    }
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (starts[low] as number) + 1 };
  };
}

/** A part of a document: where it begins, and the parts in it. */
interface Node {
  /** Absent where nothing is written. */
  offset: number | undefined;
  /** By key, the key and its value. */
  pairs?: Map<string, [Node, Node]>;
  items?: Node[];
}

function nodeAt(events: readonly Event[], cursor: { at: number }, text: string): Node {
  const event = events[cursor.at++];
  const node: Node = { offset: offsetOf(event, text) };
  const isOver = (): boolean => events[cursor.at]?.type === EVENT_ID.POP;
  if (event?.type === EVENT_ID.SEQUENCE) {
    node.items = [];
    while (!isOver()) node.items.push(nodeAt(events, cursor, text));
    cursor.at += 1;
  } else if (event?.type === EVENT_ID.MAPPING) {
    node.pairs = new Map();
    while (!isOver()) {
      const key = events[cursor.at];
      const name = key?.type === EVENT_ID.SCALAR ? nameOf(key, text) : "";
      node.pairs.set(name, [nodeAt(events, cursor, text), nodeAt(events, cursor, text)]);
    }
    cursor.at += 1;
  }
  return node;
}

/** A key as it becomes a property's name. */
const nameOf = (key: ScalarEvent, text: string): string =>
  key.valueStart < 0 ? "" : getScalarValue(text, key);

const quoted: readonly number[] = [SCALAR_STYLE.SINGLE_QUOTED, SCALAR_STYLE.DOUBLE_QUOTED];
const blockSigns: Readonly<Record<number, string>> = {
  [SCALAR_STYLE.LITERAL_BLOCK]: "|",
  [SCALAR_STYLE.FOLDED_BLOCK]: ">",
};

/** Where the part that an event begins is written: with its quotes, and its sign where it is a block of text. */
function offsetOf(event: Event | undefined, text: string): number | undefined {
  switch (event?.type) {
    case EVENT_ID.SEQUENCE:
    case EVENT_ID.MAPPING:
      return event.start;
    case EVENT_ID.ALIAS:
      return event.anchorStart - 1;
    case EVENT_ID.SCALAR: {
      const { valueStart, style } = event;
      if (valueStart < 0) return undefined;
      const sign = blockSigns[style];
      if (sign !== undefined) return text.lastIndexOf(sign, valueStart - 1);
      return quoted.includes(style) ? valueStart - 1 : valueStart;
    }
    default:
      return undefined;
  }
}

function nearest(root: Node, path: readonly (string | number)[]): number | undefined {
  let node = root;
  let found = root.offset;
  for (const step of path) {
    const [at, value] = node.pairs?.get(String(step)) ?? [];
    const next = value ?? node.items?.[Number(step)];
    if (next === undefined) break;
    found = (at ?? next).offset ?? found;
    node = next;
  }
  return found;
}
