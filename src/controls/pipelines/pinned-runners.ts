import { control, workflows } from "../control.ts";
import { data } from "../evidence/kubernetes.ts";
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
        if (usesOf(job) === undefined) {
          for (const [part, container] of [
            ["container", job.container],
            ...Object.entries(data(job.services)),
          ] as [string, unknown][])
            probe.that(
              data(container).options === undefined && data(container).volumes === undefined,
              file.placeOf(...path, part === "container" ? "container" : "services"),
              `job ${name}: ${part} gets options or volumes of the runner`,
            );
          probe.that(
            typeof job["runs-on"] === "string" && RUNNER.test(job["runs-on"]),
            file.placeOf(...path, "runs-on"),
            `job ${name} runs on ${JSON.stringify(job["runs-on"])}, it must be an image of one version, such as ubuntu-24.04`,
          );
        }
    }),
  ],
  fix: "Set runs-on: ubuntu-24.04, or another image with its version.",
  mutants: [
    {
      title: "A container with the runner's disk",
      edits: [
        {
          file: ".github/workflows/quick.yml",
          create:
            "name: Quick\non: push\npermissions: {}\njobs:\n  quick:\n    name: Quick\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    permissions: {}\n    container:\n      image: registry.example/x@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n      options: --privileged -v /:/host\n    steps:\n      - run: echo fine\n",
        },
      ],
    },
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
