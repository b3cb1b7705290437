import { control, workflows } from "../control.ts";
import { gitlabJobs, gitlabLines } from "../evidence/gitlab.ts";
import { data, items } from "../evidence/kubernetes.ts";
import {
  applyJobs,
  changesOf,
  commandsOf,
  scriptsOf,
  shellScripts,
  variablesFor,
} from "../evidence/pipeline.ts";
import type { Subject } from "../evidence/subject.ts";
import { actionOf, jobsOf, stepsOf } from "../evidence/workflow.ts";
import { withoutApply } from "../reasons.ts";

const PLANS = /\b(terraform|tofu)\b.*\splan\b.*\s-out=/;

/** A plan of a part, of nothing that is there, or of what somebody else changes meanwhile. */
const NARROWED =
  /\s["']?(-(?:target|destroy|replace|refresh=false|refresh-only|lock=false|var(?:-file)?)\b\S*)/;

const plansIn = (texts: readonly string[]): boolean =>
  texts.some((text) => commandsOf(text).some((command) => PLANS.test(command.text)));

export default control({
  id: "pipelines.apply-saved-plan",
  title:
    "Pipelines change AWS only by applying the plan that an earlier job saved and a person read",
  why: "A fresh plan at apply time holds whatever changed since the review, and -auto-approve applies it unseen.",
  severity: "critical",
  mapping: {},
  notApplicable: withoutApply,
  evidence: [
    workflows((subject, probe) => {
      for (const { script, text, line, saved } of changesOf(subject))
        probe.that(
          saved,
          script.place(line),
          `${script.name} runs \`${text.slice(0, 100)}\`, it may only apply the saved tfplan`,
        );
      for (const script of scriptsOf(subject))
        for (const { name, value, place } of variablesFor(script))
          probe.that(
            !/^TF_CLI_ARGS/.test(name) &&
              (!/^TF_VAR_/.test(name) || name === "TF_VAR_account_id") &&
              !/-auto-approve|\b(apply|destroy)\s+-|(terraform|tofu)\b.*\s(apply|destroy)\b/.test(
                value,
              ),
            place,
            `${name} changes what commands do: ${value}`,
          );
      // What a person runs by hand is asked about: teardown destroys, and nothing applies unseen.
      for (const path of [...shellScripts(subject), "Makefile"])
        (subject.file(path)?.text ?? "").split("\n").forEach((text, line) => {
          probe.that(
            !/^[^#]*\bapply\b.*-auto-approve\b/.test(text),
            { file: path, line: line + 1 },
            `${path} applies what nobody read: ${text.trim().slice(0, 80)}`,
          );
        });
      for (const job of applyJobs(subject)) {
        const condition = job.github?.job.if;
        probe.that(
          !/\b(always|failure|cancelled)\s*\(/.test(String(condition ?? "")),
          job.github?.file.placeOf(...job.github.path, "if") ?? job.place,
          `job ${job.name} runs even where what it needs failed (${condition})`,
        );
        const { own, before } = around(subject, job);
        probe.that(
          !plansIn(own),
          job.place,
          `job ${job.name} plans anew: what it applies nobody read`,
        );
        probe.that(plansIn(before), job.place, `job ${job.name} needs no job that saves a plan`);
        for (const text of before)
          for (const command of commandsOf(text))
            probe.that(
              !PLANS.test(command.text) || !NARROWED.test(command.text),
              job.place,
              `job ${job.name} applies what was planned with ${NARROWED.exec(command.text)?.[1]}`,
            );
        if (job.github !== undefined)
          for (const { file, step, path } of stepsOf(job.github))
            if (/download-artifact$/.test(actionOf(step)))
              for (const input of ["run-id", "repository", "github-token"])
                probe.that(
                  data(step.with)[input] === undefined,
                  file.placeOf(...path, "with", input),
                  `job ${job.name} fetches its plan from another run`,
                );
      }
    }),
  ],
  fix: "Plan with -out=tfplan in one job, and run terraform apply tfplan in another that needs it.",
  mutants: [
    {
      title: "Applied without a plan",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: 'terraform -chdir="$ROOT" apply tfplan',
          with: 'terraform -chdir="$ROOT" apply -auto-approve',
        },
      ],
    },
    {
      title: "Applied even where the plan failed",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "    if: needs.plan.outputs.changes == 'true'",
          with: "    if: always()",
        },
      ],
    },
    {
      title: "The endpoint is opened after the apply",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: 'run: terraform -chdir="$ROOT" apply tfplan',
          with: 'run: |\n          terraform -chdir="$ROOT" apply tfplan\n          aws eks update-cluster-config --name x --resources-vpc-config endpointPublicAccess=true',
        },
      ],
    },
    {
      title: "A resource is taken out of the state",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: 'run: terraform -chdir="$ROOT" apply tfplan',
          with: 'run: |\n          terraform -chdir="$ROOT" apply tfplan\n          terraform -chdir="$ROOT" state rm module.guardduty',
        },
      ],
    },
    {
      title: "A plan of one part",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "plan -detailed-exitcode -out=tfplan",
          with: "plan -detailed-exitcode -target=module.nodes -out=tfplan",
        },
      ],
    },
    {
      title: "Other administrators, by a variable of the job",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "  TF_VAR_account_id:",
          with: "  TF_VAR_admin_role_arns: '[\"arn:aws:iam::111122223333:role/Other\"]'\n  TF_VAR_account_id:",
        },
      ],
    },
    {
      title: "A target of the Makefile",
      edits: [
        {
          file: "Makefile",
          append:
            "\napply:\n\tterraform -chdir=environments/prod apply -input=false -auto-approve\n",
        },
      ],
    },
    {
      title: "Planned again before it is applied",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: 'run: terraform -chdir="$ROOT" apply tfplan',
          with: 'run: |\n          terraform -chdir="$ROOT" plan -out=tfplan\n          terraform -chdir="$ROOT" apply tfplan',
        },
      ],
    },
    {
      title: "A script applies",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: 'run: terraform -chdir="$ROOT" apply tfplan',
          with: "run: scripts/roll-out",
        },
        {
          file: "scripts/roll-out",
          create:
            '#!/usr/bin/env bash\nset -euo pipefail\n\nterraform -chdir="$ROOT" \\\n  apply -auto-approve\n',
        },
      ],
    },
    {
      title: "The drift is taken back by itself",
      edits: [
        {
          file: ".github/workflows/schedule.yml",
          replace: '            echo "$ROOT" >"$RUNNER_TEMP/drifted"\n',
          with: '            terraform -chdir="$ROOT" apply tfplan\n',
        },
      ],
    },
    {
      title: "An action applies",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: '        run: terraform -chdir="$ROOT" apply tfplan',
          with: "        uses: dflook/terraform-apply@0123456789012345678901234567890123456789 # v2\n        with:\n          path: ${{ inputs.root }}\n          auto_approve: true",
        },
      ],
    },
    {
      title: "GitLab applies without a plan, through arguments of the environment",
      of: "government",
      edits: [
        {
          file: ".gitlab-ci.yml",
          replace: "    ROLE: apply\n",
          with: '    ROLE: apply\n    TF_CLI_ARGS_apply: "-auto-approve"\n',
        },
      ],
    },
  ],
});

/** Scripts of the job, and of the jobs that it needs. */
function around(
  subject: Subject,
  { github, gitlab }: ReturnType<typeof applyJobs>[number],
): { own: string[]; before: string[] } {
  if (github !== undefined) {
    const needs = [github.job.needs].flat().map(String);
    const runs = (name: string): string[] =>
      jobsOf(github.file)
        .filter((job) => job.name === name)
        .flatMap((job) => stepsOf(job).map(({ step }) => String(step.run ?? "")));
    return { own: runs(github.name), before: needs.flatMap(runs) };
  }
  if (gitlab === undefined) return { own: [], before: [] };
  const needs = items(gitlab.job.needs).map((need) => String(data(need).job ?? need));
  const lines = (job: typeof gitlab): string[] => gitlabLines(job).map(({ text }) => text);
  return {
    own: lines(gitlab),
    before: gitlabJobs(subject)
      .filter((job) => needs.includes(job.name))
      .flatMap(lines),
  };
}
