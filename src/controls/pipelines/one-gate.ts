import { control, workflows } from "../control.ts";
import { data } from "../evidence/kubernetes.ts";
import { commandsOf } from "../evidence/pipeline.ts";
import { allJobs, jobsOf, started, stepsOf } from "../evidence/workflow.ts";
import { withoutGithub } from "../reasons.ts";

const NAME = "All checks";
const ALL_RESULTS = /^\$\{\{ *join\( *needs\.\*\.result *, *'[ ,]*' *\) *\}\}$/;

export default control({
  id: "pipelines.one-gate",
  title:
    'The job "All checks" runs always, needs every other check, and fails unless all succeeded',
  why: "GitHub counts a skipped job as passed: without the gate a check that did not run lets a pull request through.",
  severity: "high",
  mapping: {},
  notApplicable: withoutGithub,
  evidence: [
    workflows((subject, probe) => {
      const checks = started(subject, "pull_request");
      const gates = checks.flatMap(jobsOf).filter(({ job }) => job.name === NAME);
      probe.that(
        gates.length === 1,
        { file: checks[0]?.path ?? ".github/workflows", line: 1 },
        `${gates.length} jobs are named ${NAME}, it must be one`,
      );
      for (const gate of gates) {
        const { file, name, job, path } = gate;
        const at = (...key: (string | number)[]) => file.placeOf(...path, ...key);
        probe.that(
          /^(\$\{\{ *)?always\(\)( *\}\})?$/.test(String(job.if)),
          at("if"),
          `${NAME} runs only if ${job.if ?? "all that it needs succeeded"}, it must run always`,
        );
        const needs = [job.needs].flat();
        for (const other of jobsOf(file))
          if (other.name !== name)
            probe.that(
              needs.includes(other.name),
              at("needs"),
              `${NAME} does not need ${other.name}`,
            );
        probe.that(
          job["continue-on-error"] === undefined,
          at("continue-on-error"),
          `${NAME} may fail unseen`,
        );
        probe.that(
          stepsOf(gate).some(({ step }) => {
            const variable = Object.entries(data(step.env)).find(([, value]) =>
              ALL_RESULTS.test(String(value)),
            )?.[0];
            const commands = commandsOf(String(step.run ?? "")).map(({ text }) => text);
            const loop = commands.findIndex((text) =>
              new RegExp(`^for (\\w+) in \\$\\{?${variable}\\}?$`).test(text),
            );
            const looped = /^for (\w+)/.exec(commands[loop] ?? "")?.[1];
            return (
              variable !== undefined &&
              looped !== undefined &&
              new RegExp(`^\\[\\[? "?\\$\\{?${looped}\\}?"? ==? "?success"? \\]\\]?$`).test(
                commands[loop + 1] ?? "",
              ) &&
              commands[loop + 2] === "done" &&
              !/\|\||&&|set \+e/.test(String(step.run)) &&
              step.if === undefined &&
              step["continue-on-error"] === undefined
            );
          }),
          at("steps"),
          `no step of ${NAME} fails where a job did not succeed`,
        );
      }
      // A second job of the name answers for the first: GitHub takes whichever comes last.
      const named = allJobs(subject).filter(({ name, job }) => (job.name ?? name) === NAME);
      probe.that(
        named.length < 2,
        named.at(-1)?.file.placeOf(...(named.at(-1)?.path ?? [])) ?? {
          file: ".github/workflows",
          line: 1,
        },
        `${named.length} jobs of all workflows are named ${NAME}: the required check is met by either`,
      );
      // A workflow beside it would be outside of the gate.
      for (const file of checks)
        probe.that(
          gates.some((gate) => gate.file === file),
          file.placeOf("jobs"),
          `${file.path} runs for pull requests outside of ${NAME}`,
        );
    }),
  ],
  fix: "Let one job with if: always() need all others and test that each of their results is success.",
  mutants: [
    {
      title: "A job of its name in a workflow that pushes start",
      edits: [
        {
          file: ".github/workflows/quick.yml",
          create:
            "name: Quick\non: push\npermissions: {}\njobs:\n  passed:\n    name: All checks\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    permissions: {}\n    steps:\n      - run: echo fine\n",
        },
      ],
    },
    {
      title: "A check is not needed",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "needs: [check, plan]",
          with: "needs: [plan]",
        },
      ],
    },
    {
      title: "The gate is skipped where a check fails",
      edits: [
        { file: ".github/workflows/pull-request.yml", replace: "    if: always()\n", with: "" },
      ],
    },
    {
      title: "A failure is only shown",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: '[ "$result" = success ]',
          with: '[ "$result" = success ] || echo "not yet"',
        },
      ],
    },
    {
      title: "A skipped job counts",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: '[ "$result" = success ]',
          with: '[ "$result" != failure ]',
        },
      ],
    },
    {
      title: "A new check that the gate does not know",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          append:
            "\n  lint:\n    name: Lint\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    permissions: {}\n    steps:\n      - run: make lint\n",
        },
      ],
    },
  ],
});
