/** Reads the plan of `audit --plan`. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { PlanJson } from "../../proof/types.ts";
import { CliError, EXIT } from "../exit.ts";
import type { Terminal } from "../terminal.ts";

/** The plan of a large root has some ten MiB. */
const LIMIT_BYTES = 512 * 1024 * 1024;
const HINT = "make it with: terraform show -json tfplan >plan.json";

/** The plan in a file, or on standard input for `-`. Throws `CliError` (usage) where there is none. */
export async function readPlan(
  name: string,
  directory: string,
  terminal: Terminal,
): Promise<{ plan: PlanJson; name: string; directory: string }> {
  const shown = name === "-" ? "standard input" : name;
  const fail = (message: string, cause?: unknown): never => {
    throw new CliError(`${shown}: ${message}`, EXIT.usage, HINT, { cause });
  };
  const file = resolve(terminal.cwd, name);
  if (name !== "-") {
    const facts = await stat(file).catch((error: NodeJS.ErrnoException) =>
      fail(error.code === "ENOENT" ? "does not exist" : `cannot be read (${error.code})`, error),
    );
    if (facts?.isDirectory()) fail("is a directory");
    if ((facts?.size ?? 0) > LIMIT_BYTES) fail("is larger than 512 MiB");
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of (name === "-"
    ? process.stdin
    : createReadStream(file)) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LIMIT_BYTES) fail("is larger than 512 MiB");
    chunks.push(chunk);
  }
  let plan: unknown;
  try {
    plan = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch (cause) {
    return fail("is no JSON; a saved plan is binary", cause);
  }
  const given = plan as Partial<PlanJson> | null;
  if (
    typeof given !== "object" ||
    given === null ||
    typeof given.format_version !== "string" ||
    given.planned_values === undefined
  )
    return fail("is no plan of terraform or tofu in JSON");
  return { plan: given as PlanJson, name: shown, directory: resolve(terminal.cwd, directory) };
}
