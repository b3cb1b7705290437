import { control, workflows } from "../control.ts";
import { onlyOnMain } from "../evidence/gitlab.ts";
import { data, strings } from "../evidence/kubernetes.ts";
import { applyJobs } from "../evidence/pipeline.ts";
import { reachedFrom, triggersOf } from "../evidence/workflow.ts";
import { withoutApply } from "../reasons.ts";

export default control({
  id: "pipelines.apply-on-main",
  title: "Pipelines apply only what was pushed to the main branch",
  why: "An apply from another branch or from a button puts code into production that passed no review.",
  severity: "critical",
  mapping: {},
  notApplicable: withoutApply,
  evidence: [
    workflows((subject, probe) => {
      const jobs = applyJobs(subject);
      for (const file of subject.workflows) {
        const reached = reachedFrom(subject, file).some(({ job }) =>
          jobs.some(({ github }) => github?.file === job.file && github.name === job.name),
        );
        if (!reached) continue;
        for (const [name, settings] of Object.entries(triggersOf(file))) {
          // Who calls it is looked at in turn.
          if (name === "workflow_call") continue;
          const place = file.placeOf("on", name);
          const branches = strings(data(settings).branches);
          probe.that(
            name === "push" &&
              branches.join() === "main" &&
              data(settings).tags === undefined &&
              data(settings)["tags-ignore"] === undefined,
            place,
            `${file.path} applies on ${name}${branches.length > 0 ? ` to ${branches.join(", ")}` : ""}, it must be push to main only`,
          );
        }
      }
      for (const { name, gitlab } of jobs)
        if (gitlab !== undefined)
          probe.that(
            onlyOnMain(gitlab),
            gitlab.placeOf("rules"),
            `job ${name} applies for more than a push to the default branch`,
          );
    }),
  ],
  fix: "Start what applies by push to main alone.",
  mutants: [
    {
      title: "A button for any branch",
      edits: [
        {
          file: ".github/workflows/apply.yml",
          replace: "on:\n",
          with: "on:\n  workflow_dispatch:\n",
        },
      ],
    },
    {
      title: "Release branches too",
      edits: [
        {
          file: ".github/workflows/apply.yml",
          replace: "      - main\n",
          with: "      - main\n      - release/**\n",
        },
      ],
    },
    {
      title: "A second workflow that calls the apply, for hotfixes",
      edits: [
        {
          file: ".github/workflows/hotfix.yml",
          create:
            "name: Hotfix\non:\n  push:\n    branches: [hotfix]\npermissions: {}\njobs:\n  prod:\n    uses: ./.github/workflows/apply-root.yml\n    permissions:\n      contents: read\n      id-token: write\n    with:\n      root: environments/prod\n      name: environments-prod\n      environment: prod\n      account_id: ${{ vars.ACCOUNT_ID_PROD }}\n",
        },
      ],
    },
    {
      title: "GitLab applies what somebody starts by hand on any branch",
      of: "government",
      edits: [
        {
          file: ".gitlab-ci.yml",
          replace:
            '    - if: $CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH\n      when: manual',
          with: '    - if: $CI_PIPELINE_SOURCE == "web" || $CI_PIPELINE_SOURCE == "push"\n      when: manual',
        },
      ],
    },
  ],
});
