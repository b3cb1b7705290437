import { control, workflows } from "../control.ts";
import { data } from "../evidence/kubernetes.ts";
import type { Place } from "../evidence/value.ts";
import { allJobs, allSteps, usesOf } from "../evidence/workflow.ts";
import { withoutGithub } from "../reasons.ts";

const BY_DIGEST = /@sha256:[0-9a-f]{64}$/;
const BY_COMMIT = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;

const imageOf = (value: unknown): unknown =>
  typeof value === "string" ? value : data(value).image;

export default control({
  id: "pipelines.pinned-actions",
  title:
    "Every action, workflow and image that a workflow takes from elsewhere is pinned to a commit or digest",
  why: "Who takes over an action's repository moves its tag, and the next run executes their code with the role of the job.",
  severity: "critical",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  notApplicable: withoutGithub,
  evidence: [
    workflows((subject, probe) => {
      const local = (path: string): boolean =>
        [...subject.workflows, ...subject.actions].some(
          (file) =>
            file.path === path ||
            file.path === `${path}/action.yml` ||
            file.path === `${path}/action.yaml`,
        );
      const uses = (value: string, place: Place): void => {
        if (value.startsWith("./")) {
          const path = value.slice(2).replace(/\/+$/, "");
          if (local(path)) probe.that(true, place, "");
          else
            probe.unresolved(
              place,
              `${value} is not under .github/actions or .github/workflows, nothing of it is checked`,
            );
        } else if (value.startsWith("docker://"))
          probe.that(BY_DIGEST.test(value), place, `${value} is pinned to no digest`);
        else
          probe.that(
            BY_COMMIT.test(value),
            place,
            `${value} is not pinned to a commit of 40 hex digits`,
          );
      };
      const image = (value: unknown, place: Place): void => {
        if (value !== undefined)
          probe.that(BY_DIGEST.test(String(value)), place, `image ${value} is pinned to no digest`);
      };
      for (const { file, step, path } of allSteps(subject)) {
        const value = usesOf(step);
        if (value !== undefined) uses(value, file.placeOf(...path, "uses"));
      }
      for (const { file, job, path } of allJobs(subject)) {
        const value = usesOf(job);
        if (value !== undefined) uses(value, file.placeOf(...path, "uses"));
        image(imageOf(job.container), file.placeOf(...path, "container"));
        for (const [name, service] of Object.entries(data(job.services)))
          image(imageOf(service), file.placeOf(...path, "services", name));
      }
      for (const file of subject.actions) {
        const { image: made } = data(data(file.data).runs);
        if (typeof made === "string" && made.startsWith("docker://"))
          uses(made, file.placeOf("runs", "image"));
        else if (made !== undefined)
          probe.unresolved(
            file.placeOf("runs", "image"),
            `the base image in ${made} is not checked`,
          );
      }
    }),
  ],
  fix: "Write uses: owner/action@<commit of 40 hex digits> # <version>; images as name@sha256:<digest>.",
  mutants: [
    {
      title: "A tag instead of a commit",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c",
          with: "aws-actions/configure-aws-credentials@v6",
        },
      ],
    },
    {
      title: "A short commit in the composite action",
      edits: [
        {
          file: ".github/actions/setup/action.yml",
          replace: "actions/cache@55cc8345863c7cc4c66a329aec7e433d2d1c52a9",
          with: "actions/cache@55cc834",
        },
      ],
    },
    {
      title: "A shared workflow of another repository by its branch",
      edits: [
        {
          file: ".github/workflows/apply.yml",
          replace: "uses: ./.github/workflows/apply-root.yml",
          with: "uses: acme/shared/.github/workflows/apply-root.yml@main",
        },
      ],
    },
    {
      title: "A job in a container with a tag",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "    timeout-minutes: 30\n",
          with: "    timeout-minutes: 30\n    container:\n      image: ghcr.io/acme/terraform:1.11.4\n",
        },
      ],
    },
    {
      title: "A local action outside of .github/actions",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "uses: ./.github/actions/setup",
          with: "uses: ./ci/setup",
        },
        {
          file: "ci/setup/action.yml",
          create:
            "name: Set up\ndescription: Tools.\nruns:\n  using: composite\n  steps:\n    - uses: hashicorp/setup-terraform@main\n",
        },
      ],
    },
  ],
});
