/** What is read of a subject once, however many Controls ask. */
import type { Subject } from "./subject.ts";

/** Remembers the answer for each subject. */
export function once<T>(read: (subject: Subject) => T): (subject: Subject) => T {
  const known = new WeakMap<Subject, T>();
  return (subject) => {
    let found = known.get(subject);
    if (found === undefined) {
      found = read(subject);
      known.set(subject, found);
    }
    return found;
  };
}
