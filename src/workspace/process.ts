/** Child processes: no hang, nothing left behind. */

import { spawn } from "node:child_process";
import { execa } from "execa";
import type { Scratch } from "./scratch.ts";

/** How a child is to be run. */
export interface RunOptions {
  cwd: string;
  /** The whole environment of the child; nothing is added to it. */
  env: Readonly<Record<string, string | undefined>>;
  /** The child, and all that it started, is killed after this. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Given on standard input; else that is closed. */
  input?: string | undefined;
  /**
   * Kills the child if this process is killed, from the child's first step on. Except on Windows a shell starts it,
   * which may add `PWD` and `SHLVL` to its environment and ends with 126 or 127 where it cannot.
   */
  scratch?: Scratch | undefined;
}

/** How a child ended. */
export interface RunResult {
  /** `undefined` where it did not end by itself. */
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
  /** Why there is no exit code. */
  failure?: "not-started" | "timeout" | "aborted" | "killed" | "too-much-output";
  /** What the system said, for `not-started` and `killed`. */
  reason?: string;
}

const windows = process.platform === "win32";
const GRACE_MS = 2000;
const MAX_OUTPUT = 256 * 1024 * 1024;
const running = new Set<number>();
let watching = false;

/** Kills a child with all that it started. */
function killTree(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    if (windows) spawn("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore" });
    // Each child leads a process group of its own, which its plugins belong to.
    else process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

/**
 * Waits for a word on descriptor 3, and then becomes the program, under the same process id. So the guard of a scratch
 * directory knows the child before it does anything, and if we are killed before it could be told, nothing is started.
 */
const HELD = 'read -r go <&3 || exit; exec 3<&-; exec "$@"';

async function* once(watched: Promise<void>): AsyncGenerator<string> {
  await watched;
  yield "go\n";
}

/** Runs a program, its arguments read by no shell. Rejects only where `signal` was aborted before the start. */
export async function run(
  file: string,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  options.signal?.throwIfAborted();
  if (!watching) {
    watching = true;
    process.on("exit", () => {
      for (const pid of running) killTree(pid, "SIGKILL");
    });
  }
  const held = options.scratch !== undefined && !windows;
  let release = (): void => undefined;
  const watched = new Promise<void>((resolve) => {
    release = resolve;
  });
  const child = execa(held ? "/bin/sh" : file, held ? ["-c", HELD, "sh", file, ...args] : args, {
    cwd: options.cwd,
    env: options.env as NodeJS.ProcessEnv,
    extendEnv: false,
    ...(options.input === undefined ? {} : { input: options.input }),
    stdio: [
      options.input === undefined ? "ignore" : "pipe",
      "pipe",
      "pipe",
      ...(held ? [once(watched)] : []),
    ],
    reject: false,
    detached: !windows,
    cleanup: false,
    windowsHide: true,
    stripFinalNewline: false,
    maxBuffer: MAX_OUTPUT,
  });
  const { pid } = child;
  if (pid !== undefined) {
    running.add(pid);
    options.scratch?.watch(pid);
  }
  release();
  let failure: RunResult["failure"];
  let last: NodeJS.Timeout | undefined;
  const end = (why: RunResult["failure"]): void => {
    failure ??= why;
    if (pid === undefined) return;
    killTree(pid, "SIGTERM");
    last ??= setTimeout(() => killTree(pid, "SIGKILL"), GRACE_MS);
  };
  const timer = setTimeout(() => end("timeout"), options.timeoutMs);
  const onAbort = (): void => end("aborted");
  options.signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const result = await child;
    failure ??= result.isMaxBuffer ? "too-much-output" : undefined;
    if (failure === undefined && result.exitCode === undefined)
      failure = result.isTerminated ? "killed" : "not-started";
    const reason = result.isTerminated ? result.signal : (result.code ?? result.originalMessage);
    return {
      exitCode: failure === undefined ? result.exitCode : undefined,
      stdout: result.stdout,
      stderr: result.stderr,
      ...(failure === undefined ? {} : { failure }),
      ...(failure === undefined || reason === undefined ? {} : { reason }),
    };
  } finally {
    clearTimeout(timer);
    clearTimeout(last);
    options.signal?.removeEventListener("abort", onAbort);
    if (pid !== undefined) {
      // What the child itself left running (a plugin that outlived it) goes too.
      if (failure !== undefined) killTree(pid, "SIGKILL");
      running.delete(pid);
      options.scratch?.unwatch(pid);
    }
  }
}
