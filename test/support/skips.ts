/** Says at the end of a run what was skipped, and why: nothing is silently not tested. */
import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from "vitest/node";

declare module "vitest" {
  interface TaskMeta {
    because?: string;
  }
}

/** Options of a suite or a test that `skipIf` may skip: the reason. */
export const because = (reason: string): { meta: { because: string } } => ({
  meta: { because: reason },
});

export const NO_TERRAFORM = "terraform is not on the PATH";
export const NO_MIRROR =
  "HARDENED_EKS_PROVIDER_MIRROR does not name a filesystem mirror with the real provider";

/** What a test says when it skips itself, or what its suite says of `skipIf`. */
function reasonOf(test: TestCase, isNamed: boolean): string | undefined {
  const { note } = test.result() as { note?: string };
  // `vitest -t` skips what it was not asked for, without a word.
  if (note !== undefined || isNamed) return note;
  for (
    let each: TestCase | TestSuite | TestModule = test;
    each.type !== "module";
    each = each.parent
  ) {
    const { because: reason } = each.meta();
    if (reason !== undefined) return reason;
  }
  return `no reason is given in ${test.module.relativeModuleId}`;
}

export class Skips implements Reporter {
  #isNamed = false;

  onInit(vitest: Vitest): void {
    this.#isNamed = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = new Map<string, number>();
    for (const module of modules)
      for (const test of module.children.allTests("skipped")) {
        const reason = reasonOf(test, this.#isNamed);
        if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
      }
    if (counts.size === 0) return;
    console.log("Skipped, and why (.ci/run installs every tool):");
    for (const [reason, count] of [...counts].sort())
      console.log(`  ${count} ${count === 1 ? "test" : "tests"}: ${reason}`);
    console.log();
  }
}
