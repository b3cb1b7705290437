import { control, workflows } from "../control.ts";
import { gitlabJobs } from "../evidence/gitlab.ts";
import { data, items } from "../evidence/kubernetes.ts";
import { commandsOf, scriptsOf } from "../evidence/pipeline.ts";
import { actionOf, allSteps } from "../evidence/workflow.ts";
import { withoutApply } from "../reasons.ts";

/** Days. */
const LONGEST = 30;

const days = (expires: unknown): number => {
  const [, count = "", unit = ""] = /^(\d+) (hour|day|week)s?$/.exec(String(expires)) ?? [];
  return count === ""
    ? Number.POSITIVE_INFINITY
    : Number(count) * ({ hour: 1 / 24, day: 1, week: 7 }[unit] ?? 0);
};

export default control({
  id: "pipelines.kept-plans",
  title:
    "Pipelines keep the plan and the report alone, for days, and for those who may read the repository",
  why: "A plan holds every attribute in clear text, state and .git even more: an artifact is a download link to it.",
  severity: "medium",
  mapping: {},
  notApplicable: withoutApply,
  evidence: [
    workflows((subject, probe) => {
      for (const script of scriptsOf(subject))
        for (const { text, line } of commandsOf(script.text))
          probe.that(
            !/\b(terraform|tofu)\b.*\s(state\s+(pull|show)|show\b.*-json|output\b)/.test(text),
            script.place(line),
            `${script.name} prints a state: logs and summaries are for everyone who may read the repository`,
          );
      for (const { file, step, path } of allSteps(subject)) {
        if (!/(^|\/)upload-[\w-]*artifact$/.test(actionOf(step))) continue;
        const inputs = data(step.with);
        const at = (name: string) => file.placeOf(...path, "with", name);
        probe.that(
          /^(\$\{\{ *inputs\.root *\}\}|[\w/-]+)\/tfplan$|^\$\{\{ *runner\.temp *\}\}\/[\w.-]+$/.test(
            String(inputs.path).trim(),
          ),
          at("path"),
          `${inputs.path} is kept, it must be the plan or one file of runner.temp`,
        );
        const kept = inputs["retention-days"];
        probe.that(
          typeof kept === "number" && kept >= 1 && kept <= LONGEST,
          at("retention-days"),
          `retention-days is ${kept ?? "not set"}, it must be at most ${LONGEST}`,
        );
        probe.that(
          String(inputs["include-hidden-files"] ?? false) === "false",
          at("include-hidden-files"),
          "hidden files are kept",
        );
      }
      for (const { name, job, placeOf } of gitlabJobs(subject)) {
        if (job.artifacts === undefined) continue;
        const artifacts = data(job.artifacts);
        const paths = items(artifacts.paths).map(String);
        const withRole = job.id_tokens !== undefined;
        probe.that(
          paths.every((each) => /(^|\/)(tfplan|plan\.txt)$/.test(each)) &&
            artifacts.untracked !== true,
          placeOf("artifacts", "paths"),
          `job ${name} keeps ${paths.join(", ")}${artifacts.untracked === true ? " and what git does not track" : ""}, it must be its plan`,
        );
        if (withRole)
          probe.that(
            ["developer", "maintainer", "none"].includes(String(artifacts.access)) &&
              artifacts.public === undefined,
            placeOf("artifacts", "access"),
            `job ${name}: who may download the plan is ${artifacts.access ?? "everyone who sees the pipeline"}`,
          );
        probe.that(
          days(artifacts.expire_in) <= LONGEST,
          placeOf("artifacts", "expire_in"),
          `job ${name}: expire_in is ${artifacts.expire_in ?? "not set"}, it must be at most ${LONGEST} days`,
        );
      }
    }),
  ],
  fix: "Keep only tfplan, with retention-days (GitLab: expire_in and access: developer).",
  mutants: [
    {
      title: "The state in the summary of a run",
      edits: [
        {
          file: ".github/workflows/quick.yml",
          create:
            'name: Quick\non: push\npermissions: {}\ndefaults:\n  run:\n    shell: bash\njobs:\n  quick:\n    name: Quick\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    permissions: {}\n    steps:\n      - run: terraform -chdir=bootstrap state pull >>"$GITHUB_STEP_SUMMARY"\n',
        },
      ],
    },
    {
      title: "The whole folder is kept",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "path: ${{ inputs.root }}/tfplan",
          with: "path: ${{ inputs.root }}",
        },
      ],
    },
    {
      title: "As long as the repository says",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "          retention-days: 7\n",
          with: "",
        },
      ],
    },
    {
      title: "GitLab's plans are for everyone",
      of: "government",
      edits: [{ file: ".gitlab-ci.yml", replace: "    access: developer\n", with: "" }],
    },
    {
      title: "GitLab keeps the state beside the plan",
      of: "government",
      edits: [
        {
          file: ".gitlab-ci.yml",
          replace: "      - $ROOT/tfplan\n",
          with: "      - $ROOT/tfplan\n      - $ROOT/.terraform\n",
        },
      ],
    },
  ],
});
