/** Updates killed while they write, and what one more run makes of them. */
import { spawn } from "node:child_process";
import { lstatSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { commitAll, environmentOf, photograph, put, sameTree } from "./project.mjs";
import { manyFiles, ofTemplate, ofUser, revised, withLine } from "./template.mjs";
import { attempt, makeProject } from "./tools.mjs";

const FILES = 150;
const EDITED = 10;
/** Killed when so many of the files have changed. */
export const POINTS = [0.01, 0.25, 0.5, 0.75, 1];

const before = manyFiles(FILES);
const after = Object.fromEntries(Object.keys(before).map((path) => [path, revised(before, path)]));
const edited = Object.keys(before).filter((_, index) => index % (FILES / EDITED) === 0);

const markOf = (full) => {
  const facts = lstatSync(full, { bigint: true, throwIfNoEntry: false });
  return facts === undefined ? "" : `${facts.ino} ${facts.mtimeNs} ${facts.size}`;
};

/** Starts the command and kills it, with all that it started, once `count` files have changed. */
async function runAndKill({ command, args }, { folder, directory }, count) {
  const files = Object.keys(before).map((path) => join(directory, path));
  const marks = files.map(markOf);
  const child = spawn(command, args, {
    cwd: directory,
    env: environmentOf(folder),
    stdio: "ignore",
    detached: true,
  });
  let ended = false;
  const end = new Promise((resolve) => {
    child.once("close", () => {
      ended = true;
      resolve();
    });
  });
  while (!ended) {
    if (files.filter((file, index) => markOf(file) !== marks[index]).length >= count) {
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It was faster.
      }
      break;
    }
    await new Promise(setImmediate);
  }
  await end;
  return child.signalCode === "SIGKILL";
}

const has = (tree, path, words) => tree.get(path)?.bytes.includes(words) === true;

/** How a tree stands between both versions. */
function standing(tree, start) {
  const lost = edited.filter((path) => !has(tree, path, ofUser(path))).length;
  const arrived = Object.keys(after).filter((path) => has(tree, path, ofTemplate(path))).length;
  return { lost, whole: arrived === FILES && lost === 0, untouched: sameTree(tree, start) };
}

/** @param {import("./tools.mjs").Tool} tool */
export async function kill(tool, scratch) {
  const results = [];
  for (const point of POINTS) {
    const folder = join(scratch, `${tool.id}-kill`);
    mkdirSync(folder, { recursive: true });
    const at = makeProject(tool, folder, before);
    for (const path of edited)
      put(at.directory, path, withLine(before[path].contents, 5, ofUser(path)));
    commitAll(at.directory, "the user's work");
    const command = tool.update(at, after, { before });
    const start = photograph(at.directory);
    const killed = await runAndKill(command, at, Math.max(1, Math.round(point * FILES)));
    const killedTree = standing(photograph(at.directory), start);
    attempt(command, at);
    const healed = standing(photograph(at.directory), start);
    results.push({
      point,
      killed,
      torn: !(killedTree.whole || killedTree.untouched),
      lost: killedTree.lost,
      healed: healed.whole,
      lostAfter: healed.lost,
    });
    rmSync(folder, { recursive: true, force: true });
  }
  return results;
}
