import { control, workflows } from "../control.ts";
import { allJobs, usesOf } from "../evidence/workflow.ts";
import { withoutGithub } from "../reasons.ts";

const RUNNER = /^ubuntu-\d\d\.\d\d(-arm)?$/;

export default control({
  id: "pipelines.pinned-runners",
  title: "Every job runs on a GitHub-hosted runner of a named version",
  why: "A self-hosted runner keeps what a pull request left on it; a moving image changes the tools under an apply unseen.",
  severity: "medium",
  mapping: {},
  notApplicable: withoutGithub,
  evidence: [
    workflows((subject, probe) => {
      for (const { file, name, job, path } of allJobs(subject))
        if (usesOf(job) === undefined)
          probe.that(
            typeof job["runs-on"] === "string" && RUNNER.test(job["runs-on"]),
            file.placeOf(...path, "runs-on"),
            `job ${name} runs on ${JSON.stringify(job["runs-on"])}, it must be an image of one version, such as ubuntu-24.04`,
          );
    }),
  ],
  fix: "Set runs-on: ubuntu-24.04, or another image with its version.",
  mutants: [
    {
      title: "The newest image",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "ubuntu-24.04",
          with: "ubuntu-latest",
        },
      ],
    },
    {
      title: "A self-hosted runner for pull requests",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "runs-on: ubuntu-24.04",
          with: "runs-on: [self-hosted, linux]",
        },
      ],
    },
    {
      title: "The runner behind a variable",
      edits: [
        {
          file: ".github/workflows/schedule.yml",
          replace: "runs-on: ubuntu-24.04",
          with: "runs-on: ${{ vars.RUNNER }}",
        },
      ],
    },
  ],
});
