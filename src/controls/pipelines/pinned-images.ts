import { control, workflows } from "../control.ts";
import { gitlabJobs } from "../evidence/gitlab.ts";
import { data, items } from "../evidence/kubernetes.ts";
import { withoutGitlab } from "../reasons.ts";

/** A full version, or a digest. */
const PINNED =
  /^[a-z0-9][\w.-]*(:\d+(?=\/))?(\/[\w./-]+)?(:[\w-]*\d+\.\d+\.\d+[\w.-]*|(:[\w.-]+)?@sha256:[0-9a-f]{64})$/;

const nameOf = (image: unknown): string =>
  String(typeof image === "string" ? image : (data(image).name ?? "no image"));

export default control({
  id: "pipelines.pinned-images",
  title:
    "Every GitLab job runs in an image of an exact version, and nothing is included from elsewhere",
  why: "An image tag or an included file that moves runs somebody else's code with the role of the job.",
  severity: "critical",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  notApplicable: withoutGitlab,
  evidence: [
    workflows((subject, probe) => {
      for (const { name, job, placeOf } of gitlabJobs(subject)) {
        if (job.trigger !== undefined)
          probe.unresolved(
            placeOf("trigger"),
            `job ${name} starts another pipeline, whose jobs are not checked`,
          );
        else
          probe.that(
            PINNED.test(nameOf(job.image)),
            placeOf("image"),
            `the image ${nameOf(job.image)} must have an exact version or a digest`,
          );
        items(job.services).forEach((service, index) => {
          probe.that(
            PINNED.test(nameOf(service)),
            placeOf("services", index),
            `the service ${nameOf(service)} must have an exact version or a digest`,
          );
        });
      }
      const { gitlab } = subject;
      if (gitlab !== undefined && data(gitlab.data).include !== undefined)
        probe.unresolved(
          gitlab.placeOf("include"),
          "include brings jobs that are not checked: write them into .gitlab-ci.yml",
        );
    }),
  ],
  fix: "Give each image its full version, better a digest, and write included jobs into .gitlab-ci.yml.",
  mutants: [
    {
      title: "The newest image",
      of: "government",
      edits: [{ file: ".gitlab-ci.yml", replace: "opentofu:1.10.6", with: "opentofu:latest" }],
    },
    {
      title: "One job has an image of its own, by a moving tag",
      of: "government",
      edits: [
        {
          file: ".gitlab-ci.yml",
          replace: ".plan:\n  extends: .as-role\n",
          with: ".plan:\n  extends: .as-role\n  image: ghcr.io/opentofu/opentofu:1.10\n",
        },
      ],
    },
    {
      title: "Jobs of a remote file",
      of: "government",
      edits: [
        {
          file: ".gitlab-ci.yml",
          replace: "stages:\n",
          with: "include:\n  - remote: https://gitlab.example/ci/terraform.yml\n\nstages:\n",
        },
      ],
    },
    {
      title: "The tag behind a variable",
      of: "government",
      edits: [
        { file: ".gitlab-ci.yml", replace: "opentofu:1.10.6", with: "opentofu:$TOFU_VERSION" },
        {
          file: ".gitlab-ci.yml",
          replace: "variables:\n",
          with: "variables:\n  TOFU_VERSION: latest\n",
        },
      ],
    },
  ],
});
