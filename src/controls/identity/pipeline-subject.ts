import { control, terraform } from "../control.ts";
import { plannedAccounts } from "../evidence/account.ts";
import {
  claimOf,
  GIVEN_PART,
  isWebIdentity,
  knownPart,
  labelOf,
  pipelineRolesOf,
  placeOfCondition,
  trustOf,
} from "../evidence/iam.ts";
import { data, strings } from "../evidence/kubernetes.ts";
import type { Subject } from "../evidence/subject.ts";
import { triggersOf } from "../evidence/workflow.ts";
import { withoutPipeline } from "../reasons.ts";

const NAME = `(?:[\\w.-]+|${GIVEN_PART})`;
const ID = `(?:@(?:\\d+|${GIVEN_PART}))?`;
/** GitHub by name, or by name and ids, which survive a rename; GitLab by the project's whole path. */
const GITHUB = new RegExp(
  `^repo:(${NAME}${ID}(?:/${NAME}${ID})?):(?:ref:refs/heads/([\\w./-]+|${GIVEN_PART})|environment:([a-z][a-z0-9-]*|${GIVEN_PART}))$`,
);
const GITLAB = new RegExp(
  `^project_path:((?:${NAME})(?:/${NAME})*):ref_type:branch:ref:([\\w./-]+|${GIVEN_PART})$`,
);

/** The repository of a subject, as the answers spell it; nothing where it is given from outside. */
const repositoryOf = (name: string): string =>
  knownPart(name).replaceAll(/@\d*/g, "").replace(/^\/$/, "");

/** Branches whose pushes the repository's own workflows apply. */
const appliedBranches = ({ workflows }: Subject): string[] =>
  workflows.flatMap((file) => strings(data(triggersOf(file).push).branches));

export default control({
  id: "identity.pipeline-subject",
  title:
    "The pipeline's roles trust one repository, and in it one branch or one protected environment each",
  why: "A wildcard in the subject lets a pull request, a new branch or a stranger's fork assume the role that changes production.",
  severity: "critical",
  mapping: {
    nsaCisa: ["Authentication and authorization"],
    checkov: ["CKV_AWS_358", "CKV_AWS_393"],
  },
  notApplicable: withoutPipeline,
  evidence: [
    terraform((subject, probe) => {
      const branches = appliedBranches(subject);
      const environments = Object.keys(subject.config?.environments ?? {});
      // One repository for every account: each tfvars file is a root of its own.
      const repositories = new Set<string>();
      const accounts = plannedAccounts(subject);
      for (const { root, plan, apply } of pipelineRolesOf(probe, subject)) {
        const own = accounts.find(({ name }) => root.values === `${name}.tfvars`);
        for (const role of [...plan, ...apply])
          for (const statement of trustOf(probe, role)) {
            const what = `${role.address}: ${labelOf(statement)}`;
            const place = placeOfCondition(statement, ":sub");
            const values = isWebIdentity(statement) ? claimOf(statement, "sub") : undefined;
            probe.that(
              values !== undefined && values.length > 0,
              place,
              `${what} has no StringEquals on the token's subject (sub)`,
              root.path,
            );
            for (const value of values ?? []) {
              const [, hub, branch, environment] = GITHUB.exec(value) ?? [];
              const [, lab] = GITLAB.exec(value) ?? [];
              const repository = hub ?? lab;
              if (repository === undefined && knownPart(value) === "") {
                probe.unresolved(
                  place,
                  `${what} trusts ${value}, which cannot be resolved from the text`,
                  root.path,
                );
                continue;
              }
              if (repository === undefined) {
                probe.wrong(
                  place,
                  `${what} trusts ${value}, it must be one branch or one environment of one repository in full`,
                  root.path,
                );
                continue;
              }
              repositories.add(repositoryOf(repository));
              const wanted = subject.config?.repository;
              const named = repositoryOf(repository);
              probe.that(
                wanted === undefined || named === wanted || named === "",
                place,
                `${what} trusts ${value}, which is not the repository ${wanted}`,
                root.path,
              );
              probe.that(
                branch === undefined ||
                  branches.length === 0 ||
                  branches.includes(branch) ||
                  knownPart(branch) === "",
                place,
                `${what} trusts the branch ${branch}, but the workflows apply ${branches.join(", ")}`,
                root.path,
              );
              probe.that(
                environment === undefined ||
                  environments.length === 0 ||
                  environments.includes(environment) ||
                  knownPart(environment) === "",
                place,
                `${what} trusts the environment ${environment}, which is none of ${environments.join(", ")}`,
                root.path,
              );
              probe.that(
                environment === undefined ||
                  own === undefined ||
                  own.environments.includes(environment) ||
                  knownPart(environment) === "",
                place,
                `${what} trusts the environment ${environment}, which is not of the account ${own?.name}`,
                root.path,
              );
              probe.that(
                environment === undefined || !plan.includes(role),
                place,
                `${what} trusts the environment ${environment}; a plan is for the branch`,
                root.path,
              );
            }
          }
        probe.that(
          repositories.size <= 1,
          root.place,
          `${root.path}: the roles trust different repositories: ${[...repositories].map((name) => name || "that of the variables").join(", ")}`,
          root.path,
        );
      }
    }),
  ],
  fix: "Compare sub with the exact subject by StringEquals: repo:OWNER/NAME:ref:refs/heads/BRANCH to plan, repo:OWNER/NAME:environment:NAME to apply.",
  mutants: [
    {
      title: "The apply role of one account is for the environment of another, too",
      edits: [
        {
          file: "bootstrap/prod.tfvars",
          replace: 'environments = ["prod"]',
          with: 'environments = ["prod", "dev"]',
        },
      ],
    },
    {
      title: "One account trusts another repository",
      edits: [{ file: "bootstrap/prod.tfvars", append: '\nrepository = "somebody/else"\n' }],
    },
    {
      title: "Every branch of the repository plans",
      edits: [
        {
          file: "bootstrap/main.ci.tf",
          replace: ":ref:refs/heads/${var.default_branch}",
          with: ":ref:refs/heads/*",
        },
      ],
    },
    {
      title: "StringLike",
      of: "government",
      edits: [
        {
          file: "modules/ci-identity/main.roles.tf",
          replace: /test {5}= "StringEquals"\n {6}variable = "\$\{local.issuer\}:sub"/,
          with: 'test     = "StringLike"\n      variable = "${local.issuer}:sub"',
        },
      ],
    },
    {
      title: "Pull requests plan too",
      of: "bank",
      edits: [
        {
          file: "bootstrap/main.ci.tf",
          replace: /(plan_subjects {2}= \["[^"]*")\]/,
          with: 'plan_subjects  = ["repo:${local.repository}:ref:refs/heads/${var.default_branch}", "repo:${local.repository}:pull_request"]',
        },
      ],
    },
    {
      title: "Another repository may apply",
      edits: [
        {
          file: "bootstrap/main.ci.tf",
          replace: "  apply_subjects = [for environment",
          with: '  apply_subjects = concat(["repo:contractor/platform:environment:prod"], [for environment',
        },
        {
          file: "bootstrap/main.ci.tf",
          replace: ':environment:${environment}"]',
          with: ':environment:${environment}"])',
        },
      ],
    },
    {
      title: "An environment that nobody protects, in the values of an account",
      edits: [
        {
          file: "bootstrap/prod.tfvars",
          replace: '["prod"]',
          with: '["prod", "hotfix"]',
        },
      ],
    },
  ],
});
