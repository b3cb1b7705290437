/** A small repository under update, as its user has it; every step checks what an update may never do. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { EXIT, type ExitCode } from "../../src/cli/exit.ts";
import type { Lock, Maker } from "../../src/lifecycle/lock.ts";
import { ANSWERS, BASE, LOCK, NEXT, NOT_MERGED } from "../../src/lifecycle/paths.ts";
import { type MergedItem, outline, type PlanItem } from "../../src/lifecycle/plan.ts";
import { sealOf, toMergeTree } from "../../src/lifecycle/render.ts";
import { unpack } from "../../src/lifecycle/unpack.ts";
import {
  abortUpdate,
  applyUpdate,
  finishResolved,
  planUpdate,
  type Update,
  unfinished,
} from "../../src/lifecycle/update.ts";
import type { Config } from "../../src/options/config.ts";
import type { FileTree, TreeFile } from "../../src/render/tree.ts";
import { GitError } from "../../src/workspace/git/run.ts";
import { UpdateError } from "../../src/workspace/journal/error.ts";
import { scratch } from "./run.ts";

/** The product's own calls of git read the user's settings: here there are none. */
process.env.HOME = await scratch();
process.env.XDG_CONFIG_HOME = process.env.HOME;

export const OLD: Maker = { version: "1.0.0", templates: `sha256:${"1".repeat(64)}` };
export const NEW: Maker = { version: "2.0.0", templates: `sha256:${"2".repeat(64)}` };
/** The words that git writes beside the new version's side of a conflict. */
export const THEIRS = "create-hardened-eks-2.0.0";

/** Only its digest counts here. */
const config = { name: "acme" } as Config;

type Given = string | Partial<TreeFile> | undefined;

const fileOf = (given: string | Partial<TreeFile>): TreeFile => ({
  contents: "",
  mode: 0o644,
  owner: "merged",
  ...(typeof given === "string" ? { contents: given } : given),
});

/** `count` lines that name what they are of. */
export const lines = (name: string, count = 20): string =>
  Array.from({ length: count }, (_, index) => `${name} ${index + 1}\n`).join("");

/** The text with line `number` (from 1) replaced. */
export const withLine = (text: string, number: number, line: string): string => {
  const all = text.split("\n");
  all[number - 1] = line;
  return all.join("\n");
};

export const ANSWERS_TEXT = "# kept by hand\nname: acme\nregion: eu-west-1 # near the users\n";

const FIRST: Readonly<Record<string, string | Partial<TreeFile>>> = {
  "README.md": lines("readme"),
  Makefile: lines("target"),
  "SECURITY.md": { contents: lines("security"), owner: "once" },
  ".gitignore": "*.local\n.terraform/\n",
  ".github/workflows/plan.yml": lines("step"),
  "docs/logo.bin": "logo\0one\n",
  "docs/runbook.md": lines("runbook"),
  "kubernetes/policies/deny.yaml": lines("deny"),
  "kubernetes/namespaces.yaml": lines("namespace"),
  "main.tf": lines("main"),
  "modules/cluster/main.tf": lines("cluster"),
  "modules/cluster/variables.tf": lines("variable"),
  "outputs.tf": lines("output"),
  "scripts/connect": { contents: lines("connect"), mode: 0o755 },
  "terraform.tf": lines("terraform"),
  [ANSWERS]: ANSWERS_TEXT,
};

const treeOf = (files: Readonly<Record<string, Given>>): FileTree =>
  new Map(
    Object.entries(files)
      .flatMap(([path, given]): [string, TreeFile][] =>
        given === undefined ? [] : [[path, fileOf(given)]],
      )
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

export const firstRender: FileTree = treeOf(FIRST);

/** Text of a file of the first version. */
export const first = (path: string): string => (firstRender.get(path) as TreeFile).contents;

const UNRELATED = withLine(first("outputs.tf"), 10, "output 10 of the second version");

/** The second version: the first with these files; `undefined` takes one away. One line elsewhere always changes. */
export const second = (changed: Readonly<Record<string, Given>> = {}): FileTree =>
  treeOf({ ...FIRST, "outputs.tf": UNRELATED, ...changed });

/** What lies at a path, with everything that a rewrite would change. */
interface Seen {
  kind: "file" | "link" | "folder";
  bytes: Buffer;
  mode: number;
  time: bigint;
  inode: bigint;
}

type Photograph = Map<string, Seen>;

const NO_BYTES = Buffer.alloc(0);

function photograph(directory: string, skip: (path: string) => boolean): Photograph {
  const seen: Photograph = new Map();
  const visit = (folder: string): void => {
    for (const name of readdirSync(join(directory, folder)).sort()) {
      const path = folder === "" ? name : `${folder}/${name}`;
      if (skip(path)) continue;
      const full = join(directory, path);
      const facts = lstatSync(full, { bigint: true });
      const kind = facts.isSymbolicLink() ? "link" : facts.isDirectory() ? "folder" : "file";
      seen.set(path, {
        kind,
        bytes:
          kind === "file"
            ? readFileSync(full)
            : kind === "link"
              ? Buffer.from(readlinkSync(full))
              : NO_BYTES,
        mode: Number(facts.mode & 0o7777n),
        // A folder's own time says only that an entry came or went.
        time: kind === "folder" ? 0n : facts.mtimeNs,
        inode: kind === "folder" ? 0n : facts.ino,
      });
      if (kind === "folder") visit(path);
    }
  };
  visit("");
  return seen;
}

const JOURNAL = /(^|\/)\.hardened-eks\/update(\/|$)/;
/** Also a name that is no UTF-8: its own test looks after it. */
const isApart = (path: string): boolean =>
  /(^|\/)\.git(\/|$)|\ufffd/.test(path) || JOURNAL.test(path);

/** In words that a failed test can show. */
const words = (seen: Photograph, withInode = true): Record<string, string> =>
  Object.fromEntries(
    [...seen].map(([path, { kind, bytes, mode, time, inode }]) => [
      path,
      `${kind} ${mode.toString(8)} ${createHash("sha256").update(bytes).digest("hex").slice(0, 12)} ${time}${withInode ? ` ${inode}` : ""}`,
    ]),
  );

const isText = (bytes: Buffer): boolean => !bytes.includes(0);
const linesOf = (bytes: Buffer): string[] => bytes.toString("latin1").split(/\r?\n/);

/** Lines of `now` that `before` does not have, each as often as it is more. */
function added(now: Buffer, before: Buffer | undefined): string[] {
  const left = before === undefined ? [] : linesOf(before);
  return linesOf(now).filter((line) => {
    const at = left.indexOf(line);
    if (at < 0) return line !== "";
    left.splice(at, 1);
    return false;
  });
}

const holds = (bytes: Buffer, wanted: readonly string[]): boolean => {
  const has = linesOf(bytes);
  return wanted.every((line) => has.includes(line));
};

/** How an attempt to update ended. */
export interface Outcome {
  exitCode: ExitCode;
  /** Why nothing was done; empty otherwise. */
  refusal: string;
  items: PlanItem[];
  /** Paths that are open, sorted. */
  open: string[];
  item(path: string): PlanItem | undefined;
}

export interface Options {
  allowDirty?: boolean;
  target?: FileTree;
  answers?: string;
  additions?: ReadonlyMap<string, string>;
}

export interface Setup {
  /** `false`: no repository; `"unborn"`: one without a commit. */
  git?: boolean | "unborn";
  /** Folder of the repository in which the project lies. */
  below?: string;
  /** The first version, where another one is wanted. */
  render?: FileTree;
}

const HOOKS = [
  "applypatch-msg",
  "commit-msg",
  "fsmonitor-watchman",
  "post-applypatch",
  "post-checkout",
  "post-commit",
  "post-index-change",
  "post-merge",
  "post-rewrite",
  "pre-auto-gc",
  "pre-commit",
  "pre-merge-commit",
  "prepare-commit-msg",
  "reference-transaction",
];

/** A project in a temporary directory. */
export class Project {
  /** Top of the repository. */
  readonly root: string;
  /** The project itself. */
  readonly directory: string;
  /** Where a hook that ran has left its name. */
  readonly marks: string;
  readonly #setup: Setup;
  readonly #render: FileTree;
  #before: { photo: Photograph; index: string } | undefined;
  #update: Update | undefined;
  /** Where git keeps what; it does not move. */
  readonly #places = new Map<string, string>();
  #hasHooks = false;

  constructor(root: string, marks: string, setup: Setup) {
    this.root = root;
    this.marks = marks;
    this.#setup = setup;
    this.#render = setup.render ?? firstRender;
    this.directory = setup.below === undefined ? root : join(root, setup.below);
  }

  at(path: string): string {
    return join(this.directory, path);
  }

  read(path: string): string {
    return readFileSync(this.at(path), "utf8");
  }

  has(path: string): boolean {
    return lstatSync(this.at(path), { throwIfNoEntry: false }) !== undefined;
  }

  write(path: string, contents: string | Buffer, mode?: number): void {
    mkdirSync(dirname(this.at(path)), { recursive: true });
    writeFileSync(this.at(path), contents);
    if (mode !== undefined) chmodSync(this.at(path), mode);
  }

  /** Replaces one line of a file. */
  edit(path: string, number: number, line: string): void {
    this.write(path, withLine(this.read(path), number, line));
  }

  /** Permissions of a file. */
  mode(path: string): number {
    return lstatSync(this.at(path)).mode & 0o7777;
  }

  /** Makes an empty folder. */
  folder(path: string): void {
    mkdirSync(this.at(path), { recursive: true });
  }

  /** Text of every blob that git holds. */
  objects(): string {
    const all = this.git("cat-file", "--batch-all-objects", "--batch-check");
    return all
      .split("\n")
      .filter((line) => line.includes(" blob "))
      .map((line) => this.git("cat-file", "blob", line.split(" ")[0] as string))
      .join("\n");
  }

  remove(path: string): void {
    rmSync(this.at(path), { recursive: true });
  }

  move(from: string, to: string): void {
    mkdirSync(dirname(this.at(to)), { recursive: true });
    renameSync(this.at(from), this.at(to));
  }

  git(...args: string[]): string {
    return gitIn(this.directory, ...args);
  }

  commit(): void {
    this.git("add", "--all", "--", ".");
    this.git("commit", "--quiet", "--allow-empty", "--message", "the user's");
  }

  lock(): Lock {
    return JSON.parse(this.read(LOCK)) as Lock;
  }

  get hasGit(): boolean {
    return this.#setup.git !== false;
  }

  /** HEAD, every ref, and what else git says of the repository that no update may change. */
  #refs(): string {
    if (!this.hasGit) return "";
    return `${this.git("for-each-ref")}${readFileSync(this.#gitPath("HEAD"), "utf8")}`;
  }

  #gitPath(name: string): string {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const place = this.git("rev-parse", "--path-format=absolute", "--git-path", name).trim();
    this.#places.set(name, place);
    return place;
  }

  /** Entries of the index with the flags that a sparse checkout sets. */
  index(): string {
    if (!this.hasGit) return "";
    return this.git("ls-files", "--stage", "-t", "-z", "--full-name", ":/").replaceAll("\0", "\n");
  }

  status(): string {
    return this.hasGit ? this.git("status", "--porcelain", "--untracked-files=all") : "";
  }

  #photograph(): Photograph {
    return photograph(this.root, isApart);
  }

  /** Every byte and time of git's own folder; of an object git notes when it was last wanted. */
  #vault(): Record<string, string> {
    if (!this.hasGit) return {};
    const seen = photograph(this.#gitPath("."), () => false);
    for (const [path, each] of seen)
      if (path.startsWith("objects/")) seen.set(path, { ...each, time: 0n });
    return words(seen);
  }

  #pathsBefore(): { before: Photograph; prefix: string } {
    const prefix = this.#setup.below === undefined ? "" : `${this.#setup.below}/`;
    return { before: (this.#before as { photo: Photograph }).photo, prefix };
  }

  /** One update, with every promise of an update checked on the way; the caller adds what its case is about. */
  async update(options: Options = {}): Promise<Outcome> {
    const tree = options.target ?? second();
    const photo = this.#photograph();
    this.#before = { photo, index: this.index() };
    const refs = this.#refs();
    const status = this.status();
    const indexBytes = this.#indexBytes();
    if (this.hasGit && !this.#hasHooks) installHooks(this.directory, this.marks);
    this.#hasHooks = true;
    const vault = this.#vault();
    let refusal = "";
    let plan: Update | undefined;
    let open: MergedItem[] = [];
    try {
      plan = await planUpdate(
        { tree, config, answers: options.answers ?? this.read(ANSWERS), maker: NEW },
        {
          directory: this.directory,
          allowDirty: options.allowDirty,
          scratch: await scratch(),
          additions: () => options.additions ?? new Map(),
        },
      );
      expect(this.#vault(), "planning touches nothing of git's").toEqual(vault);
      expect(words(this.#photograph()), "planning touches no file").toEqual(words(photo));
      ({ open } = await applyUpdate(plan));
      this.#update = plan;
    } catch (error) {
      if (!(error instanceof UpdateError || error instanceof GitError)) throw error;
      expect(error.mend, "a refusal says how to mend it").not.toBe("");
      refusal = error.message;
    }
    expect(existsSync(this.marks), "no hook ran").toBe(false);
    expect(this.#refs(), "no ref moved").toBe(refs);
    const items = plan?.items ?? [];
    const outcome: Outcome = {
      exitCode: refusal !== "" ? EXIT.failed : open.length > 0 ? EXIT.conflicts : EXIT.ok,
      refusal,
      items: items.map(outline),
      open: open.map(({ path }) => path).sort(),
      item: (path) => outcome.items.find((item) => item.path === path),
    };
    if (refusal !== "") {
      expect(words(this.#photograph()), "a refusal leaves the tree").toEqual(words(photo));
      expect(this.#vault(), "a refusal leaves git's own").toEqual(vault);
      expect(this.status()).toBe(status);
      return outcome;
    }
    this.#checkUntouched(items);
    this.#checkUsersBytes(items);
    this.#checkLock(items, tree, outcome.open);
    if (open.length === 0 && !/^S /m.test(`${this.#before.index}${this.index()}`))
      expect(this.#indexBytes(), "the index changes only for conflicts").toEqual(indexBytes);
    const stays = (index: string): string[] =>
      index.split("\n").filter((line) => {
        const path = line.split("\t")[1];
        return !items.some((item) => `${this.#pathsBefore().prefix}${item.path}` === path);
      });
    expect(stays(this.index()), "entries of other paths stay").toEqual(stays(this.#before.index));
    return outcome;
  }

  /** An update that has to be refused, where git itself may not answer the test either: the tree stays. */
  async attempt(options: Options = {}): Promise<Pick<Outcome, "exitCode" | "refusal">> {
    const photo = words(this.#photograph());
    try {
      const plan = await planUpdate(
        {
          tree: options.target ?? second(),
          config,
          answers: options.answers ?? this.read(ANSWERS),
          maker: NEW,
        },
        {
          directory: this.directory,
          allowDirty: options.allowDirty,
          scratch: await scratch(),
          additions: () => options.additions ?? new Map(),
        },
      );
      await applyUpdate(plan);
      return { exitCode: EXIT.ok, refusal: "" };
    } catch (error) {
      if (!(error instanceof UpdateError || error instanceof GitError)) throw error;
      expect(words(this.#photograph(), false)).toEqual(
        Object.fromEntries(
          Object.entries(photo).map(([path, text]) => [path, text.replace(/ \d+$/, "")]),
        ),
      );
      return { exitCode: EXIT.failed, refusal: error.message };
    }
  }

  #indexBytes(): string {
    if (!this.hasGit) return "";
    const path = this.#gitPath("index");
    return existsSync(path) ? createHash("sha256").update(readFileSync(path)).digest("hex") : "";
  }

  #written(items: readonly MergedItem[]): Set<string> {
    const { prefix } = this.#pathsBefore();
    return new Set(
      [
        ...items.filter(({ action }) => action !== "none").map(({ path }) => path),
        ...NOT_MERGED,
      ].map((path) => prefix + path),
    );
  }

  /** Paths that the plan does not write: bytes, mode, time and inode. */
  #checkUntouched(items: readonly MergedItem[]): void {
    const { before } = this.#pathsBefore();
    const written = this.#written(items);
    const rest = (photo: Photograph): Photograph =>
      new Map([...photo].filter(([path, { kind }]) => kind !== "folder" && !written.has(path)));
    expect(words(rest(this.#photograph())), "what is not in the plan stays").toEqual(
      words(rest(before)),
    );
  }

  /** What the user wrote is on disk, and what they removed is not. */
  #checkUsersBytes(items: readonly MergedItem[]): void {
    const { before, prefix } = this.#pathsBefore();
    const after = this.#photograph();
    const base = toMergeTree(this.#render);
    const known = Buffer.from(
      [...this.#render.values()].map(({ contents }) => contents).join("\n"),
    );
    const elsewhere = items
      .filter(({ action }) => action === "write")
      .map(({ path }) => prefix + path);
    for (const [full, seen] of before) {
      const path = full.slice(prefix.length);
      if (seen.kind === "folder" || !full.startsWith(prefix) || NOT_MERGED.has(path)) continue;
      const rendered = base.get(path);
      const now = after.get(full);
      if (seen.kind === "link") {
        expect(now?.kind === "link" && now.bytes.equals(seen.bytes), `link ${path}`).toBe(true);
        continue;
      }
      const isTheirs = rendered?.contents.equals(seen.bytes) === true;
      if (!isText(seen.bytes)) {
        if (!isTheirs) expect(now?.bytes.equals(seen.bytes), `bytes of ${path}`).toBe(true);
        continue;
      }
      const wrote = added(seen.bytes, rendered?.contents ?? known);
      const places = [full, ...elsewhere].flatMap((place) => after.get(place) ?? []);
      expect(
        wrote.length === 0 || places.some(({ bytes }) => holds(bytes, wrote)),
        `lines of ${path}: ${wrote.join(" | ")}`,
      ).toBe(true);
      if (rendered === undefined || isTheirs || now?.kind !== "file") continue;
      const wasExecutable = (seen.mode & 0o100) !== 0;
      if (wasExecutable !== rendered.executable)
        expect((now.mode & 0o100) !== 0, `mode of ${path}`).toBe(wasExecutable);
    }
    const left = this.index()
      .split("\n")
      .filter((line) => line.startsWith("S "));
    const isLeftOut = (path: string): boolean =>
      (this.#before as { index: string }).index
        .split("\n")
        .concat(left)
        .some((line) => line.startsWith("S ") && line.endsWith(`\t${prefix}${path}`));
    for (const path of base.keys())
      if (!before.has(prefix + path) && !NOT_MERGED.has(path) && !isLeftOut(path))
        expect(after.has(prefix + path), `${path} stays removed`).toBe(false);
  }

  /** The lock names the new version if, and only if, all of it is there. */
  #checkLock(items: readonly MergedItem[], tree: FileTree, open: readonly string[]): void {
    const lock = this.lock();
    const { before, prefix } = this.#pathsBefore();
    if (open.length > 0) {
      expect(lock.version, "the lock still names what was there").toBe(OLD.version);
      expect(lock.pending?.version).toBe(NEW.version);
      expect([...(lock.pending?.conflicts ?? [])].sort()).toEqual(open);
      expect(this.#packed(NEXT, lock.pending?.base)).toEqual(textOf(tree, this.#render));
      expect(this.#packed(BASE, lock.base)).toEqual(textOf(this.#render, this.#render));
    } else {
      expect(lock.version, "the lock names the new version").toBe(NEW.version);
      expect(lock.pending).toBeUndefined();
      expect(this.has(NEXT)).toBe(false);
      expect(this.#packed(BASE, lock.base)).toEqual(textOf(tree, this.#render));
    }
    const after = this.#photograph();
    const known = Buffer.from(
      [...this.#render.values()].map(({ contents }) => contents).join("\n"),
    );
    const fresh = items
      .filter(({ action, class: kind }) => action === "write" || kind === "renamed")
      .map(({ path }) => after.get(prefix + path)?.bytes)
      .filter((bytes) => bytes !== undefined);
    for (const [path, { contents, owner }] of tree) {
      if (NOT_MERGED.has(path) || owner === "once") continue;
      const item = items.find((each) => each.path === path);
      if (open.includes(path) || item?.class === "user-deleted") continue;
      const old = this.#render.get(path)?.contents;
      // It was removed long ago, and nothing happens to it now.
      if (old !== undefined && !before.has(prefix + path) && old === contents) continue;
      const text = Buffer.from(contents);
      const news = isText(text) ? added(text, known) : [];
      const places = [after.get(prefix + path)?.bytes ?? NO_BYTES, ...fresh];
      expect(
        news.length === 0 || places.some((bytes) => holds(bytes, news)),
        `the new lines of ${path} are there`,
      ).toBe(true);
      if (item === undefined && before.has(prefix + path))
        expect(after.has(prefix + path), `${path} is there`).toBe(true);
    }
  }

  #packed(path: string, digest: string | undefined): Record<string, string> {
    const tree = unpack(readFileSync(this.at(path)), digest as string, path);
    return Object.fromEntries([...tree].map(([name, { contents }]) => [name, contents.toString()]));
  }

  /** Undoes the update; everything is as it was, to the byte, the mode and the time. */
  abort(): void {
    const { photo, index } = this.#before as { photo: Photograph; index: string };
    const { kept } = abortUpdate(this.directory);
    expect(kept).toEqual([]);
    expect(words(this.#photograph(), false), "abort restores the tree").toEqual(
      words(photo, false),
    );
    expect(this.index(), "abort restores the index").toBe(index);
    expect(existsSync(this.at(".hardened-eks/update")), "nothing is left of it").toBe(false);
  }

  /** Undoes the update after the user went on; returns what was kept aside. */
  abortKeeping(): string[] {
    const { kept } = abortUpdate(this.directory);
    return kept;
  }

  /** An update, its way back, and the same update again: it must come out the same. */
  async updateTwice(options: Options = {}): Promise<Outcome> {
    const once = await this.update(options);
    if (once.refusal !== "") return once;
    const status = this.status();
    const photo = words(this.#photograph(), false);
    if (this.#update?.changes) this.abort();
    const twice = await this.update(options);
    expect(twice.items).toEqual(once.items);
    expect(this.status()).toBe(status);
    const bare = (all: Record<string, string>): string[] =>
      Object.entries(all).map(([path, text]) => `${path} ${text.replace(/ \d+$/, "")}`);
    expect(bare(words(this.#photograph(), false))).toEqual(bare(photo));
    return twice;
  }

  /** What the next run finds: `open` with its paths, or `resolved`. */
  left(): string {
    const now = unfinished(this.directory, NEW.version);
    if (now === undefined) return "nothing";
    return now.kind === "cut-off" ? now.kind : `${now.kind}: ${now.conflicts.join(", ")}`;
  }

  /** The run after every conflict is resolved; `brought` are files that only now have a place. */
  finish(brought: readonly string[] = []): void {
    const before = this.#photograph();
    const index = this.#indexBytes();
    finishResolved(this.directory, NEW.version);
    const lock = this.lock();
    expect(lock.version).toBe(NEW.version);
    expect(lock.pending).toBeUndefined();
    expect(this.has(NEXT)).toBe(false);
    expect(this.left()).toBe("nothing");
    const after = this.#photograph();
    for (const path of brought) expect(this.has(path), path).toBe(true);
    for (const [path, seen] of before)
      if (![LOCK, BASE, NEXT].some((own) => path.endsWith(own)))
        expect(words(new Map([[path, after.get(path) ?? seen]])), path).toEqual(
          words(new Map([[path, seen]])),
        );
    expect(this.#indexBytes()).toBe(index);
    const { base } = lock;
    expect(Object.keys(this.#packed(BASE, base)).length).toBeGreaterThan(0);
  }

  /** Neither another update nor a finish goes on while conflicts are open. */
  async staysOpen(open: readonly string[]): Promise<void> {
    expect(this.left()).toBe(`open: ${[...open].sort().join(", ")}`);
    const photo = words(this.#photograph());
    expect(() => finishResolved(this.directory, NEW.version)).toThrow(/still open/);
    const scratchpad = await scratch();
    await expect(
      planUpdate(
        { tree: second(), config, answers: this.read(ANSWERS), maker: NEW },
        { directory: this.directory, allowDirty: true, scratch: scratchpad },
      ),
    ).rejects.toThrow(/not finished/);
    expect(words(this.#photograph())).toEqual(photo);
    expect(this.lock().version).toBe(OLD.version);
  }
}

/** What a pack of the render holds; what was given once stays as it was given. */
const textOf = (tree: FileTree, render: FileTree): Record<string, string> => {
  const texts = new Map([...tree].map(([path, { contents }]) => [path, contents]));
  for (const [path, { contents, owner }] of render) if (owner === "once") texts.set(path, contents);
  return Object.fromEntries([...texts].sort(([a], [b]) => (a < b ? -1 : 1)));
};

const IDENTITY = ["user.name=Kim", "user.email=kim@acme.example", "init.defaultBranch=main"];

/** The real one, whatever a test puts first on the PATH. */
const SHELL_PATH = process.env.PATH ?? "";

/** Runs git as the user would, without anybody's settings or hooks. */
export function gitIn(directory: string, ...args: string[]): string {
  return execFileSync(
    "git",
    [
      ...[
        ...IDENTITY,
        "core.hooksPath=/dev/null",
        "core.fsmonitor=false",
        "protocol.file.allow=always",
      ].flatMap((setting) => ["-c", setting]),
      ...args,
    ],
    {
      cwd: directory,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: SHELL_PATH,
        HOME: process.env.HOME ?? "",
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_CONFIG_NOSYSTEM: "1",
        // Only looking must not refresh the index: the test compares its bytes.
        GIT_OPTIONAL_LOCKS: "0",
      },
    },
  );
}

/** Hooks that leave a mark, in the repository's own folder: `gitIn` does not ask them. */
function installHooks(directory: string, marks: string): void {
  const common = gitIn(directory, "rev-parse", "--path-format=absolute", "--git-common-dir");
  const folder = join(common.trim(), "hooks");
  mkdirSync(folder, { recursive: true });
  for (const name of HOOKS) {
    writeFileSync(join(folder, name), `#!/bin/sh\necho ${name} >> '${marks}'\n`);
    chmodSync(join(folder, name), 0o755);
  }
}

/** Writes a first version with its seal. */
export async function writeProject(directory: string, render: FileTree): Promise<void> {
  for (const [path, { contents, mode }] of [...render, ...(await sealOf(render, config, OLD))]) {
    const full = join(directory, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, contents);
    chmodSync(full, mode);
  }
}

/** Runs work with other variables of the environment; `undefined` takes one away. */
export async function withEnv<T>(
  variables: Readonly<Record<string, string | undefined>>,
  work: () => Promise<T>,
): Promise<T> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  const set = (name: string, value: string | undefined): void => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  for (const [name, value] of Object.entries(variables)) set(name, value);
  try {
    return await work();
  } finally {
    for (const [name, value] of before) set(name, value);
  }
}

/** Runs work where git is as old as 2.30. */
export async function withOldGit<T>(work: () => Promise<T>): Promise<T> {
  const folder = await scratch();
  const script = `#!/bin/sh
for word in "$@"; do
  case "$word" in
    --write-tree) echo "usage: git merge-tree" >&2; exit 129 ;;
  esac
done
PATH='${SHELL_PATH}' exec git "$@"
`;
  writeFileSync(join(folder, "git"), script, { mode: 0o755 });
  // Also found by a git that git starts.
  return withEnv({ PATH: `${folder}:${SHELL_PATH}`, GIT_EXEC_PATH: folder }, work);
}

/** Runs work where there is no git. */
export const withoutGit = async <T>(work: () => Promise<T>): Promise<T> =>
  withEnv({ PATH: await scratch() }, work);

/** The project that lies in a directory already. */
export const projectAt = async (root: string, setup: Setup = {}): Promise<Project> =>
  new Project(root, join(await scratch(), "marks"), setup);

/** A project made by the first version and committed. */
export async function project(setup: Setup = {}): Promise<Project> {
  const root = await scratch();
  const made = await projectAt(root, setup);
  mkdirSync(made.directory, { recursive: true });
  await writeProject(made.directory, setup.render ?? firstRender);
  if (setup.git !== false) gitIn(root, "init", "--quiet", "--template=");
  if (setup.git === undefined || setup.git === true) {
    gitIn(root, "add", "--all");
    gitIn(root, "commit", "--quiet", "--message", "first version");
  }
  return made;
}
