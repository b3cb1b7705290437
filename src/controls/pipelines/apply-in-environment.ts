import { control, workflows } from "../control.ts";
import { rulesOf, variablesOf } from "../evidence/gitlab.ts";
import { data, isData } from "../evidence/kubernetes.ts";
import { type ApplyJob, applyJobs, stagesOf } from "../evidence/pipeline.ts";
import type { Probe } from "../evidence/probe.ts";
import type { Subject } from "../evidence/subject.ts";
import { allJobs, calledBy, type Job } from "../evidence/workflow.ts";
import { withoutApply } from "../reasons.ts";

const INPUT = /^\$\{\{ *inputs\.([\w-]+) *\}\}$/;

const environmentOf = (job: unknown): unknown => {
  const { environment } = data(job);
  return isData(environment) ? environment.name : environment;
};

export default control({
  id: "pipelines.apply-in-environment",
  title:
    "Every job that can change AWS waits for the protected environment of the root that it applies",
  why: "Without it whoever can push to main changes production with no second pair of eyes; the reviewers of dev would release prod.",
  severity: "critical",
  mapping: {},
  notApplicable: withoutApply,
  evidence: [
    workflows((subject, probe) => {
      for (const job of applyJobs(subject))
        if (job.github !== undefined) github(subject, probe, job, job.github);
        else if (job.gitlab !== undefined) {
          const { gitlab, name } = job;
          matches(
            subject,
            probe,
            job,
            variablesOf(gitlab).ROOT,
            environmentOf(gitlab.job),
            gitlab.placeOf("environment"),
          );
          // Any other action opens no deployment, and nobody has to approve it.
          const { action = "start" } = data(gitlab.job.environment);
          probe.that(
            action === "start",
            gitlab.placeOf("environment", "action"),
            `job ${name} does not deploy to its environment: action is ${action}`,
          );
          for (const { rule, index } of rulesOf(gitlab))
            probe.that(
              (rule.when ?? gitlab.job.when) === "manual",
              gitlab.placeOf("rules", index),
              `job ${name} starts by itself: when must be manual`,
            );
        }
    }),
  ],
  fix: "Give the job the environment of its root (GitLab: and when: manual), with reviewers in the settings.",
  mutants: [
    {
      title: "The apply waits for nobody",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "    environment: ${{ inputs.environment }}\n",
          with: "",
        },
      ],
    },
    {
      title: "The reviewers of dev release prod",
      edits: [
        {
          file: ".github/workflows/apply.yml",
          replace: "name: environments-prod\n      environment: prod",
          with: "name: environments-prod\n      environment: dev",
        },
      ],
    },
    {
      title: "An environment that nobody protected",
      of: "bank",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "    environment: ${{ inputs.environment }}\n",
          with: "    environment: automatic\n",
        },
      ],
    },
    {
      title: "A plan job gets the apply role",
      edits: [
        {
          file: ".github/workflows/schedule.yml",
          replace: "acme-platform-ci-plan",
          with: "acme-platform-ci-apply",
        },
      ],
    },
    {
      title: "GitLab applies by itself",
      of: "government",
      edits: [
        {
          file: ".gitlab-ci.yml",
          replace: "      when: manual\n      allow_failure: false\n",
          with: "",
        },
      ],
    },
  ],
});

/** The environment of a job that is called is what each caller passes. */
function github(
  subject: Subject,
  probe: Probe,
  job: ApplyJob,
  { file, job: body, path }: Job,
): void {
  const environment = environmentOf(body);
  const place = file.placeOf(...path, "environment");
  const root = data(data(file.data).env).ROOT;
  const input = INPUT.exec(String(environment))?.[1];
  if (input === undefined && INPUT.exec(String(root)) === null) {
    matches(subject, probe, job, undefined, environment, place);
    return;
  }
  const callers = allJobs(subject).filter((caller) => calledBy(subject, caller) === file);
  if (callers.length === 0)
    probe.unresolved(place, `nothing calls ${file.path}: its environment is not known`);
  for (const caller of callers) {
    const inputs = data(caller.job.with);
    const rootInput = INPUT.exec(String(root))?.[1];
    matches(
      subject,
      probe,
      job,
      rootInput === undefined ? undefined : inputs[rootInput],
      input === undefined ? environment : inputs[input],
      input === undefined ? place : caller.file.placeOf(...caller.path, "with", input),
    );
  }
}

function matches(
  subject: Subject,
  probe: Probe,
  { name }: ApplyJob,
  root: unknown,
  environment: unknown,
  place: ApplyJob["place"],
): void {
  const stages = stagesOf(subject);
  const wanted = stages.filter((stage) => stage.root === root).map((stage) => stage.environment);
  if (wanted.length === 0)
    probe.wrong(
      place,
      `job ${name} can change AWS, and which root it applies is ${root ?? "not said"}: no environment of hardened-eks.yaml belongs to it`,
    );
  else
    probe.that(
      wanted.includes(String(environment)),
      place,
      `job ${name} applies ${root} in environment ${environment ?? "none"}, it must be ${wanted.join(" or ")}`,
    );
}
