import { control } from "../control.ts";

export default control({
  id: "pipelines.pipeline-settings",
  title: "The CI system's settings hold no AWS key and give runs no rights of their own",
  why: "The AWS SDK takes a key in a CI variable before the role of the job, and a default token that writes undoes permissions: {} in the next new workflow.",
  severity: "high",
  mapping: {},
  look: "GitHub: `gh secret list`, `gh variable list` and the same with `--org` and `--env <name>` must show no AWS key; `gh api repos/{owner}/{repo}/actions/permissions/workflow` must be read and not approve pull requests; `gh api repos/{owner}/{repo}/actions/permissions` should require pinned actions (sha_pinning_required). GitLab: Settings > CI/CD > Variables of project and groups must show no AWS_*, and Schedules must hold the one for drift.",
});
