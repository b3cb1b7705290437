/** How long an update of the whole repository takes: the built program beside copier on the same files. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { quantile } from "../measure.mjs";
import { filesIn } from "../peers.mjs";
import { commitAll, environmentOf, git, put } from "./project.mjs";

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const EDITED = 10;
const BESIDE = 10_000;
const GNU_TIME = "/usr/bin/time";
/**
 * Where Linux keeps files in memory: what the disk takes is seen by what is left without it. Every tool has its temporary
 * files there, or what one round deletes would slow the next (see REST_MS).
 */
const MEMORY = "/dev/shm";
/**
 * ext4 takes no inode again that was deleted in the last minute, and looks at each of them for every new file: what was
 * deleted before the first round made 250 new files take 100 ms instead of 5.
 */
const REST_MS = 65_000;
const OURS = /^(hardened-eks\.yaml|\.hardened-eks\/(lock\.json|base\.pack))$/;

/** Files of a repository that are merged, by path. */
function mergedFiles(directory) {
  return new Map(
    filesIn(directory)
      .map((full) => [full.slice(directory.length + 1), full])
      .filter(([path]) => !path.startsWith(".git/") && !OURS.test(path)),
  );
}

/** Our repository, as if an older version had made it and its user had edited some files. */
function prepareOurs(scratch, bundle, name, beside) {
  const directory = join(scratch, name, "acme-platform");
  mkdirSync(dirname(directory), { recursive: true });
  const run = (...args) =>
    execFileSync(process.execPath, args, {
      cwd: dirname(directory),
      env: environmentOf(scratch),
      stdio: ["ignore", "ignore", "pipe"],
    });
  run(join(root, "dist/bin.js"), "acme-platform", "--yes", "--no-validate");
  const fresh = join(scratch, `${name}-fresh`);
  cpSync(directory, fresh, { recursive: true });
  run(bundle, "age", directory);
  for (let index = 0; index < beside; index += 1)
    put(directory, `apps/team-${index % 100}/file-${index}.yaml`, `number: ${index}\n`);
  commitAll(directory, "as it was made");
  return { directory, fresh };
}

/** One line at the top of some files: far from where the new version changes them. */
function editSome(directory, paths) {
  const text = paths.filter((path) => /\.(tf|md)$/.test(path));
  for (const path of text.filter((_, index) => index % Math.floor(text.length / EDITED) === 0)) {
    const full = join(directory, path);
    writeFileSync(full, `# by hand\n${readFileSync(full, "utf8")}`);
  }
  commitAll(directory, "the user's work");
}

/** The same files as a template of copier, which renders them as they are. */
function prepareCopier(scratch, copier, old, fresh, paths) {
  const folder = join(scratch, "times-copier");
  const at = { folder, directory: join(folder, "acme") };
  mkdirSync(at.directory, { recursive: true });
  const files = (directory) =>
    Object.fromEntries(
      paths.map((path) => [
        `${path}.jinja`,
        {
          contents: `{% raw %}${readFileSync(join(directory, path), "utf8")}{% endraw %}`,
        },
      ]),
    );
  copier.make(at, files(old));
  commitAll(at.directory, "as it was made");
  editSome(at.directory, paths);
  return { ...at, command: copier.update(at, files(fresh), { before: files(old) }) };
}

/** A copy for each round, made before the first: to put one back would delete files between the rounds. */
function copiesOf(directory, count) {
  const folder = `${directory}-copies`;
  return Array.from({ length: count }, (_, index) => {
    const copy = join(folder, String(index), basename(directory));
    cpSync(directory, copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    git(copy, "update-index", "-q", "--refresh");
    return copy;
  });
}

/** Milliseconds of wall and of processor, with all that the command starts. */
function once({ command, args, directory }, scratch, temporary) {
  const note = join(scratch, "processor");
  const timed = existsSync(GNU_TIME);
  const [program, words] = timed
    ? [GNU_TIME, ["-f", "%U %S", "-o", note, command, ...args]]
    : [command, args];
  const start = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(program, words, {
    cwd: directory,
    env: { ...environmentOf(scratch), ...(temporary === undefined ? {} : { TMPDIR: temporary }) },
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const wall = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")} exited with ${status}:\n${stderr}`);
  const processor = timed
    ? readFileSync(note, "utf8")
        .trim()
        .split(" ")
        .reduce((sum, part) => sum + Number(part), 0) * 1000
    : undefined;
  return { wall, processor, stdout };
}

/**
 * @param {{ scratch: string, tools: import("./tools.mjs").Tool[], bundle: string, rounds: number, say: (text: string) => void }} given
 */
export function times({ scratch, tools, bundle, rounds, say }) {
  const { directory, fresh } = prepareOurs(scratch, bundle, "times-ours", 0);
  const paths = [...mergedFiles(fresh).keys()];
  const old = join(scratch, "times-old");
  cpSync(directory, old, { recursive: true });
  editSome(directory, paths);
  const large = prepareOurs(scratch, bundle, "times-large", BESIDE).directory;
  editSome(large, paths);
  const memory = existsSync(MEMORY)
    ? mkdtempSync(join(MEMORY, "hardened-eks-updates-"))
    : undefined;
  const upgrade = (at) => ({
    command: process.execPath,
    args: [join(root, "dist/bin.js"), "upgrade", ".", "--json", "--no-input"],
    directory: at,
  });
  const subjects = [
    {
      id: "node",
      title: "`node -e 0`",
      command: process.execPath,
      args: ["-e", "0"],
      directory: scratch,
    },
    {
      id: "ours",
      title: "upgrade",
      ...upgrade(directory),
      git: true,
      own: (stdout) => JSON.parse(stdout).durationMs,
    },
    {
      id: "large",
      title: `upgrade, ${BESIDE.toLocaleString("en")} other files beside`,
      ...upgrade(large),
      git: true,
      own: (stdout) => JSON.parse(stdout).durationMs,
    },
  ];
  if (memory !== undefined) {
    const at = join(memory, "acme-platform");
    cpSync(directory, at, { recursive: true });
    subjects.splice(2, 0, {
      ...subjects[1],
      id: "memory",
      title: "upgrade, files in memory",
      ...upgrade(at),
    });
  }
  const copier = tools.find(({ id }) => id === "copier");
  if (copier !== undefined) {
    const { directory: at, command } = prepareCopier(scratch, copier, old, fresh, paths);
    subjects.push({
      id: "copier",
      title: `${copier.title}: update`,
      ...command,
      directory: at,
      git: true,
    });
  }
  const walls = new Map(subjects.map(({ id }) => [id, []]));
  const processors = new Map(subjects.map(({ id }) => [id, []]));
  const owns = new Map(subjects.map(({ id }) => [id, []]));
  const loads = [];
  say("times: a copy for each round");
  const copies = new Map(
    subjects.map(({ id, directory: at, git: isRepository }) => [
      id,
      isRepository ? copiesOf(at, rounds + 1) : undefined,
    ]),
  );
  say("times: a minute's rest");
  // What is still to be written is not written while something is measured.
  spawnSync("sync");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, REST_MS);
  for (let round = 0; round <= rounds; round += 1) {
    loads.push(loadavg()[0] / availableParallelism());
    say(round === 0 ? "times: warm-up" : `times: round ${round} of ${rounds}`);
    for (const subject of subjects) {
      const at = copies.get(subject.id)?.[round] ?? subject.directory;
      const { wall, processor, stdout } = once({ ...subject, directory: at }, scratch, memory);
      if (round === 0) continue;
      walls.get(subject.id).push(wall);
      if (processor !== undefined) processors.get(subject.id).push(processor);
      if (subject.own !== undefined) owns.get(subject.id).push(subject.own(stdout));
    }
  }
  for (const name of readdirSync(scratch).filter((name) => name.startsWith("times-")))
    rmSync(join(scratch, name), { recursive: true, force: true });
  if (memory !== undefined) rmSync(memory, { recursive: true, force: true });
  return {
    files: paths.length,
    edited: EDITED,
    rounds,
    load: quantile(loads, 0.5),
    subjects: subjects.map(({ id, title }) => ({
      id,
      title,
      medianMs: quantile(walls.get(id), 0.5),
      p10Ms: quantile(walls.get(id), 0.1),
      p90Ms: quantile(walls.get(id), 0.9),
      ...(processors.get(id).length === 0
        ? {}
        : { processorMs: quantile(processors.get(id), 0.5) }),
      ...(owns.get(id).length === 0
        ? {}
        : { ownMs: quantile(owns.get(id), 0.5), leastOwnMs: Math.min(...owns.get(id)) }),
    })),
  };
}
