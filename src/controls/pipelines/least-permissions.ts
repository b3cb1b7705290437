import { control, workflows } from "../control.ts";
import { data, isData } from "../evidence/kubernetes.ts";
import { allJobs, permissionsOf, startedByAnyone } from "../evidence/workflow.ts";
import { withoutGithub } from "../reasons.ts";

/** What a job may write: a token for AWS (its own Control), and the issue about drift. */
const MAY_WRITE = new Set(["id-token", "issues"]);

export default control({
  id: "pipelines.least-permissions",
  title: "No workflow's token may write, but for the issue about drift",
  why: "A token that may write lets one compromised action push to the repository, approve pull requests or replace releases.",
  severity: "high",
  mapping: { checkov: ["CKV2_GHA_1"] },
  notApplicable: withoutGithub,
  evidence: [
    workflows((subject, probe) => {
      for (const file of subject.workflows) {
        const { permissions } = data(file.data);
        probe.that(
          isData(permissions) && Object.values(permissions).every((value) => value !== "write"),
          file.placeOf("permissions"),
          permissions === undefined || permissions === null
            ? `${file.path} sets no permissions: its jobs get what the repository's settings give`
            : "the permissions of the workflow must be {} or name scopes that are read",
        );
      }
      const anyone = startedByAnyone(subject);
      for (const each of allJobs(subject)) {
        const { file, name, job, path } = each;
        const permissions = permissionsOf(each);
        const place = file.placeOf(...path, "permissions");
        if (!isData(permissions)) {
          if (job.permissions !== undefined)
            probe.wrong(
              place,
              `job ${name}: permissions is ${permissions}, it must name its scopes`,
            );
          continue;
        }
        for (const [scope, value] of Object.entries(permissions))
          probe.that(
            value !== "write" || (MAY_WRITE.has(scope) && !anyone.includes(file)),
            job.permissions === undefined ? place : file.placeOf(...path, "permissions", scope),
            `job ${name} may write ${scope}${anyone.includes(file) ? ", and a pull request starts it" : ""}`,
          );
      }
    }),
  ],
  fix: "Set permissions: {} at the top of each workflow, and for each job only what it reads.",
  mutants: [
    {
      title: "Everything may be written",
      edits: [
        {
          file: ".github/workflows/schedule.yml",
          replace: "permissions: {}",
          with: "permissions: write-all",
        },
      ],
    },
    {
      title: "No permissions at the top",
      edits: [
        { file: ".github/workflows/pull-request.yml", replace: "permissions: {}\n\n", with: "" },
      ],
    },
    {
      title: "A job may push",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "contents: read # to check out",
          with: "contents: write",
        },
      ],
    },
    {
      title: "A pull request may comment",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "      contents: read # to check out\n    env:",
          with: "      contents: read # to check out\n      issues: write\n    env:",
        },
      ],
    },
  ],
});
