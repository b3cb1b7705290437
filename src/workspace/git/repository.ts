/** The user's repository as git reads it. Nothing here writes. */
import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { type Answer, GitError, git, gitBeside, must, parts, type TreeEntry } from "./run.ts";

/** The repository that a directory belongs to. */
export interface Repository {
  /** Real path of the directory itself. */
  directory: string;
  /** Where the directory lies in its work tree, with a slash at the end; empty at the top. */
  prefix: string;
  /** Commit that is checked out; absent before the first one. */
  head: string | undefined;
  /** Tree of the directory in that commit; absent where the commit does not have it. */
  tree: string | undefined;
  objects: string;
  format: "sha1" | "sha256";
  /** What git is in the middle of just now: `merge`, `rebase` … */
  busy(): string | undefined;
}

const BUSY: Readonly<Record<string, string>> = {
  MERGE_HEAD: "merge",
  CHERRY_PICK_HEAD: "cherry-pick",
  REVERT_HEAD: "revert",
  "rebase-merge": "rebase",
  "rebase-apply": "rebase",
};

const IDENTITY = [
  "rev-parse",
  "--is-inside-work-tree",
  "--show-object-format",
  "--git-path",
  "objects",
  ...Object.keys(BUSY).flatMap((name) => ["--git-path", name]),
  "--show-prefix",
  // The last two are nothing before the first commit, or where the directory is not in it.
  "HEAD^{commit}",
  "HEAD:./",
];

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";

function repositoryFrom(directory: string, answer: Answer): Repository | undefined {
  const [inside, format, objects, ...rest] = answer.out.toString("utf8").trimEnd().split("\n");
  if (objects === undefined) {
    if (answer.status === 0 || /not a git repository/i.test(answer.err)) return undefined;
    throw new GitError(
      `git does not read this repository: ${answer.err.trim().split("\n")[0]}`,
      /dubious ownership/.test(answer.err)
        ? "own the directory, or name it in git's safe.directory"
        : "mend the repository first",
    );
  }
  if (inside !== "true") return undefined;
  const at = (path: string): string => (isAbsolute(path) ? path : resolve(directory, path));
  const count = Object.keys(BUSY).length;
  const marks = rest.splice(0, count).map(at);
  // What git does not find it prints as it was asked. A directory's name may hold the end of a line.
  while (["HEAD^{commit}", "HEAD:./"].includes(rest.at(-1) ?? "")) rest.pop();
  const isId = (line: string | undefined): boolean => /^[0-9a-f]{40,64}$/.test(line ?? "");
  const from = isId(rest.at(-2)) ? -2 : isId(rest.at(-1)) ? -1 : rest.length;
  const [head, tree] = rest.splice(from);
  return {
    directory,
    prefix: rest.join("\n"),
    head,
    tree,
    objects: at(objects),
    format: format === "sha256" ? "sha256" : "sha1",
    busy: () => Object.values(BUSY).find((_, index) => existsSync(marks[index] as string)),
  };
}

/**
 * The repository around a directory; undefined where there is none, or no git.
 * Throws `GitError` where git refuses to look into it.
 */
export function openRepository(directory: string): Repository | undefined {
  try {
    return repositoryFrom(directory, git(directory, IDENTITY));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Why git does not look for changes of a path. It can be on disk nevertheless, with edits. */
export interface Hidden {
  /** A sparse checkout leaves it out of the work tree. */
  leftOut: boolean;
  /** git was told to take it as unchanged. */
  unwatched: boolean;
}

/** What git knows of a directory, at one time. Paths are those from the directory. */
export interface Sighting {
  /** Whether there is a git at all. */
  hasGit: boolean;
  /** Absent where there is none. */
  repository: Repository | undefined;
  /** Milliseconds since the epoch at which git began to look. */
  since: number;
  /** Entries of the directory's tree in the commit that is checked out. */
  entries: ReadonlyMap<string, TreeEntry>;
  /** Paths whose changes git does not look for. */
  hidden: ReadonlyMap<string, Hidden>;
  /** Paths whose index or work tree differ from the commit. */
  changed: ReadonlySet<string>;
  /** Paths with stages of a conflict. */
  unmerged: ReadonlySet<string>;
}

const NOTHING = {
  entries: new Map<string, TreeEntry>(),
  hidden: new Map<string, Hidden>(),
  changed: new Set<string>(),
  unmerged: new Set<string>(),
};

/**
 * Looks at the repository around a directory, beside this process: what git takes, somebody else can compute meanwhile.
 * Rejects with `GitError` where git refuses to look into it.
 */
export function look(directory: string): Promise<Sighting> {
  const sighting = lookThere(directory);
  // Who fails before asking for it has said enough.
  sighting.catch(() => undefined);
  return sighting;
}

async function lookThere(directory: string): Promise<Sighting> {
  const since = Date.now();
  const [identity, files, status] = await Promise.all([
    gitBeside(directory, IDENTITY),
    gitBeside(directory, ["ls-files", "-s", "-v", "-z", "--", "."]),
    gitBeside(directory, [
      "status",
      "--porcelain=v2",
      "-z",
      "--untracked-files=no",
      "--ignore-submodules=all",
      "--no-renames",
      "--no-show-stash",
      "--",
      ".",
    ]),
  ]).catch((error) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const repository = identity && repositoryFrom(directory, identity);
  if (repository === undefined || files === undefined || status === undefined)
    return { hasGit: identity !== undefined, repository: undefined, since, ...NOTHING };
  const entries = new Map<string, TreeEntry>();
  const hidden = new Map<string, Hidden>();
  for (const line of parts(must(files, "ls-files"))) {
    const tab = line.indexOf("\t");
    const [tag, mode, id] = line.slice(0, tab).split(" ") as [string, string, string];
    const path = line.slice(tab + 1);
    entries.set(path, { mode, id });
    const [leftOut, unwatched] = [/s/i.test(tag), tag !== tag.toUpperCase()];
    if (leftOut || unwatched) hidden.set(path, { leftOut, unwatched });
  }
  const changed = new Set<string>();
  const unmerged = new Set<string>();
  for (const line of parts(must(status, "status"))) {
    const fields = line.split(" ");
    // A heading, which settings may ask for.
    if (fields[0] === "#") continue;
    const isUnmerged = fields[0] === "u";
    const path = fields
      .slice(isUnmerged ? 10 : 8)
      .join(" ")
      .slice(repository.prefix.length);
    (isUnmerged ? unmerged : changed).add(path);
    if (isUnmerged) continue;
    // The index was read; where it differs from the commit, git says what the commit has.
    const [, , , mode, , , id] = fields as [string, string, string, string, string, string, string];
    if (mode === "000000") entries.delete(path);
    else entries.set(path, { mode, id });
  }
  return { hasGit: true, repository, since, entries, hidden, changed, unmerged };
}

/** Commits that changed a file of the directory, the newest first. */
export function commitsOf(repository: Repository, path: string, most: number): string[] {
  const { status, out } = git(repository.directory, [
    "log",
    "--all",
    `--max-count=${most}`,
    "--diff-filter=AMR",
    "--format=%H",
    "--",
    `:(literal)${path}`,
  ]);
  return status === 0 ? out.toString().split("\n").filter(Boolean) : [];
}

/** A file of the directory as a commit has it; undefined where it has none. */
export function fileAt(repository: Repository, commit: string, path: string): Buffer | undefined {
  const { status, out } = git(repository.directory, [
    "cat-file",
    "blob",
    `${commit}:${repository.prefix}${path}`,
  ]);
  return status === 0 ? out : undefined;
}
