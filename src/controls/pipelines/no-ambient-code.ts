import { control, workflows } from "../control.ts";
import { gitlabJobs } from "../evidence/gitlab.ts";
import { data } from "../evidence/kubernetes.ts";
import { linesOf, scriptsOf, variablesFor } from "../evidence/pipeline.ts";
import { withoutCi } from "../reasons.ts";

/** Each makes the next shell, interpreter, linker or git run, or load, something more. */
const RUNS =
  /^(BASH_ENV|ENV|SHELLOPTS|BASHOPTS|PROMPT_COMMAND|PS4|LD_(PRELOAD|LIBRARY_PATH|AUDIT)|NODE_OPTIONS|PYTHON(STARTUP|PATH|HOME)|PERL5(OPT|LIB)|RUBYOPT|GIT_(SSH|SSH_COMMAND|EXTERNAL_DIFF|CONFIG(_.*)?|EXEC_PATH)|PATH|TF_CLI_CONFIG_FILE|TF_REATTACH_PROVIDERS|TERRAFORM_CONFIG|KUBECONFIG|AWS_ENDPOINT_URL(_\w+)?|AWS_CA_BUNDLE|(HTTPS?|ALL)_PROXY|NODE_TLS_REJECT_UNAUTHORIZED|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|GNUMAKEFLAGS|MAKEFLAGS|MAKEFILES|TF_LOG(_\w+)?|CI_DEBUG_(TRACE|SERVICES))$/i;

export default control({
  id: "pipelines.no-ambient-code",
  title: "No variable makes a job run more than its steps say, and no step sets one for the next",
  why: "BASH_ENV runs a file before every command of a job, the ones with the apply role included; a line written to GITHUB_ENV does the same to every later step.",
  severity: "high",
  mapping: {},
  notApplicable: withoutCi,
  evidence: [
    workflows((subject, probe) => {
      for (const script of scriptsOf(subject)) {
        for (const { name, place } of variablesFor(script))
          probe.that(
            !RUNS.test(name),
            place,
            `${script.name} sets ${name}: what is run is no longer what the steps say`,
          );
        for (const { text, line } of linesOf(script.text))
          probe.that(
            !/\bGITHUB_(ENV|PATH)\b|^\s*export\s+(BASH_ENV|LD_PRELOAD|GIT_SSH_COMMAND|MAKEFLAGS|TF_CLI_ARGS\w*)=/.test(
              text,
            ),
            script.place(line),
            `${script.name} sets what later steps run with: ${text.slice(0, 80)}`,
          );
      }
      for (const job of gitlabJobs(subject))
        probe.that(
          data(data(job.job.artifacts).reports).dotenv === undefined,
          job.placeOf("artifacts"),
          `job ${job.name} sets variables of later jobs (artifacts.reports.dotenv)`,
        );
    }),
  ],
  fix: "Give a step what it needs by its own env:, and hand values on by outputs.",
  mutants: [
    {
      title: "A file runs before every command of the apply",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "env:\n  ACCOUNT_ID:",
          with: "env:\n  BASH_ENV: scripts/lib/settings.sh\n  ACCOUNT_ID:",
        },
      ],
    },
    {
      title: "A file of the branch sets variables",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "        run: make validate\n",
          with: '        run: |\n          cat settings.env >>"$GITHUB_ENV"\n          make validate\n',
        },
      ],
    },
    {
      title: "The same on GitLab",
      of: "government",
      edits: [
        {
          file: ".gitlab-ci.yml",
          replace: /^check:\n/m,
          with: "check:\n  variables:\n    LD_PRELOAD: ./libcheck.so\n",
        },
      ],
    },
  ],
});
