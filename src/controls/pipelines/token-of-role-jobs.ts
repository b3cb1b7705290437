import { control, workflows } from "../control.ts";
import { gitlabJobs, onlyTrusted } from "../evidence/gitlab.ts";
import { data } from "../evidence/kubernetes.ts";
import {
  allJobs,
  calledBy,
  jobsOf,
  permissionsOf,
  startedByAnyone,
  stepsOf,
  takesRole,
} from "../evidence/workflow.ts";
import { withoutCi } from "../reasons.ts";

export default control({
  id: "pipelines.token-of-role-jobs",
  title: "Only jobs that assume a role get an identity token, and none that a pull request starts",
  why: "Code of a pull request that can ask for the token can try it on every role that trusts this repository.",
  severity: "critical",
  mapping: {},
  notApplicable: withoutCi,
  evidence: [
    workflows((subject, probe) => {
      const anyone = startedByAnyone(subject);
      for (const each of allJobs(subject)) {
        const { file, name, path } = each;
        const permissions = permissionsOf(each);
        const place = file.placeOf(...path, "permissions", "id-token");
        const may = permissions === "write-all" || data(permissions)["id-token"] === "write";
        const called = calledBy(subject, each);
        const assumes = (called === undefined ? [each] : jobsOf(called)).some((job) =>
          stepsOf(job).some(takesRole),
        );
        probe.that(
          !may || !anyone.includes(file),
          place,
          `job ${name} of ${file.path} may ask for an identity token, and a pull request starts it`,
        );
        probe.that(
          !may || assumes,
          place,
          `job ${name} may ask for an identity token, but assumes no role`,
        );
      }
      for (const job of gitlabJobs(subject))
        probe.that(
          job.job.id_tokens === undefined || onlyTrusted(job),
          job.placeOf("rules"),
          `job ${job.name} gets an identity token, and runs for more than the default branch and schedules`,
        );
    }),
  ],
  fix: "Give id-token: write (GitLab: id_tokens) to jobs that assume a role, on the main branch or a schedule only.",
  mutants: [
    {
      title: "The pull request's plan may get a token",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "      contents: read # to check out\n    strategy:",
          with: "      contents: read # to check out\n      id-token: write\n    strategy:",
        },
      ],
    },
    {
      title: "The report gets a token that it does not use",
      edits: [
        {
          file: ".github/workflows/schedule.yml",
          replace: "      issues: write # to open, update and close the issue\n",
          with: "      issues: write # to open, update and close the issue\n      id-token: write\n",
        },
      ],
    },
    {
      title: "The apply starts for pull requests too",
      edits: [
        {
          file: ".github/workflows/apply.yml",
          replace: "on:\n",
          with: "on:\n  pull_request_target:\n",
        },
      ],
    },
    {
      title: "GitLab gives merge requests the token",
      of: "government",
      edits: [
        {
          file: ".gitlab-ci.yml",
          replace:
            '    ROLE: plan\n  rules:\n    - if: $CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH\n',
          with: '    ROLE: plan\n  rules:\n    - if: $CI_PIPELINE_SOURCE == "merge_request_event"\n    - if: $CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH\n',
        },
      ],
    },
  ],
});
