/** Which directories the instant tier validates, and how. */
import { closure, type Directory, type Repository } from "./repository.ts";

/** What is validated together, what alone, and what not at all. */
export interface Selection {
  together: Directory[];
  alone: Directory[];
  /** Why it cannot be validated without the real provider. */
  external: Map<Directory, string>;
}

/** `excluded` directories, and those that call them, are left out. */
export function select(
  repository: Repository,
  excluded: ReadonlySet<Directory> = new Set(),
): Selection {
  const selection: Selection = { together: [], alone: [], external: new Map() };
  const covered = new Set<Directory>();
  const usable: Directory[] = [];
  for (const directory of repository.directories.values()) {
    const all = closure(repository, directory);
    if (directory.files.length === 0) continue;
    if ([...all].some((each) => each.broken || excluded.has(each))) continue;
    const other = new Set([...all].flatMap(({ otherProviders }) => otherProviders));
    const remote = [...all].flatMap(({ calls }) =>
      calls.filter(({ target }) => target === undefined),
    );
    if (other.size > 0) selection.external.set(directory, `needs ${[...other].sort().join(", ")}`);
    else if (remote.length > 0)
      selection.external.set(
        directory,
        `calls ${[...new Set(remote.map(({ source }) => source))].sort().join(", ")}`,
      );
    else usable.push(directory);
  }
  for (const directory of usable) {
    if (!directory.isRoot) continue;
    if (directory.rootOnly) selection.alone.push(directory);
    else selection.together.push(directory);
    for (const each of closure(repository, directory)) covered.add(each);
  }
  // A module that nothing calls, with the modules that it calls.
  const called = new Set(
    usable.flatMap((directory) =>
      [...closure(repository, directory)].filter((each) => each !== directory),
    ),
  );
  for (const directory of usable)
    if (!covered.has(directory) && !called.has(directory)) selection.together.push(directory);
  return selection;
}
