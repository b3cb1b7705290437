/** Blocks of the modules that protect and watch, beside those that this version writes. */
import { blocksIn, type HclBlock } from "./hcl.ts";
import { perObject } from "./once.ts";
import type { Subject } from "./subject.ts";
import type { Place } from "./value.ts";

/** Modules whose parts work only together: a key, a topic, a role, and what watches them. */
export const GUARDED =
  /^modules\/(account-baseline|break-glass|ci-identity|flow-logs|guardduty|keys|state-backend)\/[^/]+\.tf$/;

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));

/** What says who may do what, and what is heard of it. */
const TYPES = new Set([
  "aws_cloudwatch_event_rule",
  "aws_cloudwatch_event_target",
  "aws_flow_log",
  "aws_iam_policy",
  "aws_iam_policy_document",
  "aws_iam_role",
  "aws_iam_role_policy",
  "aws_iam_role_policy_attachment",
  "aws_sns_topic_policy",
]);

export interface Part {
  name: string;
  text: string;
  place: Place;
}

/** The parts of a file that count, without comments and layout. */
const partsOf = (path: string, text: string): Part[] =>
  blocksIn({ path, text }).filter(isPart).map(partOf);

const isPart = ({ type, labels }: HclBlock): boolean =>
  (["data", "resource"].includes(type) && TYPES.has(labels[0] ?? "")) || type === "locals";

const partOf = (block: HclBlock): Part => ({
  name: [block.type, ...block.labels].join("."),
  text: block
    .lines()
    .map((line) => line.text.replace(/\s+(#|\/\/).*$/, "").replaceAll(/\s+/g, ""))
    .join("\n")
    .replaceAll(/\n+/g, "\n"),
  place: block.place,
});

/** Parts by folder and name, of files of these modules; what several `locals` of a folder say stands together. */
function partsByFolder(files: Iterable<readonly [string, string]>): Map<string, Map<string, Part>> {
  const folders = new Map<string, Map<string, Part>>();
  for (const [path, text] of files) {
    const folder = folderOf(path);
    const parts = folders.get(folder) ?? new Map<string, Part>();
    folders.set(folder, parts);
    for (const part of partsOf(path, text)) {
      const before = parts.get(part.name);
      parts.set(
        part.name,
        before === undefined ? part : { ...before, text: before.text + part.text },
      );
    }
  }
  return folders;
}

/** What a folder of these modules holds, and what this version writes there. */
export interface Guarded {
  folder: string;
  wanted: ReadonlyMap<string, Part>;
  found: ReadonlyMap<string, Part>;
}

/** Every module that this version writes for the answers, and whose files are not, byte for byte, what it writes. */
export const guardedModules = perObject((subject: Subject): Guarded[] => {
  const there = new Map(
    subject.paths
      .filter((path) => GUARDED.test(path))
      .map((path) => [path, subject.file(path)?.text ?? ""]),
  );
  const shipped = [...subject.shipped()].filter(([path]) => GUARDED.test(path));
  const known = new Map(shipped);
  const changed = new Set(
    [...known.keys(), ...there.keys()]
      .filter((path) => there.get(path) !== known.get(path))
      .map(folderOf),
  );
  const isChanged = ([path]: readonly [string, string]): boolean => changed.has(folderOf(path));
  const found = partsByFolder([...there].filter(isChanged));
  return [...partsByFolder(shipped.filter(isChanged))].map(([folder, wanted]) => ({
    folder,
    wanted,
    found: found.get(folder) ?? new Map<string, Part>(),
  }));
});
