/**
 * The repository beside what this version writes for the same answers. What a shell or a workflow does cannot be told from
 * its text, so what guards something is proven by being what was tested: changed, it is somebody else's to judge.
 */
import { isData } from "./kubernetes.ts";
import type { Probe } from "./probe.ts";
import type { Subject, YamlFile } from "./subject.ts";
import type { Place } from "./value.ts";

export interface Difference {
  place: Place;
  message: string;
}

/** Versions and digests move with every update; other Controls judge them. */
const steady = (text: string): string =>
  text
    .replaceAll(/\b[0-9a-f]{64}\b/g, "DIGEST")
    .replaceAll(/\b[0-9a-f]{40}\b/g, "COMMIT")
    .replaceAll(/(?<![\w.])v?\d+(\.\d+){1,2}([-+][\w.]*\d)?(?![\w.])/g, "VERSION")
    .trimEnd();

/** Whether a text names a version that is older than the one that the other names in its place, or far from it. */
function isOlder(text: string, shipped: string): boolean {
  const wanted = versionsOf(shipped);
  return versionsOf(text).some((version, index) => {
    const other = wanted[index] ?? [];
    const at = version.findIndex((number, place) => number !== other[place]);
    const isBehind = at !== -1 && (version[at] ?? 0) < (other[at] ?? 0);
    // Two majors on is another program.
    return isBehind || (version[0] ?? 0) > (other[0] ?? 0) + 1;
  });
}

const versionsOf = (text: string): number[][] =>
  (text.match(/(?<![\d.])\d+(\.\d+){1,2}(?![\d.])/g) ?? []).map((version) =>
    version.split(".").map(Number),
  );

/** Lines that do something, each with its number. */
function codeOf(text: string): { text: string; raw: string; line: number }[] {
  return text
    .split("\n")
    .map((raw, index) => ({ text: steady(raw), raw, line: index + 1 }))
    .filter(({ text: each, line }) => each !== "" && (line === 1 || !/^\s*#/.test(each)));
}

/** The first line that another one stands in place of. */
export function lineDifference(
  path: string,
  text: string,
  shipped: string,
): Difference | undefined {
  if (text === shipped) return undefined;
  const found = codeOf(text);
  const wanted = codeOf(shipped);
  const at = wanted.findIndex(
    ({ text: line, raw }, index) =>
      line !== found[index]?.text || isOlder(found[index]?.raw ?? "", raw),
  );
  const index = at === -1 && found.length > wanted.length ? wanted.length : at;
  if (index === -1) return undefined;
  const line = found[index]?.line ?? text.split("\n").length;
  const instead = found[index]?.raw.trim() ?? "nothing";
  return {
    place: { file: path, line },
    message: `${path} is not what this version writes: ${instead.slice(0, 80)} stands where ${(wanted[index]?.raw.trim() ?? "it ends").slice(0, 80)} should`,
  };
}

type Path = (string | number)[];

/** What does not change what is proven: when, and on which of GitHub's machines. Other Controls judge it. */
const isFree = (path: Path, key: string): boolean =>
  key === "cron"
    ? path[0] === "on" && path[1] === "schedule"
    : key === "runs-on" && path.length === 2;

/** The first path of a document that differs; `isOpen` says where more keys may stand. */
function pathDifference(
  found: unknown,
  wanted: unknown,
  isOpen: (path: Path, key: string) => boolean,
  path: Path = [],
): Path | undefined {
  if (Array.isArray(found) && Array.isArray(wanted)) {
    for (let index = 0; index < Math.max(found.length, wanted.length); index += 1) {
      const inner = pathDifference(found[index], wanted[index], isOpen, [...path, index]);
      if (inner !== undefined) return inner;
    }
    return undefined;
  }
  if (isData(found) && isData(wanted)) {
    for (const key of new Set([...Object.keys(wanted), ...Object.keys(found)])) {
      if (isFree(path, key) || (!Object.hasOwn(wanted, key) && isOpen(path, key))) continue;
      // More time cuts nothing off.
      if (key === "timeout-minutes" && Number(found[key]) >= Number(wanted[key])) continue;
      const inner = pathDifference(found[key], wanted[key], isOpen, [...path, key]);
      if (inner !== undefined) return inner;
    }
    return undefined;
  }
  if (typeof found === "string" && typeof wanted === "string")
    return steady(found) === steady(wanted) && !isOlder(found, wanted) ? undefined : path;
  return found === wanted ? undefined : path;
}

/** Where a YAML file differs from the one that this version writes. */
export function documentDifference(
  subject: Subject,
  file: YamlFile,
  shipped: string,
  isOpen: (path: Path, key: string) => boolean,
): Difference | undefined {
  if (file.text === shipped) return undefined;
  const [wanted] = subject.yaml(shipped) ?? [];
  const path = pathDifference(file.data, wanted?.data, isOpen);
  if (path === undefined) return undefined;
  return {
    place: file.placeOf(...path),
    message: `${file.path}: ${path.join(".")} is not what this version writes`,
  };
}

/** Notes where a file differs, or that it does not. */
export function expectSame(
  probe: Probe,
  path: string,
  difference: Difference | undefined,
  scope?: string,
): void {
  const { place, message } = difference ?? { place: { file: path, line: 1 }, message: "" };
  probe.that(difference === undefined, place, message, scope);
}

/** One statement of a makefile: an assignment, or a rule with its recipe. */
interface Statement {
  text: string;
  line: number;
  targets: string[];
  variable: string | undefined;
}

function statementsOf(text: string): Statement[] {
  const found: Statement[] = [];
  let continued = false;
  for (const { text: code, line } of codeOf(text)) {
    const last = found.at(-1);
    if (last !== undefined && (continued || code.startsWith("\t"))) last.text += `\n${code}`;
    else {
      const variable = /^([\w.-]+)\s*(?:\?|\+|:{1,3}|!)?=/.exec(code)?.[1];
      const targets = variable === undefined ? /^([^:=]+):(?!=)/.exec(code)?.[1] : undefined;
      found.push({
        text: code,
        line,
        targets: targets?.trim().split(/\s+/) ?? [],
        variable,
      });
    }
    continued = code.endsWith("\\");
  }
  return found;
}

/** Whether a target runs whatever files there are. */
const isPhony = (statements: readonly Statement[], target: string): boolean =>
  statements.some(
    ({ text }) => /^\.PHONY:/.test(text) && text.split(/\s+/).slice(1).includes(target),
  );

/** Variables of make that change every recipe. */
const OF_MAKE = /^(SHELL|\.SHELLFLAGS|MAKEFLAGS|GNUMAKEFLAGS|MAKEFILES|\.\w+)$/;

/** What of a makefile is gone, or stands beside it and changes it. Further targets may stand there. */
export function makeDifferences(path: string, text: string, shipped: string): Difference[] {
  if (text === shipped) return [];
  const wanted = statementsOf(shipped);
  const found = statementsOf(text);
  const known = new Set(wanted.flatMap(({ targets }) => targets));
  const variables = new Set(wanted.map(({ variable }) => variable));
  const left = new Map<string, number>();
  for (const each of wanted) left.set(each.text, (left.get(each.text) ?? 0) + 1);
  const more = found.filter((each) => {
    const count = left.get(each.text) ?? 0;
    left.set(each.text, count - 1);
    return count <= 0;
  });
  const read = new Set([...shipped.matchAll(/\$[({](\w+)/g)].map(([, name]) => name));
  const isFurther = ({ targets, variable, text: code }: Statement): boolean =>
    !/\$\((eval|shell|file|guile|load)\b|!=/.test(code.split("\n", 1)[0] ?? "") &&
    (variable === undefined
      ? targets.length > 0 &&
        targets.every((target) => /^[\w-]+$/.test(target) && !known.has(target)) &&
        !/^[^\n]*:[^\n]*=/.test(code)
      : !variables.has(variable) && !read.has(variable) && !OF_MAKE.test(variable));
  const phony = /^\.PHONY:/;
  return [
    ...more
      .filter((each) => !isFurther(each) && !phony.test(each.text))
      .map((each) => ({
        place: { file: path, line: each.line },
        message: `${path}: ${each.text.split("\n")[0]?.trim()} is not what this version writes`,
      })),
    ...wanted
      .filter(
        (each) =>
          (left.get(each.text) ?? 0) > 0 &&
          !(
            phony.test(each.text) &&
            each.text
              .split(/\s+/)
              .slice(1)
              .every((name) => isPhony(found, name))
          ),
      )
      .slice(0, 1)
      .map((each) => ({
        place: { file: path, line: 1 },
        message: `${path}: ${each.text.split("\n")[0]?.trim()} of this version is missing or changed`,
      })),
  ];
}
