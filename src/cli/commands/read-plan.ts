/** Reads the plan of `audit --plan`. */
import { resolve } from "node:path";
import type { PlanJson } from "../../proof/types.ts";
import { CliError, EXIT } from "../exit.ts";
import { inputName, readInput } from "../read-input.ts";
import type { Terminal } from "../terminal.ts";

/** The plan of a large root has some ten MiB. */
const LIMIT_MIB = 512;
const WANTED = "make it with: terraform show -json tfplan >plan.json";

/** The plan in a file, or on standard input for `-`. Throws `CliError` (usage) where there is none. */
export async function readPlan(
  path: string,
  directory: string,
  terminal: Terminal,
): Promise<{ plan: PlanJson; name: string; directory: string }> {
  const name = inputName(path);
  const fail = (message: string, cause?: unknown): never => {
    throw new CliError(`${name}: ${message}`, EXIT.usage, WANTED, { cause });
  };
  const bytes = await readInput(path, LIMIT_MIB, { wanted: WANTED }, terminal);
  let plan: Partial<PlanJson> | null;
  try {
    plan = JSON.parse(bytes.toString("utf8")) as Partial<PlanJson> | null;
  } catch (cause) {
    return fail("is no JSON; a saved plan is binary", cause);
  }
  if (
    typeof plan !== "object" ||
    plan === null ||
    typeof plan.format_version !== "string" ||
    plan.planned_values === undefined
  )
    return fail("is no plan of terraform or tofu in JSON");
  return { plan: plan as PlanJson, name, directory: resolve(terminal.cwd, directory) };
}
