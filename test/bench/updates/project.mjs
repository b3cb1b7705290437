/** A project on disk: what lies in it, what its user does to it, and what git knows of it. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** Without the settings of the machine, with an identity that every tool's own git calls find. */
export const environmentOf = (home) => ({
  PATH: process.env.PATH,
  HOME: home,
  TMPDIR: process.env.TMPDIR ?? "/tmp",
  LANG: "C.UTF-8",
  CI: "1",
  NO_COLOR: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "bench",
  GIT_AUTHOR_EMAIL: "bench@example.org",
  GIT_COMMITTER_NAME: "bench",
  GIT_COMMITTER_EMAIL: "bench@example.org",
});

/** git's answer; a character for each byte, so that no file's bytes are changed by reading them as text. */
export const git = (directory, ...args) =>
  execFileSync("git", args, {
    cwd: directory,
    encoding: "latin1",
    env: environmentOf(directory),
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1024 * 1024 * 1024,
  });

/** Commits all that lies in the directory, in a new repository where there is none. */
export function commitAll(directory, message) {
  if (!existsSync(join(directory, ".git"))) git(directory, "init", "-q");
  git(directory, "add", "-A");
  git(directory, "commit", "-q", "--allow-empty", "-m", message);
}

/** Writes a file and the folders above it. */
export function put(directory, path, contents, executable = false) {
  const full = join(directory, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, contents);
  chmodSync(full, executable ? 0o755 : 0o644);
}

/** Writes a version's files in place of what lies there, hidden entries apart. */
export function layOut(directory, files) {
  mkdirSync(directory, { recursive: true });
  for (const name of readdirSync(directory))
    if (!name.startsWith(".")) rmSync(join(directory, name), { recursive: true });
  for (const [path, { contents, executable }] of Object.entries(files))
    put(directory, path, contents, executable);
}

/** Not the user's work: git's own, installed packages, and the copies that an update keeps for its undoing. */
const APART = new Set([".git", "node_modules", ".hardened-eks/update"]);

/**
 * What lies in a directory: path to `{ bytes, mode, link }`.
 *
 * @returns {Map<string, { bytes: Buffer, executable: boolean, link: boolean }>}
 */
export function photograph(directory) {
  const seen = new Map();
  const visit = (folder) => {
    for (const name of readdirSync(join(directory, folder)).sort()) {
      const path = folder === "" ? name : `${folder}/${name}`;
      if (APART.has(path)) continue;
      const full = join(directory, path);
      const facts = lstatSync(full);
      if (facts.isDirectory()) {
        visit(path);
        continue;
      }
      const link = facts.isSymbolicLink();
      seen.set(path, {
        bytes: link ? Buffer.from(readlinkSync(full)) : readFileSync(full),
        executable: !link && (facts.mode & 0o100) !== 0,
        link,
      });
    }
  };
  visit("");
  return seen;
}

export const sameTree = (a, b) =>
  a.size === b.size &&
  [...a].every(([path, { bytes, executable, link }]) => {
    const other = b.get(path);
    return other?.bytes.equals(bytes) && other.executable === executable && other.link === link;
  });

/** Paths that the directory itself shows to be in conflict: stages of the index, markers, rejected hunks. */
export function visibleConflicts(directory, tree) {
  const paths = new Set(
    git(directory, "-c", "core.quotePath=false", "ls-files", "-u", "-z")
      .split("\0")
      .filter(Boolean)
      .map((line) => Buffer.from(line.slice(line.indexOf("\t") + 1), "latin1").toString("utf8")),
  );
  for (const [path, { bytes }] of tree) {
    if (path.endsWith(".rej")) paths.add(path.slice(0, -".rej".length));
    else if (/^<<<<<<< /m.test(bytes.toString("latin1"))) paths.add(path);
  }
  return paths;
}

/** Whether any object of the repository holds the words. */
export const gitHolds = (directory, words) =>
  git(directory, "cat-file", "--batch", "--batch-all-objects").includes(
    Buffer.from(words).toString("latin1"),
  );
