/**
 * git as a child process, by plumbing commands only. Hooks, pagers, file-system monitors and the user's own settings do not
 * take part.
 */
import { execFile, spawnSync } from "node:child_process";

/** git is there and refused, or answered what is not understood. */
export class GitError extends Error {
  override name = "GitError";
  readonly mend: string;
  constructor(message: string, mend: string) {
    super(message);
    this.mend = mend;
  }
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

/** How git ended. */
export interface Answer {
  status: number;
  out: Buffer;
  err: string;
}

const optionsOf = (directory: string, env: Readonly<Record<string, string>>) => ({
  cwd: directory,
  env: environment(env),
  maxBuffer: LIMIT,
  timeout: TIMEOUT_MS,
  killSignal: "SIGKILL" as const,
  windowsHide: true,
});

/** What git is given. */
interface Given {
  input?: Buffer | string;
  env?: Readonly<Record<string, string>>;
}

/** Runs git and waits for it. Throws what the system says where it does not start. */
export function git(
  directory: string,
  args: readonly string[],
  { input, env = {} }: Given = {},
): Answer {
  const result = spawnSync("git", [...SETTINGS, ...args], {
    ...optionsOf(directory, env),
    ...(input === undefined ? { stdio: ["ignore", "pipe", "pipe"] } : { input }),
  });
  // One that ends without reading all of it has said why on stderr.
  const { code } = (result.error ?? {}) as NodeJS.ErrnoException;
  if (result.error !== undefined && code !== "EPIPE") throw result.error;
  return { status: result.status ?? -1, out: result.stdout, err: result.stderr.toString("utf8") };
}

/** Runs git beside this process. Rejects with what the system says where it does not start. */
export const gitBeside = (
  directory: string,
  args: readonly string[],
  { input, env = {} }: Given = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const options = { ...optionsOf(directory, env), encoding: "buffer" as const };
    const child = execFile("git", [...SETTINGS, ...args], options, (error, out, err) => {
      const code = error?.code;
      if (typeof code === "string") reject(error);
      else resolve({ status: error === null ? 0 : (code ?? -1), out, err: err.toString("utf8") });
    });
    // One that ends without reading all of it has said why on stderr.
    child.stdin?.on("error", () => undefined).end(input);
  });

/** What git said. Throws `GitError` where it refused. */
export function must(answer: Answer, what: string): Buffer {
  if (answer.status === 0) return answer.out;
  throw new GitError(
    `git ${what} failed: ${answer.err.trim().split("\n")[0] ?? `exit ${answer.status}`}`,
    "run the same in the repository to see why",
  );
}

/** The parts of an answer with -z. */
export const parts = (out: Buffer): string[] => {
  const list = out.toString("utf8").split("\0");
  if (list.at(-1) === "") list.pop();
  return list;
};

/** One entry of a tree. */
export interface TreeEntry {
  mode: string;
  id: string;
}
