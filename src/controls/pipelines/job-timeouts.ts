import { control, workflows } from "../control.ts";
import { allJobs, usesOf } from "../evidence/workflow.ts";
import { withoutGithub } from "../reasons.ts";

/** Minutes; what GitHub allows at most. */
const LONGEST = 360;

export default control({
  id: "pipelines.job-timeouts",
  title: "Every job of a workflow ends after a time of its own",
  why: "A job that hangs keeps its runner, its credentials and the queue of its root for six hours.",
  severity: "low",
  mapping: {},
  notApplicable: withoutGithub,
  evidence: [
    workflows((subject, probe) => {
      for (const { file, name, job, path } of allJobs(subject)) {
        if (usesOf(job) !== undefined) continue;
        const minutes = job["timeout-minutes"];
        probe.that(
          typeof minutes === "number" && minutes > 0 && minutes < LONGEST,
          file.placeOf(...path, "timeout-minutes"),
          `job ${name}: timeout-minutes is ${minutes ?? "not set"}, it must be a number below ${LONGEST}`,
        );
      }
    }),
  ],
  fix: "Set timeout-minutes for each job.",
  mutants: [
    {
      title: "No time for the apply",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "    timeout-minutes: 180\n",
          with: "",
        },
      ],
    },
    {
      title: "A time that never comes",
      edits: [
        {
          file: ".github/workflows/schedule.yml",
          replace: "timeout-minutes: 30",
          with: "timeout-minutes: 43200",
        },
      ],
    },
    {
      title: "A new job without one",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          append:
            "\n  lint:\n    name: Lint\n    runs-on: ubuntu-24.04\n    permissions: {}\n    steps:\n      - run: make lint\n",
        },
      ],
    },
  ],
});
