/** A repository of our own beside the user's: trees are made and merged there, by the user's objects and ours. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import type { Repository } from "./repository.ts";
import { GitError, gitBeside, must, parts, type TreeEntry } from "./run.ts";

/** A repository of our own that borrows the user's objects: trees are made and merged there. */
export interface Workshop {
  directory: string;
  env: Readonly<Record<string, string>>;
  /** Length of an object's id in hex. */
  idLength: 40 | 64;
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
    `[core]\n${format}\tbare = true\n\tignoreCase = false\n\tcompression = 0\n\tfsync = none\n[merge]\n\tdirectoryRenames = false\n\trenames = true\n\tconflictStyle = merge\n[fastimport]\n\tunpackLimit = 1\n`,
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
    idLength: borrowed?.format === "sha256" ? 64 : 40,
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
  /** A file that git has already goes by its id. */
  files: ReadonlyMap<string, Blob | TreeEntry | undefined>;
}

const quoted = (path: string): string =>
  `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;

/** The commits as `fast-import` reads them, the first as the parent of the others. */
function streamOf(commits: readonly Synthetic[]): Buffer {
  const chunks: (string | Buffer)[] = [];
  for (const [index, { branch, tree, files }] of commits.entries()) {
    chunks.push(
      `commit refs/heads/${branch}\nmark :${index + 1}\ncommitter update <> 0 +0000\ndata 0\n\n`,
    );
    if (index > 0) chunks.push("from :1\n");
    chunks.push("deleteall\n");
    if (tree !== undefined) chunks.push(`M 040000 ${tree} ""\n`);
    // What goes makes way first: a folder may come in the place of a file.
    for (const [path, file] of files) if (file === undefined) chunks.push(`D ${quoted(path)}\n`);
    for (const [path, file] of files) {
      if (file === undefined) continue;
      if ("id" in file) chunks.push(`M ${file.mode} ${file.id} ${quoted(path)}\n`);
      else
        chunks.push(
          `M ${file.mode} inline ${quoted(path)}\ndata ${file.contents.length}\n`,
          file.contents,
          "\n",
        );
    }
    chunks.push("\n");
  }
  return Buffer.concat(
    chunks.map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk) : chunk)),
  );
}

/** The kind of conflict in which both sides renamed a file. */
export const RENAMED_TWICE = "CONFLICT (rename/rename)";

/** What a merge came to. */
export interface MergeResult {
  tree: string;
  /** Stages of the paths in conflict: 1 base, 2 ours, 3 theirs. */
  stages: Map<string, Partial<Record<1 | 2 | 3, TreeEntry>>>;
  /** Kind of conflict by path, in git's words: `CONFLICT (binary)`. */
  kinds: Map<string, string[]>;
  /** Files that both sides renamed: the name of ours by the name of theirs. */
  renamedTwice: Map<string, string>;
  /** Where it differs from ours; an absent entry on the side that does not have the path. */
  changed: Map<string, { before?: TreeEntry; after?: TreeEntry }>;
}

/** What git says to an option that it does not know. */
const USAGE = 129;

/**
 * Three gits, started one after the other by git itself: for a process as large as this one it takes longer to start one
 * than it takes git to do its work, and none of them waits until this process has time for it.
 * $1 ours, $2 theirs, $3 the length of a tree's id; the merge begins with that id, and zeros separate what it says.
 */
const STEPS = `!steps() {
  echo fast-import
  git fast-import --quiet --force --depth=0 <commits >&2 || return
  echo merge-tree
  git merge-tree --write-tree -z "$1" "$2" >merged
  code=$?
  test "$code" -le 1 || return "$code"
  read -r line <merged
  echo diff-tree
  git diff-tree -r -z --raw --no-renames "$1" "$(printf "%.$3s" "$line")" >differences
}; steps`;

/**
 * Makes the commits and merges the branches of two of them, beside this process. Their names are the labels of a conflict.
 *
 * @returns undefined where git cannot: `--write-tree` came with 2.38
 */
export async function mergeThere(
  workshop: Workshop,
  commits: readonly Synthetic[],
  ours: string,
  theirs: string,
): Promise<MergeResult | undefined> {
  const { directory, env, idLength } = workshop;
  writeFileSync(join(directory, "commits"), streamOf(commits));
  const answer = await gitBeside(
    directory,
    ["-c", `alias.merge-here=${STEPS}`, "merge-here", ours, theirs, String(idLength)],
    { env },
  );
  if (answer.status === USAGE) return undefined;
  const step = answer.out.toString("utf8").trim().split("\n").at(-1);
  must(answer, step || "with an alias");
  return {
    ...mergeFrom(readFileSync(join(directory, "merged"))),
    changed: differencesFrom(readFileSync(join(directory, "differences"))),
  };
}

/** Reads what `merge-tree` said. */
function mergeFrom(out: Buffer): Omit<MergeResult, "changed"> {
  const fields = parts(out);
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

/** Reads what `diff-tree` said. */
function differencesFrom(out: Buffer): MergeResult["changed"] {
  const found: MergeResult["changed"] = new Map();
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
export async function renamesBetween(
  workshop: Workshop,
  from: string,
  to: string,
): Promise<Map<string, string>> {
  const out = must(
    await gitBeside(
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

/** The contents of a blob that lies in the workshop as a file of its own, as what a merge wrote does. */
function looseBlob(workshop: Workshop, id: string): Buffer | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(join(workshop.directory, "objects", id.slice(0, 2), id.slice(2)));
  } catch {
    return undefined;
  }
  const object = inflateSync(bytes);
  return object.toString("latin1", 0, 5) === "blob "
    ? object.subarray(object.indexOf(0) + 1)
    : undefined;
}

/** Contents of blobs, by id. */
export async function readBlobs(
  workshop: Workshop,
  ids: readonly string[],
): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  const wanted: string[] = [];
  for (const id of new Set(ids)) {
    // To start git takes longer than to read hundreds of them.
    const loose = looseBlob(workshop, id);
    if (loose === undefined) wanted.push(id);
    else contents.set(id, loose);
  }
  if (wanted.length === 0) return contents;
  const out = must(
    await gitBeside(workshop.directory, ["cat-file", "--batch"], {
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
