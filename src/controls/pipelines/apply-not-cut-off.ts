import { control, workflows } from "../control.ts";
import { data, isData } from "../evidence/kubernetes.ts";
import { applyJobs } from "../evidence/pipeline.ts";
import { jobsOf, reachedFrom } from "../evidence/workflow.ts";
import { withoutApply } from "../reasons.ts";

export default control({
  id: "pipelines.apply-not-cut-off",
  title: "Applies of one root wait for each other, and no newer run cuts one off",
  why: "A cancelled apply leaves a lock and half of a change; two at once work from a state that the other is changing.",
  severity: "medium",
  mapping: {},
  notApplicable: withoutApply,
  evidence: [
    workflows((subject, probe) => {
      const jobs = applyJobs(subject);
      for (const file of subject.workflows)
        for (const { job, callers } of reachedFrom(subject, file)) {
          if (!jobs.some(({ github }) => github?.file === job.file && github.name === job.name))
            continue;
          const around = [job, ...callers].flatMap(({ file: from, job: body, path }) => [
            { value: body.concurrency, place: from.placeOf(...path, "concurrency") },
            { value: data(from.data).concurrency, place: from.placeOf("concurrency") },
          ]);
          let queued = false;
          for (const { value, place } of around) {
            if (value === undefined) continue;
            const group = String(isData(value) ? value.group : value);
            const cancel = data(value)["cancel-in-progress"] ?? false;
            probe.that(
              String(cancel) === "false",
              place,
              `a newer run cuts off job ${job.name}: cancel-in-progress is ${cancel}`,
            );
            // Another expression could differ from run to run, and then nothing waits.
            queued ||= !group
              .replaceAll(/\$\{\{ *(inputs|matrix)\.root *\}\}/g, "")
              .includes("${{");
          }
          probe.that(
            queued,
            job.file.placeOf("concurrency"),
            `job ${job.name} waits for no other run of its root`,
          );
        }
      // Whoever shares a group with an apply cancels it.
      for (const file of subject.workflows)
        for (const { value, place } of [
          { value: data(file.data).concurrency, place: file.placeOf("concurrency") },
          ...jobsOf(file).map(({ job, path }) => ({
            value: job.concurrency,
            place: file.placeOf(...path, "concurrency"),
          })),
        ])
          probe.that(
            String(data(value)["cancel-in-progress"] ?? false) === "false" ||
              !/apply/i.test(String(data(value).group)),
            place,
            `${file.path} cancels what runs in the group ${data(value).group}`,
          );
      for (const { name, gitlab } of jobs) {
        if (gitlab === undefined) continue;
        const group = String(gitlab.job.resource_group ?? "");
        probe.that(
          /^(\$\{?ROOT\}?|[\w/-]+)$/.test(group),
          gitlab.placeOf("resource_group"),
          `job ${name} waits for no other of its root: resource_group is ${group || "not set"}`,
        );
        probe.that(
          gitlab.job.interruptible !== true,
          gitlab.placeOf("interruptible"),
          `a newer pipeline cuts off job ${name}`,
        );
        probe.that(
          data(data(data(gitlab.file.data).workflow).auto_cancel).on_job_failure !== "all",
          gitlab.file.placeOf("workflow", "auto_cancel"),
          `a job that fails cuts off job ${name}`,
        );
      }
    }),
  ],
  fix: "Set concurrency with a group per root and cancel-in-progress: false (GitLab: resource_group: $ROOT).",
  mutants: [
    {
      title: "Another workflow in the group of an apply",
      edits: [
        {
          file: ".github/workflows/quick.yml",
          create:
            "name: Quick\non: push\npermissions: {}\nconcurrency:\n  group: apply-environments/prod\n  cancel-in-progress: true\njobs:\n  quick:\n    name: Quick\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    permissions: {}\n    steps:\n      - run: echo fine\n",
        },
      ],
    },
    {
      title: "A newer push cancels the apply",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "cancel-in-progress: false",
          with: "cancel-in-progress: true",
        },
      ],
    },
    {
      title: "The caller cancels the apply",
      edits: [
        {
          file: ".github/workflows/apply.yml",
          replace: "permissions: {}\n",
          with: "permissions: {}\n\nconcurrency:\n  group: apply\n  cancel-in-progress: true\n",
        },
      ],
    },
    {
      title: "A group for each run",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "group: apply-${{ inputs.root }}",
          with: "group: apply-${{ inputs.root }}-${{ github.run_id }}",
        },
      ],
    },
    {
      title: "GitLab's applies do not wait",
      of: "government",
      edits: [{ file: ".gitlab-ci.yml", replace: "  resource_group: $ROOT\n", with: "" }],
    },
  ],
});
