/**
 * A process that kills itself: it does one part of an update, and ends by SIGKILL before its n-th write. Bundled by
 * kill.test.ts, which starts it. With no number it lives, and says what it would have written.
 */
import child from "node:child_process";
import fs, { mkdtempSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join, sep } from "node:path";
import {
  abortUpdate,
  applyUpdate,
  finishCutOff,
  finishResolved,
  planUpdate,
} from "../../src/lifecycle/update.ts";
import { targetOf } from "../support/versions.ts";

/** What a process is told. */
export interface Order {
  what: "apply" | "finishCutOff" | "finishResolved" | "abort";
  directory: string;
  scratch: string;
  /** Dies before the n-th write, counted from 1. */
  at?: number;
  /** Says so at this call of the journal's hook, and goes on when a byte comes in. */
  holdAt?: string;
}

const order = JSON.parse(process.argv[2] as string) as Order;
const seen: string[] = [];
let writes = 0;
const die = (): void => {
  process.kill(process.pid, "SIGKILL");
};

const WRITES = [
  "writeFileSync",
  "renameSync",
  "linkSync",
  "unlinkSync",
  "mkdirSync",
  "rmSync",
  "rmdirSync",
  "chmodSync",
  "symlinkSync",
  "copyFileSync",
] as const;
const inside = (path: unknown): boolean =>
  typeof path === "string" && path.startsWith(order.directory + sep);
function counted(name: string, paths: unknown[]): void {
  const places = paths
    .filter(inside)
    .map((path) => (path as string).slice(order.directory.length + 1));
  writes += 1;
  if (writes === order.at) die();
  seen.push(`${name} ${places.join(" ")}`);
}
const isThere = (path: string): boolean =>
  fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined;
let depth = 0;
for (const name of WRITES) {
  const real = fs[name] as (...args: unknown[]) => unknown;
  Object.assign(fs, {
    [name]: (...args: unknown[]) => {
      const paths = args.slice(0, 2);
      // Taking away what is not there is no write.
      const isIdle =
        name === "rmSync" && !paths.some((path) => inside(path) && isThere(path as string));
      if (depth === 0 && paths.some(inside) && !isIdle) counted(name, paths);
      depth += 1;
      try {
        return real(...args);
      } finally {
        depth -= 1;
      }
    },
  });
}
const spawn = child.spawnSync;
Object.assign(child, {
  spawnSync: (file: string, args: string[], ...rest: unknown[]) => {
    if (args.includes("update-index") || args.includes("hash-object")) counted("git", []);
    return (spawn as (...all: unknown[]) => unknown)(file, args, ...rest);
  },
});
syncBuiltinESMExports();

const hook = (what: string): void => {
  seen.push(`hook ${what}`);
  if (what !== order.holdAt) return;
  fs.writeSync(1, "held\n");
  fs.readSync(0, Buffer.alloc(1));
};

const { directory } = order;
if (order.what === "apply") {
  const scratch = mkdtempSync(join(order.scratch, "git-"));
  await applyUpdate(await planUpdate(targetOf("0.2.0"), { directory, scratch }), hook);
} else if (order.what === "finishCutOff") finishCutOff(directory, hook);
else if (order.what === "finishResolved") finishResolved(directory, "0.2.0", hook);
else abortUpdate(directory, hook);
process.stdout.write(JSON.stringify(seen));
