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
      for (const { path, blocks } of terraformFiles(subject)) {
        if (!/\.(tftest|tofutest)\.hcl$/.test(path)) continue;
        for (const block of blocks) {
          if (block.type !== "run") continue;
          const commands = block
            .lines()
            .flatMap(({ text }) => /^\s*command\s*=\s*(\w+)/.exec(text)?.[1] ?? []);
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
