import { control } from "../control.ts";

export default control({
  id: "pipelines.protected-branch",
  title: "Nothing reaches the main branch without a review by an owner and passing checks",
  why: "Whatever is on main is planned with credentials and offered for apply; CODEOWNERS and checks bind nobody until the branch is protected.",
  severity: "critical",
  mapping: {},
  look: 'GitHub: `gh api repos/{owner}/{repo}/rules/branches/main` (or `.../branches/main/protection`) must show pull requests with at least one approval, code owner review, dismissal of stale approvals, the required status check "All checks", no force push, and no bypass for administrators. GitLab: Settings > Repository > Protected branches must show main with "No one" allowed to push, and Settings > Merge requests must require successful pipelines and approvals by code owners.',
});
