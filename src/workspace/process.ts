/** Child processes: no hang, nothing left behind. */

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { alive } from "./alive.ts";

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
  /** Kills the child if this process is killed. */
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

/** Runs a program without a shell. Rejects only where `signal` was aborted before the start. */
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
  const child = execa(file, args, {
    cwd: options.cwd,
    env: options.env as NodeJS.ProcessEnv,
    extendEnv: false,
    ...(options.input === undefined ? { stdin: "ignore" as const } : { input: options.input }),
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

const PREFIX = "create-hardened-eks-";

/** A private directory under the system's temporary directory. */
export interface Scratch {
  /** Its real path. */
  directory: string;
  /** Kills this child's group if this process is killed. */
  watch(pid: number): void;
  unwatch(pid: number): void;
  /** Removes the directory. */
  remove(): Promise<void>;
}

/**
 * Makes a scratch directory that never outlives us: `remove` deletes it, and if this process is
 * killed before that, a shell that waits on a pipe from us does.
 * Where there is no shell (Windows), the next run removes what a killed one left.
 */
export async function makeScratch(): Promise<Scratch> {
  const parent = await realpath(tmpdir());
  const directory = join(parent, `${PREFIX}${process.pid}-${randomBytes(6).toString("hex")}`);
  await mkdir(directory, { mode: 0o700 });
  const guard = windows ? undefined : startGuard(directory);
  const tell = (line: string): void => {
    guard?.stdin?.write(`${line}\n`);
  };
  if (windows) await sweep(parent);
  return {
    directory,
    watch: (pid) => tell(`run ${pid}`),
    unwatch: (pid) => tell(`end ${pid}`),
    remove: async () => {
      // Windows keeps a file locked for a moment after the process that used it has gone.
      await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      guard?.stdin?.end("done\n");
    },
  };
}

function startGuard(directory: string): ChildProcess {
  const script = [
    "pids=' '",
    "while read -r word pid; do",
    '  case "$word" in',
    '    run) pids="$pids$pid " ;;',
    '    end) pids="${pids%%" $pid "*} ${pids#*" $pid "}" ;;',
    "    done) exit 0 ;;",
    "  esac",
    "done",
    'for pid in $pids; do kill -9 "-$pid"; done 2>/dev/null',
    "sleep 0.1",
    'rm -rf -- "$1"',
  ].join("\n");
  const guard = spawn("/bin/sh", ["-c", script, "sh", directory], {
    // Of a session of its own, so that Ctrl-C and a kill of our group do not reach it.
    detached: true,
    cwd: "/",
    stdio: ["pipe", "ignore", "ignore"],
  });
  guard.on("error", () => undefined);
  guard.stdin?.on("error", () => undefined);
  guard.unref();
  (guard.stdin as unknown as { unref?(): void } | null)?.unref?.();
  return guard;
}

async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const pid = /^create-hardened-eks-(\d+)-[0-9a-f]{12}$/.exec(name)?.[1];
    if (pid === undefined || alive(Number(pid))) continue;
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
