#!/usr/bin/env node
import { run } from "./main.ts";
import { processTerminal } from "./terminal.ts";

const controller = new AbortController();
let signals = 0;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => {
    signals += 1;
    controller.abort(signal);
    // A second Ctrl-C does not wait for the clean-up.
    if (signals > 1) process.exit(130);
  });
// A closed pipe (`… | head`) ends the output, it is no failure of ours. What is said to a person may get lost, the
// work goes on; a result that cannot be delivered is a failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  process.stderr.write(`error standard output cannot be written (${error.code})\n`);
  process.exit(1);
});
process.stderr.on("error", () => undefined);
// What a command asks of V8 (of Node 20 to 24), where it was measured to pay. An audit calls thousands of functions a few
// times each: code that is optimised meanwhile comes too late, in a repository of six thousand files, too. An update holds
// two renders until it ends: a young generation that grows in small steps is copied ten times for nothing.
const ROOM = "--semi-space-growth-factor=16 --no-minor-gc-task";
const FLAGS = new Map([
  ["audit", "--no-opt"],
  ...["upgrade", "set", "add", "remove"].map((command) => [command, ROOM] as const),
]);
const flags = FLAGS.get(process.argv[2] ?? "");
// Loaded here, where it is used.
if (flags !== undefined && /^1[1-3]\./.test(process.versions.v8))
  process.getBuiltinModule("node:v8").setFlagsFromString(flags);
process.exitCode = await run(process.argv.slice(2), processTerminal(controller.signal));
