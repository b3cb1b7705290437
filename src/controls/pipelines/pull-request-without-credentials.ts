import { control, workflows } from "../control.ts";
import { gitlabJobs, gitlabLines, onlyTrusted } from "../evidence/gitlab.ts";
import { data } from "../evidence/kubernetes.ts";
import {
  allSteps,
  reachedFrom,
  startedByAnyone,
  stepsOf,
  takesRole,
  usesOf,
} from "../evidence/workflow.ts";
import { withoutCi } from "../reasons.ts";

export default control({
  id: "pipelines.pull-request-without-credentials",
  title: "No job that a pull request starts has AWS credentials or an environment",
  why: "A pull request changes the code that it runs: a job with credentials hands them to whoever opens one.",
  severity: "critical",
  mapping: {},
  notApplicable: withoutCi,
  evidence: [
    workflows((subject, probe) => {
      const roleActions = allSteps(subject).filter(
        (step) => step.job === undefined && takesRole(step),
      );
      for (const file of startedByAnyone(subject))
        for (const { job } of reachedFrom(subject, file)) {
          const { name, job: body, path } = job;
          probe.that(
            body.environment === undefined,
            job.file.placeOf(...path, "environment"),
            `job ${name} of ${job.file.path} is in an environment, and a pull request starts it`,
          );
          for (const step of stepsOf(job)) {
            const uses = usesOf(step.step)?.replace(/^\.\//, "");
            probe.that(
              !takesRole(step) &&
                !roleActions.some(
                  (action) => uses !== undefined && action.file.path.startsWith(`${uses}/`),
                ),
              step.file.placeOf(...step.path, "uses"),
              `job ${name} of ${step.file.path} assumes a role, and a pull request starts it`,
            );
          }
        }
      for (const job of gitlabJobs(subject)) {
        if (onlyTrusted(job)) continue;
        probe.that(
          job.job.environment === undefined && Object.keys(data(job.job.id_tokens)).length === 0,
          job.placeOf(job.job.environment === undefined ? "id_tokens" : "environment"),
          `job ${job.name} has an environment or an identity token, and a merge request starts it`,
        );
        for (const { text, place } of gitlabLines(job))
          probe.that(
            !/AWS_(ROLE_ARN|WEB_IDENTITY|PROFILE)/.test(text),
            place,
            `job ${job.name} assumes a role, and a merge request starts it`,
          );
      }
    }),
  ],
  fix: "Plan pull requests with scripts/plan-offline; take credentials on the main branch only.",
  mutants: [
    {
      title: "The pull request plans with a role",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "      # From nothing: it shows",
          with: "      - name: Become the plan role\n        uses: aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3\n        with:\n          aws-region: us-east-1\n          role-to-assume: arn:aws:iam::${{ vars.ACCOUNT_ID_DEV }}:role/acme-platform-ci-plan\n\n      # From nothing: it shows",
        },
      ],
    },
    {
      title: "The pull request calls the apply workflow",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          append:
            "\n  preview:\n    uses: ./.github/workflows/apply-root.yml\n    permissions:\n      contents: read\n    with:\n      root: environments/dev\n      name: environments-dev\n      environment: dev\n      account_id: ${{ vars.ACCOUNT_ID_DEV }}\n",
        },
      ],
    },
    {
      title: "The composite action takes the role",
      edits: [
        {
          file: ".github/actions/setup/action.yml",
          replace: "  steps:\n",
          with: "  steps:\n    - uses: aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3\n      with:\n        aws-region: us-east-1\n        role-to-assume: arn:aws:iam::111122223333:role/acme-platform-ci-plan\n\n",
        },
      ],
    },
    {
      title: "GitLab's checks extend the job with the role",
      of: "government",
      edits: [
        {
          file: ".gitlab-ci.yml",
          replace: "plan-offline:\n  extends: .without-account\n",
          with: "plan-offline:\n  extends: [.as-role, .without-account]\n",
        },
      ],
    },
  ],
});
