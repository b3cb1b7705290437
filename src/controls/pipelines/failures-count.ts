import { control, workflows } from "../control.ts";
import { gitlabJobs, rulesOf } from "../evidence/gitlab.ts";
import { type Data, data } from "../evidence/kubernetes.ts";
import { linesOf, onlySays, scriptsOf } from "../evidence/pipeline.ts";
import type { Place } from "../evidence/value.ts";
import { allJobs, allSteps, type Step } from "../evidence/workflow.ts";
import { withoutCi } from "../reasons.ts";

/** Ways to go on after a failure. `|| code=$?` is none: the code is looked at afterwards. */
const PASSES_OVER =
  /\|\|\s*(true|:|echo\b|printf\b|exit\s+0|return\s+0|\{\s*(true|:))|;\s*(true|exit\s+0)\s*$|^exit\s+0$|\bset\s+\+(e|o\s+(errexit|pipefail)|\w*e)|\bmake\s+(-\w*[ik]|--(ignore-errors|keep-going))/;
/** Named, bash runs with -eo pipefail; what GitHub takes where no shell is named runs without pipefail. */
const STOPS = /^bash( -eo pipefail \{0\}| -euo pipefail \{0\})?$/;

/** Where the shell of a step is named, from the step outwards. */
function shellOf({ file, job, step, path }: Step): { shell?: unknown; place: Place } {
  const named = [
    { shell: step.shell, at: [...path, "shell"] },
    ...(job === undefined
      ? []
      : [
          { shell: shellIn(job.job), at: [...job.path, "defaults"] },
          { shell: shellIn(data(file.data)), at: ["defaults"] },
        ]),
  ].find(({ shell }) => shell !== undefined);
  return named === undefined
    ? { place: file.placeOf(...path, "run") }
    : { shell: named.shell, place: file.placeOf(...named.at) };
}

const shellIn = (part: Data): unknown => data(data(part.defaults).run).shell;

export default control({
  id: "pipelines.failures-count",
  title: "A command that fails ends its job as failed, and the pipeline with it",
  why: "A check whose failure is passed over is green for every change, also for the one that it was written for.",
  severity: "high",
  mapping: {},
  notApplicable: withoutCi,
  evidence: [
    workflows((subject, probe) => {
      for (const each of allSteps(subject)) {
        const { file, step, path } = each;
        const may = step["continue-on-error"];
        probe.that(
          String(may ?? false) === "false",
          file.placeOf(...path, "continue-on-error"),
          `a step may fail unseen: continue-on-error is ${may}`,
        );
        if (typeof step.run !== "string") continue;
        const { shell, place } = shellOf(each);
        probe.that(
          STOPS.test(String(shell ?? "")),
          place,
          shell === undefined
            ? "a step names no shell, so it goes on after a failure inside a pipe"
            : `the shell ${shell} does not end at the first failure`,
        );
      }
      for (const { file, name, job, path } of allJobs(subject)) {
        const may = job["continue-on-error"];
        probe.that(
          String(may ?? false) === "false",
          file.placeOf(...path, "continue-on-error"),
          `job ${name} may fail unseen: continue-on-error is ${may}`,
        );
      }
      for (const job of gitlabJobs(subject)) {
        probe.that(
          (job.job.allow_failure ?? false) === false,
          job.placeOf("allow_failure"),
          `job ${job.name} may fail unseen: allow_failure is ${JSON.stringify(job.job.allow_failure)}`,
        );
        for (const { rule, index } of rulesOf(job))
          probe.that(
            (rule.allow_failure ?? false) === false,
            job.placeOf("rules", index),
            `job ${job.name} may fail unseen: a rule has allow_failure`,
          );
      }
      for (const script of scriptsOf(subject))
        for (const { text, line } of linesOf(script.text))
          probe.that(
            onlySays(text) || !PASSES_OVER.test(text),
            script.place(line),
            `${script.name} passes over a failure: ${text.slice(0, 80)}`,
          );
    }),
  ],
  fix: "Name bash in defaults.run.shell, and remove continue-on-error, allow_failure and || true; where a failure is expected, look at its exit code.",
  mutants: [
    {
      title: "A step may fail",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "        run: make test\n",
          with: "        run: make test\n        continue-on-error: true\n",
        },
      ],
    },
    {
      title: "|| true",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "run: make validate",
          with: "run: make validate || true",
        },
      ],
    },
    {
      title: "A whole job may fail, behind an expression",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "    timeout-minutes: 20\n",
          with: "    timeout-minutes: 20\n    continue-on-error: ${{ vars.LENIENT == 'true' }}\n",
        },
      ],
    },
    {
      title: "A shell that goes on",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "    shell: bash\n",
          with: "    shell: bash {0}\n",
        },
      ],
    },
    {
      title: "The default shell, which goes on after a failure inside a pipe",
      edits: [
        {
          file: ".github/workflows/schedule.yml",
          replace: "defaults:\n  run:\n    shell: bash\n\n",
          with: "",
        },
      ],
    },
    {
      title: "One job takes another shell",
      of: "bank",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "    timeout-minutes: 20\n",
          with: "    timeout-minutes: 20\n    defaults:\n      run:\n        shell: sh\n",
        },
      ],
    },
    {
      title: "GitLab's check may fail",
      of: "government",
      edits: [
        {
          file: ".gitlab-ci.yml",
          replace: "check:\n  extends",
          with: "check:\n  allow_failure: true\n  extends",
        },
      ],
    },
  ],
});
