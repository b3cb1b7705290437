/** Runs commands in turn, A B C A B C, and keeps wall times; memory is taken in runs of its own. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * One command to measure.
 * @typedef {object} Subject
 * @property {string} id
 * @property {string} title
 * @property {(folder: string) => { command: string, args: string[] }} command gets an empty folder of its own
 * @property {number} [runs] fewer rounds than the others, for the slow ones
 * @property {(folder: string) => number} [files] counts what one run made
 * @property {(stdout: string) => number} [own] milliseconds that the command itself reports
 */

/** Only what a command needs to start: no answer and no colour of the developer's own shell. */
export const environment = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  TMPDIR: process.env.TMPDIR ?? "/tmp",
  LANG: "C.UTF-8",
  CI: "1",
  NO_COLOR: "1",
};

const GNU_TIME = "/usr/bin/time";

/** Runs one subject once. Throws where the command fails: a failing command has no speed. */
function once(subject, folder, wrap = (command, args) => [command, args]) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { command, args } = subject.command(folder);
  const [program, words] = wrap(command, args);
  const start = process.hrtime.bigint();
  const ran = spawnSync(program, words, {
    cwd: folder,
    env: environment,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 * 1024 * 1024,
  });
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
  if (ran.error) throw ran.error;
  if (ran.status !== 0)
    throw new Error(
      `${subject.title} exited with ${ran.status}:\n${`${ran.stderr}${ran.stdout}`.slice(-2000)}`,
    );
  return { milliseconds, stdout: ran.stdout };
}

/** Greatest resident memory in MB of the largest process of one run, where GNU time is installed. */
function peakMemory(subject, folder) {
  if (!existsSync(GNU_TIME)) return undefined;
  const note = `${folder}.memory`;
  once(subject, folder, (command, args) => [GNU_TIME, ["-f", "%M", "-o", note, command, ...args]]);
  const kilobytes = Number(readFileSync(note, "utf8").trim());
  rmSync(note);
  return kilobytes / 1024;
}

export const quantile = (values, part) => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const below = sorted[Math.floor(at)];
  return below + (sorted[Math.ceil(at)] - below) * (at - Math.floor(at));
};

export const median = (values) => quantile(values, 0.5);

/**
 * Measures all subjects interleaved, after one round of warm-up that is thrown away.
 *
 * @param {Subject[]} subjects
 * @param {{ runs: number, scratch: string, onRound?: (text: string) => void }} options
 */
export function measure(subjects, { runs, scratch, onRound = () => undefined }) {
  const times = new Map(subjects.map(({ id }) => [id, []]));
  const owns = new Map(subjects.map(({ id }) => [id, []]));
  const files = new Map();
  const folder = (subject) => join(scratch, "run", subject.id);
  for (let round = 0; round <= runs; round += 1) {
    onRound(round === 0 ? "warm-up" : `round ${round} of ${runs}`);
    for (const subject of subjects) {
      const limit = subject.runs ?? runs;
      // A subject with one run only is measured cold: warming it would double a long wait.
      if (round > limit || (round === 0 && limit === 1)) continue;
      const { milliseconds, stdout } = once(subject, folder(subject));
      if (round === 0) continue;
      times.get(subject.id).push(milliseconds);
      if (subject.own) owns.get(subject.id).push(subject.own(stdout));
      if (subject.files) files.set(subject.id, subject.files(folder(subject)));
    }
  }
  onRound("memory");
  return subjects.map((subject) => {
    const milliseconds = times.get(subject.id);
    const own = owns.get(subject.id);
    const memory = subject.runs === 1 ? undefined : peakMemory(subject, folder(subject));
    rmSync(folder(subject), { recursive: true, force: true });
    return {
      id: subject.id,
      title: subject.title,
      runs: milliseconds.length,
      medianMs: median(milliseconds),
      p10Ms: quantile(milliseconds, 0.1),
      p90Ms: quantile(milliseconds, 0.9),
      ...(own.length > 0 ? { ownMs: median(own) } : {}),
      ...(files.has(subject.id) ? { files: files.get(subject.id) } : {}),
      ...(memory === undefined ? {} : { peakMb: memory }),
    };
  });
}
