import { control, workflows } from "../control.ts";
import { data, isData, items } from "../evidence/kubernetes.ts";
import { documentDifference, expectSame } from "../evidence/shipped.ts";
import type { YamlFile } from "../evidence/subject.ts";

/** What every job of GitLab inherits. */
const INHERITED = new Set([
  "after_script",
  "before_script",
  "cache",
  "default",
  "hooks",
  "image",
  "include",
  "services",
  "spec",
  "stages",
  "variables",
  "workflow",
]);

/** Whether a job takes over nothing of another: neither its role nor its script. */
const standsAlone = (job: unknown): boolean =>
  isData(job) &&
  job.extends === undefined &&
  job.run === undefined &&
  ![job.script, job.before_script, job.after_script].some((script) =>
    items(script).some((line) => Array.isArray(line)),
  );

export default control({
  id: "pipelines.jobs-as-shipped",
  title:
    "The pipeline's jobs prove and apply what this version of the product tested, step by step",
  why: "A step before the apply swaps the plan, a word in a run hides an exit code: the job is still called validate, it still goes green, and it proves nothing.",
  severity: "medium",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  notApplicable: ({ ci }) =>
    ci === "none" ? "the answers name no CI system, so there is no pipeline" : undefined,
  evidence: [
    workflows((subject, probe) => {
      const present: YamlFile[] = [
        ...subject.workflows,
        ...(subject.gitlab === undefined ? [] : [subject.gitlab]),
      ];
      for (const [path, text] of subject.shipped()) {
        const isGitlab = path === ".gitlab-ci.yml";
        if (!isGitlab && !path.startsWith(".github/workflows/")) continue;
        const file = present.find((each) => each.path === path);
        if (file === undefined) {
          probe.wrong({ file: path, line: 1 }, `${path} is missing`);
          continue;
        }
        // Further jobs may stand beside these; what they may do other Controls say.
        const difference = documentDifference(subject, file, text, (at, key) =>
          isGitlab
            ? at.length === 0 && !INHERITED.has(key) && standsAlone(data(file.data)[key])
            : at.length === 1 && at[0] === "jobs",
        );
        expectSame(probe, path, difference);
      }
    }),
  ],
  fix: "Bring the workflow back with create-hardened-eks check --fix, or upgrade first where another version wrote it; put what you need into a job of its own.",
  mutants: [
    {
      title: "The plan is made anew just before the apply",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "      - name: Apply the plan\n",
          with: "      - name: Prepare\n        run: cp other tfplan\n\n      - name: Apply the plan\n",
        },
      ],
    },
    {
      title: "Green whatever the check said",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "run: make validate",
          with: "run: if make validate; then echo ok; fi",
        },
      ],
    },
    {
      title: "Production no longer waits for development",
      edits: [{ file: ".github/workflows/apply.yml", replace: /\n +needs: [^\n]*\n/, with: "\n" }],
    },
    {
      title: "A job that takes the role of another, and applies",
      of: "government",
      edits: [
        {
          file: ".gitlab-ci.yml",
          append:
            "\nquick:\n  extends: .as-role\n  stage: plan\n  variables:\n    ROLE: plan\n  script: null\n  run:\n    - name: quick\n      script: make apply\n",
        },
      ],
    },
    {
      title: "A hook before every job's sources",
      of: "government",
      edits: [
        {
          file: ".gitlab-ci.yml",
          append: "\ndefault:\n  hooks:\n    pre_get_sources_script:\n      - env\n",
        },
      ],
    },
  ],
});
