/** What is read once, however many Controls ask. */
import { buildBlueprint } from "../../blueprint/build.ts";
import type { Blueprint } from "../../blueprint/types.ts";
import type { Config } from "../../options/config.ts";
import type { Subject } from "./subject.ts";

/** Remembers the answer for each object that it is asked about. */
export function perObject<K extends object, T>(read: (key: K) => T): (key: K) => T {
  const known = new WeakMap<K, { answer: T }>();
  return (key) => {
    let found = known.get(key);
    if (found === undefined) {
      found = { answer: read(key) };
      known.set(key, found);
    }
    return found.answer;
  };
}

/** A script or two for each file of a pipeline; more are of another repository. */
const TEXTS = 1000;

/** Remembers the answer for each text that it is asked about. */
export function perText<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    let answer = known.get(text);
    if (answer === undefined) {
      if (known.size >= TEXTS) known.clear();
      answer = read(text);
      known.set(text, answer);
    }
    return answer;
  };
}

/** Remembers the answer for each subject. */
export const once = <T>(read: (subject: Subject) => T): ((subject: Subject) => T) =>
  perObject(read);

/** The Blueprint of the answers. */
export const blueprintOf: (config: Config) => Blueprint = perObject(buildBlueprint);
