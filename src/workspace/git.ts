/**
 * What an update needs of git, by plumbing commands only. The user's repository is read; its index is written by one call
 * that says so, its refs never. Hooks, pagers, file-system monitors and the user's own settings do not take part.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";

/** git is there and refused, or answered what is not understood. */
export class GitError extends Error {
  override name = "GitError";
  readonly mend: string;
  constructor(message: string, mend: string) {
    super(message);
    this.mend = mend;
  }
}

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
  /** What git is in the middle of: `merge`, `rebase` … */
  busy: string | undefined;
}

/** One entry of a tree. */
export interface TreeEntry {
  mode: string;
  id: string;
}

const LIMIT = 1024 * 1024 * 1024;
const TIMEOUT_MS = 120_000;

const SETTINGS = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.untrackedCache=false",
  "core.quotePath=false",
  "gc.auto=0",
  "maintenance.auto=false",
].flatMap((setting) => ["-c", setting]);

function environment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    // What a hook or a wrapper of ours runs in must not point us to another repository.
    ([name]) => !name.startsWith("GIT_") || name === "GIT_EXEC_PATH",
  );
  return {
    ...Object.fromEntries(kept),
    LC_ALL: "C",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_NO_LAZY_FETCH: "1",
    GIT_TERMINAL_PROMPT: "0",
    ...extra,
  };
}

interface Answer {
  status: number;
  out: Buffer;
  err: string;
}

function git(
  directory: string,
  args: readonly string[],
  { input, env = {} }: { input?: Buffer | string; env?: Readonly<Record<string, string>> } = {},
): Answer {
  const result = spawnSync("git", [...SETTINGS, ...args], {
    cwd: directory,
    env: environment(env),
    ...(input === undefined ? { stdio: ["ignore", "pipe", "pipe"] } : { input }),
    maxBuffer: LIMIT,
    timeout: TIMEOUT_MS,
    killSignal: "SIGKILL",
    windowsHide: true,
  });
  // One that ends without reading all of it has said why on stderr.
  const { code } = (result.error ?? {}) as NodeJS.ErrnoException;
  if (result.error !== undefined && code !== "EPIPE") throw result.error;
  return { status: result.status ?? -1, out: result.stdout, err: result.stderr.toString("utf8") };
}

function must(answer: Answer, what: string): Buffer {
  if (answer.status === 0) return answer.out;
  throw new GitError(
    `git ${what} failed: ${answer.err.trim().split("\n")[0] ?? `exit ${answer.status}`}`,
    "run the same in the repository to see why",
  );
}

/** Major and minor version of git on the PATH; undefined where there is none. */
export function gitVersion(): readonly [number, number] | undefined {
  try {
    const { status, out } = git("/", ["--version"]);
    const match = /(\d+)\.(\d+)/.exec(out.toString());
    return status === 0 && match !== null ? [Number(match[1]), Number(match[2])] : undefined;
  } catch {
    return undefined;
  }
}

/** `merge-tree --write-tree` came with 2.38. */
export const canMergeTrees = (version: readonly [number, number] | undefined): boolean =>
  version !== undefined && (version[0] > 2 || (version[0] === 2 && version[1] >= 38));

const BUSY: Readonly<Record<string, string>> = {
  MERGE_HEAD: "merge",
  CHERRY_PICK_HEAD: "cherry-pick",
  REVERT_HEAD: "revert",
  "rebase-merge": "rebase",
  "rebase-apply": "rebase",
};

/**
 * The repository around a directory; undefined where there is none, or no git.
 * Throws `GitError` where git refuses to look into it.
 */
export function openRepository(
  directory: string,
  exists: (path: string) => boolean,
): Repository | undefined {
  let answer: Answer;
  try {
    answer = git(directory, [
      "rev-parse",
      "--is-inside-work-tree",
      "--show-object-format",
      "--git-path",
      "objects",
      ...Object.keys(BUSY).flatMap((name) => ["--git-path", name]),
      "--show-prefix",
    ]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  if (answer.status !== 0) {
    if (/not a git repository/i.test(answer.err)) return undefined;
    throw new GitError(
      `git does not read this repository: ${answer.err.trim().split("\n")[0]}`,
      /dubious ownership/.test(answer.err)
        ? "own the directory, or name it in git's safe.directory"
        : "mend the repository first",
    );
  }
  const [inside, format, objects, ...rest] = answer.out.toString("utf8").split("\n");
  if (inside !== "true" || objects === undefined) return undefined;
  const at = (path: string): string => (isAbsolute(path) ? path : resolve(directory, path));
  const busy = Object.values(BUSY).find((_, index) => exists(at(rest[index] as string)));
  const prefix = rest[Object.keys(BUSY).length] ?? "";
  // Both in one call; the second is nothing where the directory is not committed.
  const ids = git(directory, ["rev-parse", "--quiet", "HEAD^{commit}", `HEAD:${prefix}`]);
  const [head, tree] = ids.out
    .toString()
    .split("\n")
    .map((line) => (/^[0-9a-f]{40,64}$/.test(line) ? line : undefined));
  return {
    directory,
    prefix,
    head,
    tree,
    objects: at(objects),
    format: format === "sha256" ? "sha256" : "sha1",
    busy,
  };
}

/** The parts of an answer with -z. */
const parts = (out: Buffer): string[] => {
  const list = out.toString("utf8").split("\0");
  if (list.at(-1) === "") list.pop();
  return list;
};

/** Entries of the directory's tree in the commit that is checked out, by path from the directory. */
export function committed({ directory, tree }: Repository): Map<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>();
  if (tree === undefined) return entries;
  const out = must(git(directory, ["ls-tree", "-r", "-z", "--full-tree", tree]), "ls-tree");
  for (const line of parts(out)) {
    const tab = line.indexOf("\t");
    const [mode, , id] = line.slice(0, tab).split(" ") as [string, string, string];
    entries.set(line.slice(tab + 1), { mode, id });
  }
  return entries;
}

/** Paths below the directory whose index or work tree differ from the commit; `unmerged` apart. */
export function changes(repository: Repository): { changed: Set<string>; unmerged: Set<string> } {
  const answer = git(repository.directory, [
    "status",
    "--porcelain=v2",
    "-z",
    "--untracked-files=no",
    "--ignore-submodules=all",
    "--no-renames",
    "--",
    ".",
  ]);
  const changed = new Set<string>();
  const unmerged = new Set<string>();
  for (const line of parts(must(answer, "status"))) {
    const fields = line.split(" ");
    const isUnmerged = fields[0] === "u";
    const path = fields
      .slice(isUnmerged ? 10 : 8)
      .join(" ")
      .slice(repository.prefix.length);
    (isUnmerged ? unmerged : changed).add(path);
  }
  return { changed, unmerged };
}

/** Why git does not look for changes of a path. It can be on disk nevertheless, with edits. */
export interface Hidden {
  /** A sparse checkout leaves it out of the work tree. */
  leftOut: boolean;
  /** git was told to take it as unchanged. */
  unwatched: boolean;
}

/** Paths whose changes git does not look for. */
export function hiddenPaths(repository: Repository): Map<string, Hidden> {
  const out = must(git(repository.directory, ["ls-files", "-v", "-z", "--", "."]), "ls-files");
  const hidden = new Map<string, Hidden>();
  for (const line of parts(out)) {
    const tag = line.slice(0, 1);
    const [leftOut, unwatched] = [/s/i.test(tag), tag !== tag.toUpperCase()];
    if (leftOut || unwatched) hidden.set(line.slice(2), { leftOut, unwatched });
  }
  return hidden;
}

/** A repository of our own that borrows the user's objects: trees are made and merged there. */
export interface Workshop {
  directory: string;
  env: Readonly<Record<string, string>>;
}

/** Makes the workshop in an empty directory. */
export function makeWorkshop(
  directory: string,
  borrowed: Pick<Repository, "objects" | "format"> | undefined,
): Workshop {
  mkdirSync(join(directory, "objects", "info"), { recursive: true });
  mkdirSync(join(directory, "refs"));
  writeFileSync(join(directory, "HEAD"), "ref: refs/heads/none\n");
  const format =
    borrowed?.format === "sha256"
      ? "\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha256\n[core]\n"
      : "\trepositoryformatversion = 0\n";
  writeFileSync(
    join(directory, "config"),
    // A directory rename that git guesses would move the user's own files.
    `[core]\n${format}\tbare = true\n\tignoreCase = false\n\tcompression = 0\n[merge]\n\tdirectoryRenames = false\n\trenames = true\n\tconflictStyle = merge\n[fastimport]\n\tunpackLimit = 1\n`,
  );
  if (borrowed !== undefined)
    writeFileSync(join(directory, "objects", "info", "alternates"), `${borrowed.objects}\n`);
  return {
    directory,
    env: {
      GIT_DIR: directory,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_ATTR_NOSYSTEM: "1",
    },
  };
}

/** A file as a tree holds it. */
export interface Blob {
  contents: Buffer;
  /** 100644, 100755 or 120000. */
  mode: string;
}

/** A commit to make: a tree that exists already, laid over with files; `undefined` takes a path away. */
export interface Synthetic {
  branch: string;
  tree: string | undefined;
  files: ReadonlyMap<string, Blob | undefined>;
}

const quoted = (path: string): string =>
  `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;

/** Writes the commits, the first as the parent of the others. */
export function makeCommits(workshop: Workshop, commits: readonly Synthetic[]): void {
  const chunks: (string | Buffer)[] = [];
  for (const [index, { branch, tree, files }] of commits.entries()) {
    chunks.push(
      `commit refs/heads/${branch}\nmark :${index + 1}\ncommitter update <> 0 +0000\ndata 0\n\n`,
    );
    if (index > 0) chunks.push("from :1\n");
    chunks.push("deleteall\n");
    if (tree !== undefined) chunks.push(`M 040000 ${tree} ""\n`);
    for (const [path, blob] of files) {
      if (blob === undefined) chunks.push(`D ${quoted(path)}\n`);
      else
        chunks.push(
          `M ${blob.mode} inline ${quoted(path)}\ndata ${blob.contents.length}\n`,
          blob.contents,
          "\n",
        );
    }
    chunks.push("\n");
  }
  const input = Buffer.concat(
    chunks.map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk) : chunk)),
  );
  must(
    git(workshop.directory, ["fast-import", "--quiet", "--force", "--depth=0"], {
      input,
      env: workshop.env,
    }),
    "fast-import",
  );
}

/** The kind of conflict in which both sides renamed a file. */
export const RENAMED_TWICE = "CONFLICT (rename/rename)";

/** What `merge-tree` found. */
export interface MergeResult {
  tree: string;
  /** Stages of the paths in conflict: 1 base, 2 ours, 3 theirs. */
  stages: Map<string, Partial<Record<1 | 2 | 3, TreeEntry>>>;
  /** Kind of conflict by path, in git's words: `CONFLICT (binary)`. */
  kinds: Map<string, string[]>;
  /** Files that both sides renamed: the name of ours by the name of theirs. */
  renamedTwice: Map<string, string>;
}

/** Merges two branches of the workshop. Their names are the labels of a conflict. */
export function mergeBranches(workshop: Workshop, ours: string, theirs: string): MergeResult {
  const answer = git(workshop.directory, ["merge-tree", "--write-tree", "-z", ours, theirs], {
    env: workshop.env,
  });
  if (answer.status !== 0 && answer.status !== 1) must(answer, "merge-tree");
  const fields = parts(answer.out);
  const tree = fields.shift() as string;
  const stages: MergeResult["stages"] = new Map();
  while (fields.length > 0 && fields[0] !== "") {
    const line = fields.shift() as string;
    const tab = line.indexOf("\t");
    const [mode, id, stage] = line.slice(0, tab).split(" ") as [string, string, string];
    const path = line.slice(tab + 1);
    stages.set(path, { ...stages.get(path), [stage]: { mode, id } });
  }
  fields.shift();
  const kinds: MergeResult["kinds"] = new Map();
  const renamedTwice: MergeResult["renamedTwice"] = new Map();
  while (fields.length > 0) {
    const count = Number(fields.shift());
    const paths = fields.splice(0, count);
    const [kind = ""] = fields.splice(0, 2);
    const [, mine, other] = paths;
    if (kind === RENAMED_TWICE && mine !== undefined && other !== undefined)
      renamedTwice.set(other, mine);
    for (const path of paths) kinds.set(path, [...(kinds.get(path) ?? []), kind]);
  }
  return { tree, stages, kinds, renamedTwice };
}

/** Where a tree differs from another; an absent entry on the side that does not have the path. */
export function differences(
  workshop: Workshop,
  from: string,
  to: string,
): Map<string, { before?: TreeEntry; after?: TreeEntry }> {
  const out = must(
    git(workshop.directory, ["diff-tree", "-r", "-z", "--raw", "--no-renames", from, to], {
      env: workshop.env,
    }),
    "diff-tree",
  );
  const found = new Map<string, { before?: TreeEntry; after?: TreeEntry }>();
  const fields = parts(out);
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [oldMode, newMode, oldId, newId] = (fields[index] as string).slice(1).split(" ") as [
      string,
      string,
      string,
      string,
    ];
    found.set(fields[index + 1] as string, {
      ...(oldMode === "000000" ? {} : { before: { mode: oldMode, id: oldId } }),
      ...(newMode === "000000" ? {} : { after: { mode: newMode, id: newId } }),
    });
  }
  return found;
}

/** Names that files had before, by the name that they have in the second tree. */
export function renamesBetween(workshop: Workshop, from: string, to: string): Map<string, string> {
  const out = must(
    git(
      workshop.directory,
      ["diff-tree", "-r", "-z", "-M", "--name-status", "--diff-filter=R", from, to],
      { env: workshop.env },
    ),
    "diff-tree",
  );
  const fields = parts(out);
  const names = new Map<string, string>();
  for (let index = 0; index + 2 < fields.length; index += 3)
    names.set(fields[index + 2] as string, fields[index + 1] as string);
  return names;
}

/** Contents of blobs, by id. */
export function readBlobs(workshop: Workshop, ids: readonly string[]): Map<string, Buffer> {
  const contents = new Map<string, Buffer>();
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return contents;
  const out = must(
    git(workshop.directory, ["cat-file", "--batch"], {
      input: `${wanted.join("\n")}\n`,
      env: workshop.env,
    }),
    "cat-file",
  );
  let at = 0;
  for (const id of wanted) {
    const end = out.indexOf(10, at);
    const [, type, size] = out.toString("utf8", at, end).split(" ");
    if (type !== "blob")
      throw new GitError(`git has no object ${id}`, "fetch what is missing, then run again");
    contents.set(id, out.subarray(end + 1, end + 1 + Number(size)));
    at = end + 1 + Number(size) + 1;
  }
  return contents;
}

/** A path of the index with its entries: stage 0, or the stages of a conflict. */
export interface IndexEntry {
  path: string;
  stages: Partial<Record<0 | 1 | 2 | 3, TreeEntry>>;
}

/** What the index holds for the paths, from the directory. */
export function indexEntries(repository: Repository, paths: readonly string[]): IndexEntry[] {
  if (paths.length === 0) return [];
  const out = must(
    git(repository.directory, [
      "ls-files",
      "-s",
      "-z",
      "--",
      ...paths.map((path) => `:(literal)${path}`),
    ]),
    "ls-files",
  );
  const found = new Map<string, IndexEntry>(paths.map((path) => [path, { path, stages: {} }]));
  for (const line of parts(out)) {
    const tab = line.indexOf("\t");
    const [mode, id, stage] = line.slice(0, tab).split(" ") as [string, string, string];
    const entry = found.get(line.slice(tab + 1));
    if (entry !== undefined) entry.stages[Number(stage) as 0 | 1 | 2 | 3] = { mode, id };
  }
  return [...found.values()];
}

/** Writes blobs into the user's object database; their ids in order. */
export function storeBlobs(repository: Repository, contents: readonly Buffer[]): string[] {
  return contents.map((bytes) =>
    must(
      git(repository.directory, ["hash-object", "-w", "--stdin", "--no-filters"], { input: bytes }),
      "hash-object",
    )
      .toString()
      .trim(),
  );
}

/**
 * Sets the entries of the paths in the user's index, all in one write of it; nothing else in it changes.
 *
 * @param sparse paths that a sparse checkout leaves out from now on, or no longer
 */
export function writeIndex(
  repository: Repository,
  entries: readonly IndexEntry[],
  { shown = [], hidden = [] }: { shown?: readonly string[]; hidden?: readonly string[] } = {},
): void {
  const mark = (flag: string, paths: readonly string[]): void => {
    if (paths.length === 0) return;
    must(
      git(repository.directory, ["update-index", "-z", flag, "--stdin"], {
        input: `${paths.join("\0")}\0`,
      }),
      "update-index",
    );
  };
  mark("--no-skip-worktree", shown);
  writeEntries(repository, entries);
  // git marks no path that has stages of a conflict.
  mark("--skip-worktree", hidden);
}

function writeEntries(repository: Repository, entries: readonly IndexEntry[]): void {
  if (entries.length === 0) return;
  const { prefix } = repository;
  const none = "0".repeat(repository.format === "sha256" ? 64 : 40);
  const lines = entries.flatMap(({ path, stages }) => [
    `0 ${none}\t${prefix}${path}`,
    ...Object.entries(stages).map(
      ([stage, { mode, id }]) => `${mode} ${id} ${stage}\t${prefix}${path}`,
    ),
  ]);
  must(
    git(repository.directory, ["update-index", "-z", "--index-info"], {
      input: `${lines.join("\0")}\0`,
    }),
    "update-index",
  );
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
