import { findKubernetesVersion } from "../../catalog/index.ts";
import { control, workflows } from "../control.ts";
import { onSchedule } from "../evidence/gitlab.ts";
import { scriptsOf, variablesFor } from "../evidence/pipeline.ts";
import { started } from "../evidence/workflow.ts";
import { withoutCi } from "../reasons.ts";

/** Days that an upgrade with its tests takes, at least. */
const LEAST = 30;

export default control({
  id: "pipelines.kubernetes-support-watch",
  title: "A schedule fails before the support of the Kubernetes version ends",
  why: "When support ends EKS upgrades the control plane by itself, on a day of its choice; until then nothing is patched any more.",
  severity: "medium",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  notApplicable: (config) =>
    withoutCi(config) ??
    (config.ci === "github" && config.state.backend === "local"
      ? "where the state is a local file nothing runs on a schedule"
      : undefined) ??
    (findKubernetesVersion(config.kubernetes) === undefined
      ? `when the support of Kubernetes ${config.kubernetes} ends is not known`
      : undefined),
  evidence: [
    workflows((subject, probe) => {
      const scheduled = started(subject, "schedule");
      const version = subject.config?.kubernetes ?? "";
      const facts = findKubernetesVersion(version);
      const texts = new Map<
        string,
        { text: string; script: ReturnType<typeof scriptsOf>[number] }
      >();
      // GitLab's lines of one job are one script.
      for (const script of scriptsOf(subject)) {
        const { step, job } = script;
        const runs =
          step === undefined
            ? job !== undefined && onSchedule(job)
            : scheduled.includes(step.file) &&
              step.step.if === undefined &&
              step.job?.job.if === undefined;
        if (!runs) continue;
        const key = step === undefined ? script.name : `${script.name} ${step.path.join()}`;
        texts.set(key, { script, text: `${texts.get(key)?.text ?? ""}${script.text}\n` });
      }
      const watches = [...texts.values()].filter(({ text }) =>
        text.includes("STANDARD_SUPPORT_ENDS"),
      );
      probe.that(
        watches.length > 0,
        { file: subject.gitlab?.path ?? scheduled[0]?.path ?? ".github/workflows", line: 1 },
        `no schedule watches the support of Kubernetes ${version}`,
      );
      for (const { script, text } of watches) {
        const given = new Map(variablesFor(script).map(({ name, value }) => [name, value]));
        const place = script.place(0);
        probe.that(
          given.get("VERSION") === version,
          place,
          `Kubernetes ${given.get("VERSION")} is watched, the clusters run ${version}`,
        );
        for (const [name, end] of [
          ["STANDARD_SUPPORT_ENDS", facts?.endOfStandard],
          ["EXTENDED_SUPPORT_ENDS", facts?.endOfExtended],
        ] as const) {
          const said = given.get(name);
          if (said !== undefined || name === "STANDARD_SUPPORT_ENDS")
            probe.that(
              said !== undefined &&
                /^\d{4}-\d\d-\d\d$/.test(said) &&
                (end === undefined || said <= end),
              place,
              `${name} is ${said ?? "not set"}, support of Kubernetes ${version} ends on ${end}`,
            );
        }
        const policy = given.get("UPGRADE_POLICY");
        probe.that(
          policy === "STANDARD" || subject.config?.allowExtendedSupport === true,
          place,
          `UPGRADE_POLICY is ${policy}, the clusters leave with standard support`,
        );
        const days = /"\$days" -(?:lt|ge) (\d+)/.exec(text)?.[1];
        const fails =
          /"\$days" -lt \d+ \]; then\n[\s\S]*exit 1/.test(text) ||
          /^test "\$days" -ge \d+$/m.test(text);
        probe.that(
          Number(days) >= LEAST && fails,
          place,
          fails
            ? `the watch fails ${days} days before the end, it must be at least ${LEAST}`
            : "the watch never fails",
        );
      }
    }),
  ],
  fix: "Let a scheduled job fail at least 30 days before the day on which EKS ends the support of the version.",
  mutants: [
    {
      title: "No schedule watches it",
      edits: [
        {
          file: ".github/workflows/schedule.yml",
          replace: /\n {2}kubernetes:\n[\s\S]*$/,
          with: "",
        },
      ],
    },
    {
      title: "The date of a later version",
      edits: [
        {
          file: ".github/workflows/schedule.yml",
          replace: 'STANDARD_SUPPORT_ENDS: "2027-03-27"',
          with: 'STANDARD_SUPPORT_ENDS: "2027-08-02"',
        },
      ],
    },
    {
      title: "It only tells",
      edits: [
        {
          file: ".github/workflows/schedule.yml",
          replace: /(upgrade-kubernetes\.md"\n) {12}exit 1\n/,
          with: 'upgrade-kubernetes.md"\n',
        },
      ],
    },
    {
      title: "GitLab's watch allows the last day",
      of: "government",
      edits: [{ file: ".gitlab-ci.yml", replace: "-ge 90", with: "-ge 1" }],
    },
  ],
});
