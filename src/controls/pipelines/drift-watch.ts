import { control, workflows } from "../control.ts";
import { onSchedule } from "../evidence/gitlab.ts";
import { data, items } from "../evidence/kubernetes.ts";
import { commandsOf, matrixTextOf, names, scriptsOf, stagesOf } from "../evidence/pipeline.ts";
import { started, triggersOf } from "../evidence/workflow.ts";
import { withoutApply } from "../reasons.ts";

const COMPARES = /^(terraform|tofu)\b.*\splan\b.*\s-detailed-exitcode\b/;
/** At least once in every week of the year. */
const WEEKLY = /^\S+ \S+ \* \* \S+$/;

export default control({
  id: "pipelines.drift-watch",
  title:
    "A schedule compares every root that the pipeline applies with what runs, and fails where they differ",
  why: "Who changes a security group or a trust policy by hand is seen by nobody until the next apply of that root.",
  severity: "medium",
  mapping: { nsaCisa: ["Audit logging and threat detection"] },
  notApplicable: withoutApply,
  evidence: [
    workflows((subject, probe) => {
      const weekly = started(subject, "schedule").filter((file) =>
        items(triggersOf(file).schedule).some((entry) => WEEKLY.test(String(data(entry).cron))),
      );
      const covered: string[] = [];
      let place = {
        file:
          subject.gitlab?.path ??
          started(subject, "schedule", "workflow_dispatch")[0]?.path ??
          ".github/workflows",
        line: 1,
      };
      for (const script of scriptsOf(subject)) {
        const { step, job } = script;
        const scheduled =
          step === undefined
            ? job !== undefined && onSchedule(job)
            : weekly.includes(step.file) &&
              step.step.if === undefined &&
              step.job?.job.if === undefined;
        if (!scheduled) continue;
        for (const { text, line } of commandsOf(script.text)) {
          if (!COMPARES.test(text)) continue;
          place = script.place(line);
          probe.that(
            !/-refresh=false|-target|-exclude/.test(text),
            place,
            `${script.name} compares in part only`,
          );
          // A code that is kept has to end the script.
          probe.that(
            !/\|\|/.test(script.text.split("\n")[line] ?? "") ||
              /^\s*exit "?\$code"?\s*$/m.test(script.text.trimEnd().split("\n").at(-1) ?? ""),
            place,
            `${script.name} does not fail where what runs differs`,
          );
          covered.push(matrixTextOf(script));
        }
      }
      for (const { root } of stagesOf(subject))
        probe.that(
          covered.some((text) => names(text, root)),
          place,
          `no schedule compares ${root} with what runs`,
          root,
        );
    }),
  ],
  fix: "Run plan -detailed-exitcode for every root on a schedule that comes at least once a week.",
  mutants: [
    {
      title: "No schedule",
      edits: [
        {
          file: ".github/workflows/schedule.yml",
          replace: '  schedule:\n    - cron: "17 5 * * 1-5"\n',
          with: "",
        },
      ],
    },
    {
      title: "Once a year",
      edits: [
        { file: ".github/workflows/schedule.yml", replace: "17 5 * * 1-5", with: "17 5 1 1 *" },
      ],
    },
    {
      title: "Production is not compared",
      edits: [
        {
          file: ".github/workflows/schedule.yml",
          replace: / {10}- root: environments\/prod\n.*\n.*\n/,
          with: "",
        },
      ],
    },
    {
      title: "A difference does not fail",
      edits: [
        { file: ".github/workflows/schedule.yml", replace: '          exit "$code"\n', with: "" },
      ],
    },
    {
      title: "GitLab's watch gives no exit code",
      of: "government",
      edits: [
        {
          file: ".gitlab-ci.yml",
          replace: "plan -detailed-exitcode -lock=false",
          with: "plan -lock=false",
        },
      ],
    },
  ],
});
