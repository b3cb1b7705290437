import { control, workflows } from "../control.ts";
import { gitlabJobs } from "../evidence/gitlab.ts";
import { data } from "../evidence/kubernetes.ts";
import { allJobs } from "../evidence/workflow.ts";
import { withoutCi } from "../reasons.ts";

/** The token of the run itself is no stored secret. */
const SECRETS = /\bsecrets\b(?!\.GITHUB_TOKEN\b)\s*(\.|\[|\)|\})/;
const KEYS =
  /\bAWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)\b|\baws[-_](access[-_]key[-_]id|secret[-_]access[-_]key|session[-_]token)\b|\b(AKIA|ASIA)[A-Z0-9]{16}\b|\baws\s+configure\s+(set|import)\b/i;

type Path = readonly (string | number)[];

/** Every text of a document, with where it is. */
function textsIn(value: unknown, path: Path = []): { text: string; path: Path }[] {
  if (typeof value === "string") return value.includes("${{") ? [{ text: value, path }] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    textsIn(inner, [...path, Array.isArray(value) ? Number(name) : name]),
  );
}

export default control({
  id: "pipelines.no-stored-secrets",
  title: "No pipeline reads a stored secret or an access key",
  why: "A stored key works from anywhere until somebody rotates it; whoever can push a branch can print it.",
  severity: "critical",
  mapping: { checkov: ["CKV_GHA_3"] },
  notApplicable: withoutCi,
  evidence: [
    workflows((subject, probe) => {
      const read = [...subject.workflows, ...subject.actions];
      for (const file of subject.gitlab === undefined ? read : [...read, subject.gitlab])
        file.text.split("\n").forEach((text, index) => {
          const code = text.replace(/(^|\s)#.*$/, "");
          const place = { file: file.path, line: index + 1 };
          probe.that(
            file === subject.gitlab || !SECRETS.test(code),
            place,
            `a stored secret is read: ${code.trim().slice(0, 80)}`,
          );
          probe.that(!KEYS.test(code), place, `an access key is used: ${KEYS.exec(code)?.[0]}`);
        });
      // As a runner reads them: an escape or a quoted # hides nothing.
      for (const file of read)
        for (const { text, path } of textsIn(file.data))
          probe.that(
            !SECRETS.test(text),
            file.placeOf(...path),
            `a stored secret is read: ${text.trim().slice(0, 80)}`,
          );
      for (const { file, name, job, path } of allJobs(subject))
        probe.that(
          job.secrets === undefined,
          file.placeOf(...path, "secrets"),
          `job ${name} hands secrets to the workflow that it calls`,
        );
      for (const { name, job, placeOf } of gitlabJobs(subject))
        probe.that(
          Object.keys(data(job.secrets)).length === 0,
          placeOf("secrets"),
          `job ${name} reads stored secrets`,
        );
    }),
  ],
  fix: "Assume a role with the identity token of the run, and delete the stored key.",
  mutants: [
    {
      title: "A secret behind an escape",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "env:\n  ACCOUNT_ID:",
          with: 'env:\n  DEPLOY: "${{ \\x73ecrets.DEPLOY }}"\n  ACCOUNT_ID:',
        },
      ],
    },
    {
      title: "A stored access key instead of the role",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace:
            "          role-to-assume: arn:aws:iam::${{ inputs.account_id }}:role/acme-platform-ci-apply\n",
          with: "          aws-access-key-id: ${{ vars.DEPLOY_ID }}\n          aws-secret-access-key: ${{ secrets.DEPLOY }}\n",
        },
      ],
    },
    {
      title: "A secret under another name, by its index",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: '  TF_INPUT: "false"\n',
          with: "  TF_INPUT: \"false\"\n  REGISTRY: ${{ secrets['REGISTRY'] }}\n",
        },
      ],
    },
    {
      title: "All secrets handed to the called workflow",
      edits: [
        {
          file: ".github/workflows/apply.yml",
          replace: "    uses: ./.github/workflows/apply-root.yml\n",
          with: "    uses: ./.github/workflows/apply-root.yml\n    secrets: inherit\n",
        },
      ],
    },
    {
      title: "GitLab exports keys of project variables",
      of: "government",
      edits: [
        {
          file: ".gitlab-ci.yml",
          replace: '    - mkdir -p "$TF_PLUGIN_CACHE_DIR"\n    - export AWS_WEB',
          with: '    - mkdir -p "$TF_PLUGIN_CACHE_DIR"\n    - export AWS_ACCESS_KEY_ID=$DEPLOY_ID\n    - export AWS_WEB',
        },
      ],
    },
  ],
});
