/** The newest published version, asked of npm, which knows the user's registry and proxy. */
import compareVersions from "semver/functions/compare.js";
import validVersion from "semver/functions/valid.js";
import { run } from "../../workspace/process.ts";
import type { Terminal } from "../terminal.ts";
import { VERSION } from "../version.ts";
import type { CheckFinding } from "./findings.ts";

const TIMEOUT_MS = 30_000;

/** A finding where a newer version is published, or where nobody could say. */
export async function newerVersion(terminal: Terminal): Promise<CheckFinding[]> {
  const { exitCode, stdout, stderr } = await run(
    "npm",
    ["view", "create-hardened-eks", "version", "--json"],
    { cwd: terminal.cwd, env: terminal.env, timeoutMs: TIMEOUT_MS, signal: terminal.signal },
  );
  const common = { rule: "version.newer", path: ".hardened-eks/lock.json" };
  let newest: unknown;
  try {
    newest = JSON.parse(stdout);
  } catch {
    newest = undefined;
  }
  if (exitCode !== 0 || typeof newest !== "string" || validVersion(newest) === null)
    return [
      {
        ...common,
        level: "warning",
        message: `the newest version is not known: npm view failed${stderr === "" ? "" : ` (${stderr.trim().split("\n")[0]})`}`,
        mend: "check the network and npm's registry, or leave --online out",
      },
    ];
  if (compareVersions(newest, VERSION) <= 0) return [];
  return [
    {
      ...common,
      level: "warning",
      message: `version ${newest} is published, and this is ${VERSION}`,
      mend: `run npx create-hardened-eks@${newest} upgrade`,
    },
  ];
}
