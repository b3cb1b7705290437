/** Generated repositories in memory, and their mutants. */
import { all } from "../../src/controls/catalogue.generated.js";
import {
  type CheckedControl,
  type Edit,
  isChecked,
  type Mutant,
} from "../../src/controls/control.ts";
import {
  type AuditReport,
  auditRepository,
  type RepositoryTree,
} from "../../src/proof/audit/index.ts";
import { profiles } from "./profiles.ts";
import { repository } from "./repository.ts";

export type ProfileName = NonNullable<Mutant["of"]>;

const rendered = new Map<string, Map<string, string>>();

/** Files of a golden profile by path; a copy. */
export function filesOf(profile: ProfileName): Map<string, string> {
  let files = rendered.get(profile);
  if (files === undefined) {
    const { tree } = repository(profiles[profile]);
    files = new Map([...tree].map(([path, { contents }]) => [path, contents]));
    rendered.set(profile, files);
  }
  return new Map(files);
}

/** Applies an edit. Throws where it finds nothing to change: such a mutant would prove nothing. */
function apply(files: Map<string, string>, edit: Edit): void {
  const text = files.get(edit.file);
  if ("create" in edit) {
    if (text !== undefined) throw new Error(`${edit.file} is there already`);
    files.set(edit.file, edit.create);
    return;
  }
  if (text === undefined) throw new Error(`there is no ${edit.file}`);
  if ("remove" in edit) files.delete(edit.file);
  else if ("append" in edit) files.set(edit.file, text + edit.append);
  else {
    const changed = text.replace(edit.replace, () => edit.with);
    if (changed === text) throw new Error(`${edit.file} does not hold ${edit.replace}`);
    files.set(edit.file, changed);
  }
}

/** The files of a mutant. */
export function mutate({ of = "default", edits }: Mutant): Map<string, string> {
  const files = filesOf(of);
  for (const edit of edits) apply(files, edit);
  return files;
}

/** Every mutant with its Control. */
export const mutants: { control: CheckedControl; mutant: Mutant }[] = all
  .filter(isChecked)
  .flatMap((control) => control.mutants.map((mutant) => ({ control, mutant })));

/** What a report finds, to be read where a test fails. */
export const findingsOf = ({ results }: AuditReport): [string, string[]][] =>
  results
    .filter(({ status }) => status === "not met")
    .map(({ control, observations }) => [
      control.id,
      observations.map(({ message, place }) => `${place.file}:${place.line} ${message}`),
    ]);

/** Audits files in memory. */
export function auditFiles(
  files: ReadonlyMap<string, string>,
  today = "2026-11-24",
): Promise<AuditReport> {
  const tree: RepositoryTree = {
    paths: [...files.keys()].sort(),
    problems: [],
    read: (path) => files.get(path),
  };
  return auditRepository({ directory: "/", today, tree });
}
