import { control, workflows } from "../control.ts";
import { gitlabJobs, gitlabLines } from "../evidence/gitlab.ts";
import { data } from "../evidence/kubernetes.ts";
import { gitlabRole, scriptsOf } from "../evidence/pipeline.ts";
import { allJobs, allSteps, calledBy, permissionsOf, takesRole } from "../evidence/workflow.ts";
import { withoutApply } from "../reasons.ts";

/** A role of this project, in an account that is named or given. */
const isRole = (role: unknown, project = "[\\w-]+"): boolean =>
  new RegExp(
    `^arn:aws[\\w-]*:iam::(\\d{12}|\\$\\{\\{ ?(inputs|matrix|vars)\\.\\w+ ?\\}\\}|\\$\\{?\\w+\\}?):role/${project}-ci-(plan|apply)$`,
  ).test(String(role));
/** Applies of a control plane and its nodes take hours. */
const LONGEST = 4 * 3600;

export default control({
  id: "pipelines.assumed-roles",
  title: "Pipelines reach AWS only as the plan or the apply role, with a token made for it",
  why: "Another role has rights that nobody reviewed for pipelines; a token for another audience is accepted elsewhere too.",
  severity: "high",
  mapping: {},
  notApplicable: withoutApply,
  evidence: [
    workflows((subject, probe) => {
      for (const each of allSteps(subject).filter(takesRole)) {
        const { file, job, step, path } = each;
        const inputs = data(step.with);
        const at = (name: string) => file.placeOf(...path, "with", name);
        probe.that(
          job !== undefined,
          at("role-to-assume"),
          "an action takes a role: take it in the job, where its environment is seen",
        );
        const role = inputs["role-to-assume"];
        probe.that(
          isRole(role, subject.config?.name),
          at("role-to-assume"),
          `role-to-assume is ${role ?? "not set"}, it must be the role <project>-ci-plan or <project>-ci-apply`,
        );
        const { audience = "sts.amazonaws.com" } = inputs;
        probe.that(
          audience === "sts.amazonaws.com",
          at("audience"),
          `audience is ${audience}, it must be sts.amazonaws.com`,
        );
        const seconds = Number(inputs["role-duration-seconds"] ?? 3600);
        probe.that(
          seconds <= LONGEST,
          at("role-duration-seconds"),
          `role-duration-seconds is ${inputs["role-duration-seconds"]}, it must be at most ${LONGEST}`,
        );
        for (const name of ["role-chaining", "use-existing-credentials", "output-credentials"])
          probe.that(
            String(inputs[name] ?? false) === "false",
            at(name),
            `${name} is ${inputs[name]}`,
          );
      }
      for (const job of allJobs(subject))
        if (job.job.uses !== undefined && calledBy(subject, job) === undefined)
          if (data(permissionsOf(job))["id-token"] === "write")
            probe.unresolved(
              job.file.placeOf(...job.path, "uses"),
              `job ${job.name} gives ${job.job.uses} a token: which role that assumes is not known`,
            );
      for (const job of gitlabJobs(subject)) {
        const tokens = Object.entries(data(job.job.id_tokens));
        for (const [name, token] of tokens)
          probe.that(
            data(token).aud === "$CI_SERVER_URL",
            job.placeOf("id_tokens", name, "aud"),
            `aud of ${name} is ${data(token).aud ?? "not set"}, it must be $CI_SERVER_URL`,
          );
        const role = gitlabRole(job);
        if (tokens.length > 0 || role !== undefined)
          probe.that(
            isRole(role, subject.config?.name),
            gitlabLines(job).find(({ text }) => text.includes("AWS_ROLE_ARN"))?.place ??
              job.placeOf("script"),
            `job ${job.name} assumes ${role ?? "no role that can be read"}, it must be <project>-ci-plan or <project>-ci-apply`,
          );
      }
      for (const script of scriptsOf(subject))
        script.text.split("\n").forEach((text, line) => {
          if (/\bsts\s+assume-role|ACTIONS_ID_TOKEN_REQUEST/.test(text))
            probe.wrong(script.place(line), `${script.name} trades tokens by hand`);
        });
    }),
  ],
  fix: "Use aws-actions/configure-aws-credentials with role-to-assume of the plan or apply role and audience sts.amazonaws.com.",
  mutants: [
    {
      title: "An administrator's role",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "role/acme-platform-ci-plan",
          with: "role/platform-admin",
        },
      ],
    },
    {
      title: "A token for another audience",
      edits: [
        {
          file: ".github/workflows/schedule.yml",
          replace: "audience: sts.amazonaws.com",
          with: "audience: https://github.com/acme",
        },
      ],
    },
    {
      title: "The role behind a variable of the settings",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "arn:aws:iam::${{ inputs.account_id }}:role/acme-platform-ci-apply",
          with: "${{ vars.DEPLOY_ROLE }}",
        },
      ],
    },
    {
      title: "GitLab's token names a second audience",
      of: "government",
      edits: [
        {
          file: ".gitlab-ci.yml",
          replace: "aud: $CI_SERVER_URL",
          with: "aud: [$CI_SERVER_URL, https://vault.example]",
        },
      ],
    },
    {
      title: "GitLab's plan jobs become administrators",
      of: "government",
      edits: [
        {
          file: ".gitlab-ci.yml",
          replace: "role/acme-platform-ci-$ROLE",
          with: "role/platform-admin",
        },
      ],
    },
  ],
});
