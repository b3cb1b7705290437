import { control, workflows } from "../control.ts";
import { onlyOnMain } from "../evidence/gitlab.ts";
import { data, strings } from "../evidence/kubernetes.ts";
import { applyJobs, linesOf, onlySays, scriptsOf } from "../evidence/pipeline.ts";
import { actionOf, allSteps, reachedFrom, triggersOf } from "../evidence/workflow.ts";
import { withoutApply } from "../reasons.ts";

const FETCHES =
  /\bgit\b(\s+-\S+(\s+[^-\s]\S*)?)*\s+(fetch|pull|checkout|switch|reset|merge|cherry-pick|worktree|clone|am|apply|submodule)\b|\bgh\s+(pr\s+checkout|repo\s+clone|release\s+download)\b/;

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
      // What it checks out is what was pushed, and nothing fetches anything else afterwards.
      for (const { file, step, path } of allSteps(subject))
        if (/(^|\/)checkout$/.test(actionOf(step)))
          for (const input of ["ref", "repository"])
            probe.that(
              data(step.with)[input] === undefined,
              file.placeOf(...path, "with", input),
              `a step checks out ${data(step.with)[input]}, and not what was pushed`,
            );
      for (const script of scriptsOf(subject))
        for (const { text, line } of linesOf(script.text))
          probe.that(
            onlySays(text) || !FETCHES.test(text),
            script.place(line),
            `${script.name} brings in other code than was pushed: ${text.slice(0, 80)}`,
          );
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
      title: "The apply checks out another branch",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "          persist-credentials: false\n",
          with: "          persist-credentials: false\n          ref: hotfix\n",
        },
      ],
    },
    {
      title: "A step fetches one",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: 'run: terraform -chdir="$ROOT" init',
          with: 'run: git fetch origin hotfix && git checkout FETCH_HEAD && terraform -chdir="$ROOT" init',
        },
      ],
    },
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
