import { control, workflows } from "../control.ts";
import {
  commandsOf,
  names,
  pullRequestScripts,
  rootPaths,
  scriptsOf,
  variablesFor,
  withoutCi,
} from "../evidence/pipeline.ts";

const INIT = /^(terraform|tofu)\b.*\sinit\b/;

export default control({
  id: "pipelines.locked-providers",
  title: "Pipelines run the provider builds of the lock files, and pull requests without a lock file fail",
  why: "Without the checksums an apply runs whatever build the registry serves that day, with the apply role.",
  severity: "high",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  notApplicable: withoutCi,
  evidence: [
    workflows((subject, probe) => {
      for (const script of scriptsOf(subject)) {
        for (const { text, line } of commandsOf(script.text))
          if (INIT.test(text))
            probe.that(
              /\s-lockfile=readonly\b/.test(text) && !/\s-(upgrade|plugin-dir)\b/.test(text),
              script.place(line),
              `${script.name} may change the lock file: init needs -lockfile=readonly`,
            );
        const names = variablesFor(script).map(([name]) => name);
        probe.that(
          !names.includes("TF_CLI_ARGS_init") && !names.includes("TF_CLI_CONFIG_FILE"),
          script.place(0),
          `${script.name}: a variable changes where providers come from`,
        );
        const withRole =
          script.job !== undefined
            ? script.job.job.id_tokens !== undefined
            : JSON.stringify(script.step?.job?.job.steps ?? []).includes("configure-aws-credentials");
        if (names.includes("TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE"))
          probe.that(!withRole, script.place(0), `${script.name} has a role, and takes cached providers unchecked`);
      }
      // One script that fails, and names every root.
      const checks = pullRequestScripts(subject).filter(
        ({ text }) => text.includes(".terraform.lock.hcl") && /^test -f|=1\b|exit 1/m.test(text),
      );
      for (const root of rootPaths(subject))
        probe.that(
          checks.some(({ text, step }) =>
            step === undefined ? names(text, `${root}/.terraform.lock.hcl`) : names(`${text}\n${Object.values(step.step.env ?? {}).join("\n")}`, root),
          ),
          checks[0]?.place(0) ?? { file: subject.gitlab?.path ?? ".github/workflows/pull-request.yml", line: 1 },
          `no check of a pull request fails where ${root} has no lock file`,
          root,
        );
    }),
  ],
  fix: "Run init with -lockfile=readonly, and let pull requests fail where a root has no .terraform.lock.hcl.",
  mutants: [
    {
      title: "Init may write the lock file",
      edits: [{ file: ".github/workflows/apply-root.yml", replace: "init -lockfile=readonly", with: "init" }],
    },
    {
      title: "Providers are upgraded at the apply",
      of: "government",
      edits: [{ file: ".gitlab-ci.yml", replace: "init -lockfile=readonly", with: "init -upgrade" }],
    },
    {
      title: "A root without a lock file is not missed",
      edits: [
        { file: ".github/workflows/pull-request.yml", replace: "            environments/prod\n        run", with: "        run" },
      ],
    },
    {
      title: "The check only warns",
      edits: [{ file: ".github/workflows/pull-request.yml", replace: "              status=1\n", with: "" }],
    },
    {
      title: "The apply takes cached providers unchecked",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: '  TF_INPUT: "false"\n',
          with: '  TF_INPUT: "false"\n  TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "true"\n',
        },
      ],
    },
  ],
});
