import { control, files } from "../control.ts";
import { terraformFiles } from "../evidence/hcl.ts";

export default control({
  id: "operations.tests-plan-only",
  title: "Tests of the repository plan, and apply nothing",
  why: "terraform test applies where a run says nothing else: with real credentials in the shell, a test builds and destroys.",
  severity: "high",
  mapping: {},
  evidence: [
    files((subject, probe) => {
      for (const { path, text, blocks } of terraformFiles(subject)) {
        if (!/\.(tftest|tofutest)\.hcl$/.test(path)) continue;
        probe.checked += 1;
        // As many plans as runs, and no other command: each run has its own.
        const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
        const runs = blocks.filter(({ type }) => type === "run");
        const plans = count(/^ {2}command = plan$/gm);
        if (plans === runs.length && plans === count(/\bcommand\b/g)) continue;
        for (const block of runs) {
          const commands = block
            .lines()
            .flatMap(({ text: line }) => /^\s*command\s*=\s*(\w+)/.exec(line)?.[1] ?? []);
          probe.that(
            commands.length > 0 && commands.every((command) => command === "plan"),
            block.place,
            `run ${block.labels.join(" ")} applies`,
          );
        }
      }
    }),
  ],
  fix: "Set command = plan in the run.",
  mutants: [
    {
      title: "A run that applies",
      edits: [
        {
          file: "modules/keys/tests/keys.tftest.hcl",
          replace: "command = plan",
          with: "command = apply",
        },
      ],
    },
    {
      title: "A run that says nothing",
      edits: [
        {
          file: "environments/prod/tests/environment.tftest.hcl",
          replace: /\n {2}command = plan\n/,
          with: "\n",
        },
      ],
    },
  ],
});
