/** The update cases: what the new version changes, what the user did before, and what has to be there afterwards. */
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { put } from "./project.mjs";
import {
  first,
  lines,
  ofTemplate,
  ofUser,
  revised,
  UNRELATED,
  version,
  withLine,
} from "./template.mjs";

/**
 * Something that has to be true of the tree after the update.
 * @typedef {object} Check
 * @property {string} path of a conflict that would excuse it
 * @property {string} [words] what git's objects are searched for where it does not hold
 * @property {string} [otherwise] what the outcome is called where it does not hold
 * @property {(tree: Map<string, { bytes: Buffer, executable: boolean, link: boolean }>, outside: string) => boolean} holds
 */

/**
 * One update.
 * @typedef {object} Case
 * @property {string} id
 * @property {string} title
 * @property {import("./template.mjs").Template} [before] the first version, where it is not the usual one
 * @property {Record<string, import("./template.mjs").TemplateFile | undefined>} [changed] by the second version
 * @property {boolean} [withoutDocker] the option is switched off by the update
 * @property {boolean} [same] there is no second version
 * @property {"rewritten" | "remade"} [history] what happened to the template's own history
 * @property {(at: { directory: string, outside: string, state: string }) => void} [edit] committed
 * @property {(at: { directory: string, outside: string }) => void} [leave] not committed
 * @property {Check[]} [mine] what the user did
 * @property {Check[]} [theirs] what the new version brings
 */

const anywhere = (path, words) => ({
  path,
  words,
  holds: (tree) => [...tree.values()].some(({ bytes, link }) => !link && bytes.includes(words)),
});
const at = (path, words) => ({
  path,
  words,
  holds: (tree) => tree.get(path)?.link === false && tree.get(path).bytes.includes(words),
});
const mineIn = (path) => anywhere(path, ofUser(path));
const theirsIn = (path) => at(path, ofTemplate(path));
const absent = (path, otherwise) => ({ path, otherwise, holds: (tree) => !tree.has(path) });

/** Replaces a line of a file, as an editor does. */
const editLine =
  (path, line = 5) =>
  ({ directory }) => {
    const full = join(directory, path);
    chmodSync(full, 0o644 | (path.startsWith("scripts/") ? 0o111 : 0));
    writeFileSync(full, withLine(readFileSync(full, "utf8"), line, ofUser(path)));
  };
const write =
  (path, contents = `${ofUser(path)}\n`) =>
  ({ directory }) =>
    put(directory, path, contents);
const remove =
  (path) =>
  ({ directory }) =>
    rmSync(join(directory, path));

const README = "README.md";
const RUNBOOK = "docs/runbook.md";
const LOGO = "docs/logo.bin";
const MOVED = "docs/runbooks/upgrade.md";
const ADDED = "docs/support.md";
const OWN = "modules/cluster/own.tf";
const added = { [ADDED]: { contents: `${lines("support")}${ofTemplate(ADDED)}\n` } };
const change = (path, before = first, line = undefined) => ({
  [path]: revised(before, path, line),
});
const moved = (path, to) => ({ [path]: undefined, [to]: first[path] });
const replaceByFolder = ({ directory }) => {
  rmSync(join(directory, "main.tf"));
  put(directory, "main.tf/part.tf", `${ofUser("main.tf")}\n`);
};
const replaceByLink =
  (isOutside) =>
  ({ directory, outside }) => {
    const target = isOutside ? join(outside, "own.md") : join(directory, "notes/own.md");
    mkdirSync(join(directory, "notes"), { recursive: true });
    writeFileSync(target, `${ofUser(README)}\n`);
    rmSync(join(directory, README));
    symlinkSync(isOutside ? target : "notes/own.md", join(directory, README));
  };
const stillLink = (isOutside) => ({
  path: README,
  words: ofUser(README),
  holds: (tree, outside) =>
    isOutside
      ? readFileSync(join(outside, "own.md"), "utf8") === `${ofUser(README)}\n`
      : tree.get("notes/own.md")?.bytes.toString() === `${ofUser(README)}\n`,
});

const unended = { ...first, [RUNBOOK]: { contents: lines("runbook").trimEnd() } };
const WIDE = "docs/Größe der Gruppe.md";
const wide = { ...first, [WIDE]: { contents: lines("group") } };
const every = Object.fromEntries(
  Object.keys(first)
    .filter((path) => path !== LOGO)
    .map((path) => [path, revised(first, path)]),
);

/** @type {Case[]} */
export const cases = [
  { id: "1", title: "no edits", changed: change(README), theirs: [theirsIn(README)] },
  {
    id: "2",
    title: "edit in another place",
    changed: change(README),
    edit: editLine(README),
    mine: [mineIn(README)],
    theirs: [theirsIn(README)],
  },
  {
    id: "3",
    title: "edit of the same line",
    changed: change(README),
    edit: editLine(README, 15),
    mine: [mineIn(README)],
    theirs: [theirsIn(README)],
  },
  {
    id: "4",
    title: "the new version renames an edited file",
    changed: moved(RUNBOOK, MOVED),
    edit: editLine(RUNBOOK),
    mine: [mineIn(RUNBOOK)],
    theirs: [at(MOVED, "runbook 9"), absent(RUNBOOK)],
  },
  {
    id: "4b",
    title: "and edits it",
    changed: {
      [RUNBOOK]: undefined,
      [MOVED]: { contents: withLine(lines("runbook"), 15, ofTemplate(MOVED)) },
    },
    edit: editLine(RUNBOOK),
    mine: [mineIn(RUNBOOK)],
    theirs: [theirsIn(MOVED), absent(RUNBOOK)],
  },
  {
    id: "5",
    title: "the new version deletes an edited file",
    changed: { [RUNBOOK]: undefined },
    edit: editLine(RUNBOOK),
    mine: [mineIn(RUNBOOK)],
    theirs: [absent(RUNBOOK)],
  },
  {
    id: "6",
    title: "the user deleted a file that the new version changes",
    changed: change(RUNBOOK),
    edit: remove(RUNBOOK),
    mine: [absent(RUNBOOK, "re-created")],
    theirs: [theirsIn(RUNBOOK)],
  },
  {
    id: "7",
    title: "both add the same path",
    changed: added,
    edit: write(ADDED),
    mine: [mineIn(ADDED)],
    theirs: [theirsIn(ADDED)],
  },
  {
    id: "8",
    title: "binary file, changed by the user",
    edit: write(LOGO, `logo\0${ofUser(LOGO)}\n`),
    mine: [mineIn(LOGO)],
  },
  {
    id: "9",
    title: "binary file, changed by both",
    changed: { [LOGO]: { contents: `logo\0${ofTemplate(LOGO)}\n` } },
    edit: write(LOGO, `logo\0${ofUser(LOGO)}\n`),
    mine: [mineIn(LOGO)],
    theirs: [theirsIn(LOGO)],
  },
  {
    id: "10",
    title: "CRLF in the user's copy",
    changed: change(README),
    edit: ({ directory }) => {
      editLine(README)({ directory });
      const full = join(directory, README);
      writeFileSync(full, readFileSync(full, "utf8").replaceAll("\n", "\r\n"));
    },
    mine: [
      mineIn(README),
      { path: README, holds: (tree) => tree.get(README)?.bytes.includes(`${ofUser(README)}\r\n`) },
    ],
    theirs: [theirsIn(README)],
  },
  {
    id: "10b",
    title: "CRLF on disk, LF in git",
    changed: change(README),
    edit: ({ directory }) => {
      editLine(README)({ directory });
      const full = join(directory, README);
      writeFileSync(full, readFileSync(full, "utf8").replaceAll("\n", "\r\n"));
      put(directory, ".gitattributes", "README.md text eol=crlf\n");
    },
    mine: [mineIn(README)],
    theirs: [theirsIn(README)],
  },
  {
    id: "11",
    title: "the user made it executable, and edited it",
    changed: change("Makefile"),
    edit: ({ directory }) => {
      editLine("Makefile")({ directory });
      chmodSync(join(directory, "Makefile"), 0o755);
    },
    mine: [
      mineIn("Makefile"),
      { path: "Makefile", holds: (tree) => tree.get("Makefile")?.executable },
    ],
    theirs: [theirsIn("Makefile")],
  },
  {
    id: "12",
    title: "the new version moves a folder in which the user has a file",
    changed: {
      ...moved("modules/cluster/main.tf", "modules/eks/main.tf"),
      ...moved("modules/cluster/variables.tf", "modules/eks/variables.tf"),
    },
    edit: write(OWN),
    mine: [at(OWN, ofUser(OWN))],
    theirs: [at("modules/eks/main.tf", "cluster 9"), absent("modules/cluster/main.tf")],
  },
  {
    id: "13",
    title: "the user made a folder of a file that the new version changes",
    changed: change("main.tf"),
    edit: replaceByFolder,
    mine: [mineIn("main.tf")],
    theirs: [theirsIn("main.tf")],
  },
  {
    id: "13b",
    title: "that it does not touch",
    edit: replaceByFolder,
    mine: [mineIn("main.tf")],
  },
  {
    id: "13c",
    title: "and it changes every file",
    changed: every,
    edit: replaceByFolder,
    mine: [mineIn("main.tf")],
    theirs: Object.keys(every).map(theirsIn),
  },
  {
    id: "14",
    title: "no newline at the end, both append",
    before: unended,
    changed: { [RUNBOOK]: { contents: `${unended[RUNBOOK].contents}\n${ofTemplate(RUNBOOK)}` } },
    edit: write(RUNBOOK, `${unended[RUNBOOK].contents}\n${ofUser(RUNBOOK)}`),
    mine: [mineIn(RUNBOOK)],
    theirs: [theirsIn(RUNBOOK)],
  },
  {
    id: "15",
    title: "an edit that is not committed",
    changed: change(README),
    leave: editLine(README),
    mine: [mineIn(README)],
    theirs: [theirsIn(README)],
  },
  {
    id: "16",
    title: "an untracked file where a new one goes",
    changed: added,
    leave: write(ADDED),
    mine: [mineIn(ADDED)],
    theirs: [theirsIn(ADDED)],
  },
  {
    id: "17",
    title: "an ignored file where a new one goes",
    changed: added,
    leave: ({ directory }) => {
      writeFileSync(join(directory, ".git/info/exclude"), `${ADDED}\n`);
      write(ADDED)({ directory });
    },
    mine: [mineIn(ADDED)],
    theirs: [theirsIn(ADDED)],
  },
  {
    id: "18",
    title: "a symbolic link in place of a file that changes",
    changed: change(README),
    edit: replaceByLink(false),
    mine: [stillLink(false)],
    theirs: [theirsIn(README)],
  },
  {
    id: "18b",
    title: "that leads out of the repository",
    changed: change(README),
    edit: replaceByLink(true),
    mine: [stillLink(true)],
    theirs: [theirsIn(README)],
  },
  {
    id: "19",
    title: "an option switched off, its file edited",
    withoutDocker: true,
    edit: editLine("Dockerfile"),
    mine: [mineIn("Dockerfile")],
    theirs: [absent("Dockerfile")],
  },
  {
    id: "20",
    title: "the same version, an edit committed",
    same: true,
    edit: editLine(README),
    mine: [mineIn(README)],
  },
  {
    id: "20b",
    title: "the same version, an edit not committed",
    same: true,
    leave: editLine(README),
    mine: [mineIn(README)],
  },
  {
    id: "21",
    title: "the template's history rewritten",
    history: "rewritten",
    changed: change(README),
    edit: editLine(README),
    mine: [mineIn(README)],
    theirs: [theirsIn(README)],
  },
  {
    id: "21b",
    title: "its first tag made anew, with other text",
    history: "remade",
    changed: change(README),
    edit: editLine(README),
    mine: [mineIn(README)],
    theirs: [theirsIn(README)],
  },
  {
    id: "23a",
    title: "spaces and umlauts in the name: as 2",
    before: wide,
    changed: change(WIDE, wide),
    edit: editLine(WIDE),
    mine: [mineIn(WIDE)],
    theirs: [theirsIn(WIDE)],
  },
  {
    id: "23b",
    title: "as 3",
    before: wide,
    changed: change(WIDE, wide),
    edit: editLine(WIDE, 15),
    mine: [mineIn(WIDE)],
    theirs: [theirsIn(WIDE)],
  },
  {
    id: "23c",
    title: "as 6",
    before: wide,
    changed: change(WIDE, wide),
    edit: remove(WIDE),
    mine: [absent(WIDE, "re-created")],
    theirs: [theirsIn(WIDE)],
  },
  {
    id: "23d",
    title: "as 5",
    before: wide,
    changed: { [WIDE]: undefined },
    edit: editLine(WIDE),
    mine: [mineIn(WIDE)],
    theirs: [absent(WIDE)],
  },
  {
    id: "24",
    title: "a note in the tool's own state file",
    changed: change(README),
    edit: ({ directory, state }) => {
      const full = join(directory, state);
      const text = readFileSync(full, "utf8");
      chmodSync(full, 0o644);
      writeFileSync(
        full,
        state.endsWith(".json")
          ? text.replace("{", `{\n  "note": "${ofUser("state")}",`)
          : `${text}# ${ofUser("state")}\n`,
      );
    },
    mine: [anywhere("state", ofUser("state"))],
    theirs: [theirsIn(README)],
  },
  {
    id: "26",
    title: "the user renamed a file that the new version changes",
    changed: change(RUNBOOK),
    edit: ({ directory }) => {
      editLine(RUNBOOK)({ directory });
      renameSync(join(directory, RUNBOOK), join(directory, "docs/on-call.md"));
    },
    mine: [mineIn(RUNBOOK), absent(RUNBOOK, "re-created")],
    theirs: [anywhere(RUNBOOK, ofTemplate(RUNBOOK))],
  },
];

/** The case's versions, the first and the second. */
export function versionsOf({ before = first, changed = {}, same = false }) {
  const unrelated = same ? {} : { [UNRELATED]: revised(before, UNRELATED) };
  return { before, after: version(before, { ...unrelated, ...changed }) };
}
