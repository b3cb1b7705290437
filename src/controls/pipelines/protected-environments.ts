import { control } from "../control.ts";

export default control({
  id: "pipelines.protected-environments",
  title: "The environments of applies have reviewers, and only main may deploy to them",
  why: "GitHub makes an environment that is not there when a job names it, without reviewers: the apply role would then be anybody's.",
  severity: "critical",
  mapping: {},
  look: "GitHub: for each environment in hardened-eks.yaml `gh api repos/{owner}/{repo}/environments/<name>` must list required_reviewers with prevent_self_review, deployment_branch_policy must allow main only, and can_admins_bypass must be false. GitLab: Settings > CI/CD > Protected environments must list each one with named deployers and required approvals.",
});
