/** Private directories that never outlive this process. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rmSync, statSync } from "node:fs";
import { mkdir, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alive } from "./alive.ts";

const windows = process.platform === "win32";
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
 * Without a guard, as where there is no shell (Windows), a later run without one removes what a killed one left, an hour on.
 *
 * @param guarded false where it holds little, for a moment, and no child that lasts: a process less to start
 */
export async function makeScratch(guarded = !windows): Promise<Scratch> {
  const parent = await realpath(tmpdir());
  const directory = join(parent, `${PREFIX}${process.pid}-${randomBytes(6).toString("hex")}`);
  await mkdir(directory, { mode: 0o700 });
  const guard = guarded ? startGuard(directory) : undefined;
  const tell = (line: string): void => {
    guard?.stdin?.write(`${line}\n`);
  };
  if (!guarded) await sweep(parent);
  return {
    directory,
    watch: (pid) => tell(`run ${pid}`),
    unwatch: (pid) => tell(`end ${pid}`),
    remove: async () => {
      // Windows keeps a file locked for a moment after the process that used it has gone.
      rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
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

const HOUR_MS = 3_600_000;

async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const pid = /^create-hardened-eks-(\d+)-[0-9a-f]{12}$/.exec(name)?.[1];
    if (pid === undefined || alive(Number(pid))) continue;
    // The number may be one of another container, which sees the same directory.
    const { mtimeMs = Date.now() } = statSync(join(parent, name), { throwIfNoEntry: false }) ?? {};
    if (mtimeMs > Date.now() - HOUR_MS) continue;
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
