import { control, workflows } from "../control.ts";
import {
  commandsOf,
  matrixTextOf,
  names,
  pullRequestScripts,
  recipeOf,
  rootPaths,
  wordsOf,
} from "../evidence/pipeline.ts";
import { withoutCi } from "../reasons.ts";

/** A target of the Makefile, and what its recipe has to run. */
const TARGETS: readonly { target: string; runs: RegExp }[] = [
  { target: "validate", runs: /\bfmt -check\b[\s\S]*\s(validate)\b/ },
  { target: "test", runs: /\stest;?\s/ },
  { target: "manifests", runs: /kubectl kustomize/ },
];

export default control({
  id: "pipelines.pull-request-checks",
  title:
    "Every pull request validates, tests and plans every root, builds the manifests and reads the scripts",
  why: "What no check runs on is merged broken or weakened, and the plan on main is the first that anybody sees of it.",
  severity: "high",
  mapping: {},
  notApplicable: withoutCi,
  evidence: [
    workflows((subject, probe) => {
      const scripts = pullRequestScripts(subject);
      const [first] = scripts;
      const place = first?.place(0) ?? {
        file: subject.gitlab?.path ?? ".github/workflows/pull-request.yml",
        line: 1,
      };
      const commands = scripts.flatMap((script) =>
        commandsOf(script.text).map(({ text }) => ({ script, words: wordsOf(text) })),
      );
      const makefile = subject.file("Makefile")?.text ?? "";
      for (const { target, runs } of TARGETS) {
        probe.that(
          commands.some(
            ({ words }) => words[0] === "make" && words[1] === target && words.length === 2,
          ),
          place,
          `no job that every pull request runs has make ${target}`,
        );
        const recipe = recipeOf(makefile, target);
        probe.that(
          recipe !== undefined &&
            runs.test(`${recipe.text} `) &&
            !/\|\|\s*(true|:)|^\t@?-/m.test(recipe.text),
          { file: "Makefile", line: recipe?.line ?? 1 },
          `make ${target} does not do what it is for, or passes over failures`,
        );
      }
      probe.that(
        scripts.some(({ text }) => /\bfind scripts\b.*-exec shellcheck\b.*\+/.test(text)),
        place,
        "no job that every pull request runs has shellcheck over scripts/",
      );
      const iac = makefile.split("\n").findLastIndex((line) => /^IAC\s*[:?+]?=/.test(line));
      probe.that(
        /^IAC\s*:?=\s*(terraform|tofu)\s*$/.test(makefile.split("\n")[iac] ?? ""),
        { file: "Makefile", line: iac + 1 || 1 },
        "IAC of the Makefile is neither terraform nor tofu",
      );
      const offline = subject.file("scripts/plan-offline")?.text ?? "";
      const leaves = offline.split("\n").findIndex((line) => /^(exit|return|exec)\b/.test(line));
      probe.that(
        leaves < 0 && /"\$IAC" plan\b/.test(offline),
        { file: "scripts/plan-offline", line: leaves + 1 || 1 },
        "scripts/plan-offline plans nothing",
      );
      const plans = commands
        .filter(({ words }) => words[0] === "scripts/plan-offline")
        .map(({ script }) => matrixTextOf(script));
      const roots = makefile.split("\n").findLastIndex((line) => /^ROOTS\s*[:?+]?=/.test(line));
      for (const root of rootPaths(subject)) {
        probe.that(
          plans.some((text) => names(text, root)),
          place,
          `no pull request plans ${root}`,
          root,
        );
        probe.that(
          names(makefile.split("\n")[roots] ?? "", root),
          { file: "Makefile", line: roots + 1 || 1 },
          `ROOTS of the Makefile leaves out ${root}: nothing validates it`,
          root,
        );
      }
      for (const [name, folder] of [
        ["MODULES", "modules"],
        ["OVERLAYS", "kubernetes/overlays"],
      ]) {
        const line = makefile
          .split("\n")
          .findLastIndex((each) => new RegExp(`^${name}\\s*[:?+]?=`).test(each));
        probe.that(
          (makefile.split("\n")[line] ?? "").includes(`$(wildcard ${folder}/*)`),
          { file: "Makefile", line: line + 1 || 1 },
          `${name} of the Makefile is not every folder of ${folder}/`,
        );
      }
    }),
  ],
  fix: "Run make validate, make test, make manifests, shellcheck and scripts/plan-offline for every root, unconditionally.",
  mutants: [
    {
      title: "The tests run no more",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "      - name: Test every root and module\n        run: make test\n\n",
          with: "",
        },
      ],
    },
    {
      title: "Only for some paths",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "  pull_request:\n",
          with: "  pull_request:\n    paths:\n      - environments/**\n",
        },
      ],
    },
    {
      title: "Production is not planned",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "          - environments/dev\n          - environments/prod\n",
          with: "          - environments/dev\n",
        },
      ],
    },
    {
      title: "make validate passes over failures",
      edits: [
        {
          file: "Makefile",
          replace: '-chdir="$$folder" validate; \\',
          with: '-chdir="$$folder" validate || true; \\',
        },
      ],
    },
    {
      title: "The plan is left out by its script",
      edits: [
        {
          file: "scripts/plan-offline",
          replace: "set -euo pipefail\n",
          with: "set -euo pipefail\nexit 0\n",
        },
      ],
    },
    {
      title: "The whole job only with a label",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "    name: Format, validate, test\n",
          with: "    name: Format, validate, test\n    if: contains(github.event.pull_request.labels.*.name, 'check')\n",
        },
      ],
    },
    {
      title: "GitLab builds no manifests",
      of: "government",
      edits: [{ file: ".gitlab-ci.yml", replace: "    - make manifests\n", with: "" }],
    },
    {
      title: "GitLab starts no pipeline for merge requests",
      of: "government",
      edits: [
        {
          file: ".gitlab-ci.yml",
          replace: 'workflow:\n  rules:\n    - if: $CI_PIPELINE_SOURCE == "merge_request_event"\n',
          with: "workflow:\n  rules:\n",
        },
      ],
    },
    {
      title: "GitLab's checks wait for somebody to start them",
      of: "government",
      edits: [
        {
          file: ".gitlab-ci.yml",
          replace:
            '  interruptible: true\n  rules:\n    - if: $CI_PIPELINE_SOURCE == "merge_request_event"\n',
          with: '  interruptible: true\n  rules:\n    - if: $CI_PIPELINE_SOURCE == "merge_request_event"\n      when: manual\n',
        },
      ],
    },
  ],
});
