/** Running one check, and saying how it went. */
import { performance } from "node:perf_hooks";
import { fold } from "./diagnostics.ts";
import { NoTool, ToolFailed } from "./tool.ts";
import type { Check, Finding } from "./types.ts";

export type Heading = Pick<Check, "id" | "tier" | "title">;

/** Says that a check was not done. */
export class Skip extends Error {
  override name = "Skip";
}

/** Runs a check. It failed where it found an error, or the tool did not do its work. */
export async function check(heading: Heading, work: () => Promise<Finding[]>): Promise<Check> {
  const start = performance.now();
  const end = (rest: Pick<Check, "status" | "findings" | "reason">): Check => ({
    ...heading,
    ...rest,
    durationMs: Math.round(performance.now() - start),
  });
  try {
    const findings = fold(await work());
    const failed = findings.some(({ severity }) => severity === "error");
    return end({ status: failed ? "failed" : "passed", findings });
  } catch (error) {
    if (error instanceof Skip)
      return end({ status: "skipped", reason: error.message, findings: [] });
    if (error instanceof NoTool && error.kind === "missing")
      return end({ status: "skipped", reason: `${error.message}; ${error.fix}`, findings: [] });
    if (error instanceof NoTool || error instanceof ToolFailed)
      return end({
        status: "failed",
        findings: [
          {
            rule: error.rule,
            severity: "error",
            message: error.message,
            ...(error instanceof NoTool ? { fix: error.fix } : {}),
          },
        ],
      });
    throw error;
  }
}

/** Waits for all, so that nothing is left running behind the first error. */
export async function settled<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(promises);
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}
