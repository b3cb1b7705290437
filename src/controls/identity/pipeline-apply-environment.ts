import { control, terraform } from "../control.ts";
import {
  claimOf,
  isOpen,
  knownPart,
  labelOf,
  pipelineRolesOf,
  placeOfCondition,
  trustOf,
} from "../evidence/iam.ts";
import { withoutPipeline } from "../reasons.ts";

export default control({
  id: "identity.pipeline-apply-environment",
  title: "Only a job that waited for a protected environment gets the apply role",
  why: "A branch alone has no reviewer: whoever can push to it, or run one more job on it, would apply without anyone having read the plan.",
  severity: "high",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  notApplicable: withoutPipeline,
  waivedBy: ["gitlab-branch-bound"],
  evidence: [
    terraform((subject, probe) => {
      for (const { root, apply } of pipelineRolesOf(probe, subject))
        for (const role of apply)
          for (const statement of trustOf(probe, role))
            for (const value of claimOf(statement, "sub") ?? [""])
              if (isOpen(value) && knownPart(value) === "")
                probe.unresolved(
                  placeOfCondition(statement, ":sub"),
                  `${role.address}: ${labelOf(statement)} trusts ${value}, which cannot be resolved from the text`,
                  root.path,
                );
              else
                probe.that(
                  /:environment:[^:]+$/.test(value),
                  placeOfCondition(statement, ":sub"),
                  `${role.address}: ${labelOf(statement)} trusts ${value || "any subject"}, it must be an environment`,
                  root.path,
                );
    }),
  ],
  fix: "Let apply_subjects name environments, and protect each of them with reviewers.",
  mutants: [
    {
      title: "The branch applies",
      edits: [
        {
          file: "bootstrap/main.ci.tf",
          replace: ":environment:${environment}",
          with: ":ref:refs/heads/main",
        },
      ],
    },
    {
      title: "The branch applies too, in the module",
      of: "bank",
      edits: [
        {
          file: "modules/ci-identity/main.roles.tf",
          replace: "subjects    = var.apply_subjects",
          with: "subjects    = concat(var.apply_subjects, var.plan_subjects)",
        },
      ],
    },
    {
      title: "A second role with the same rights, for the branch",
      edits: [
        {
          file: "modules/ci-identity/main.roles.tf",
          replace: "  roles = {\n",
          with: '  roles = {\n    hotfix = {\n      description = "Applies at night"\n      subjects    = var.plan_subjects\n    }\n',
        },
      ],
    },
  ],
});
