import { control, workflows } from "../control.ts";
import {
  commandsOf,
  names,
  pullRequestScripts,
  rootPaths,
  scriptsOf,
  variablesFor,
} from "../evidence/pipeline.ts";
import { stepsOf, takesRole } from "../evidence/workflow.ts";
import { withoutCi } from "../reasons.ts";

const INIT = /^(terraform|tofu)\b.*\sinit\b/;

export default control({
  id: "pipelines.locked-providers",
  title:
    "Pipelines run the provider builds of the lock files, and pull requests without a lock file fail",
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
        const withRole =
          script.job !== undefined
            ? script.job.job.id_tokens !== undefined
            : script.step?.job !== undefined && stepsOf(script.step.job).some(takesRole);
        for (const { name, place } of variablesFor(script)) {
          probe.that(
            !/^TF_CLI_(ARGS|ARGS_init|CONFIG_FILE)$/.test(name),
            place,
            `${name} changes where providers come from`,
          );
          if (name === "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE")
            probe.that(!withRole, place, "jobs with a role take cached providers unchecked");
        }
      }
      // One script that fails, and names every root.
      const checks = pullRequestScripts(subject).filter(
        ({ text }) => text.includes(".terraform.lock.hcl") && /^test -f|=1\b|exit 1/m.test(text),
      );
      for (const root of rootPaths(subject))
        probe.that(
          checks.some(({ text, step }) =>
            step === undefined
              ? names(text, `${root}/.terraform.lock.hcl`)
              : names(`${text}\n${Object.values(step.step.env ?? {}).join("\n")}`, root),
          ),
          checks[0]?.place(0) ?? {
            file: subject.gitlab?.path ?? ".github/workflows/pull-request.yml",
            line: 1,
          },
          `no check of a pull request fails where ${root} has no lock file`,
          root,
        );
    }),
  ],
  fix: "Run init with -lockfile=readonly, and let pull requests fail where a root has no .terraform.lock.hcl.",
  mutants: [
    {
      title: "Init may write the lock file",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "init -lockfile=readonly",
          with: "init",
        },
      ],
    },
    {
      title: "Providers are upgraded at the apply",
      of: "government",
      edits: [
        { file: ".gitlab-ci.yml", replace: "init -lockfile=readonly", with: "init -upgrade" },
      ],
    },
    {
      title: "A root without a lock file is not missed",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "            environments/prod\n        run",
          with: "        run",
        },
      ],
    },
    {
      title: "The check only warns",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "              status=1\n",
          with: "",
        },
      ],
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
