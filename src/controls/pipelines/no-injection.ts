import { control, workflows } from "../control.ts";
import { data } from "../evidence/kubernetes.ts";
import { lineIn, linesOf, scriptsOf, variablesFor } from "../evidence/pipeline.ts";
import { allSteps } from "../evidence/workflow.ts";
import { withoutCi } from "../reasons.ts";

/** Inputs of actions that are code or a command line. */
const CODE = /^(script|run|command|cmd|args|entrypoint|inlineScript|inline-script)$/;
/** `${{ … }}` of GitHub, `$[[ … ]]` of GitLab: pasted into the text before a shell sees it. */
const PASTED = /\$\{\{|\$\[\[/;
/** The text of a variable is run. */
const EVALUATED =
  /(^|[\s;&|(])(eval|(ba|z|da)?sh\s+(-\w+\s+)*-\w*c|(source|\.)\s+<\()\s*[^;|]*\$|\b(ba|z|da)?sh\b[^;|]*<<<|^\s*["']?\$\{?\w+\}?["']?\s*$/;
/** What comes out of a pipe is run. */
const PIPED = /\|\s*(sudo\s+)?(\/\S*\/)?(ba|z|da|k)?sh(\s+-\S*)*\s*($|[;&|)])/;

export default control({
  id: "pipelines.no-injection",
  title:
    "No script of a pipeline has an expression pasted into it; values come through the environment",
  why: "A branch named `$(curl …)` becomes a command where the expression with its name is pasted into a script.",
  severity: "critical",
  mapping: { checkov: ["CKV_GHA_1", "CKV_GHA_2"] },
  notApplicable: withoutCi,
  evidence: [
    workflows((subject, probe) => {
      for (const script of scriptsOf(subject)) {
        script.text.split("\n").forEach((text, line) => {
          probe.that(
            !PASTED.test(text),
            script.place(line),
            `${script.name} pastes ${/\$(\{\{|\[\[).*?(\}\}|\]\])/.exec(text)?.[0] ?? "an expression"} into a script`,
          );
        });
        for (const { text, line } of linesOf(script.text))
          probe.that(
            !EVALUATED.test(text) && !PIPED.test(text.replaceAll(/"[^"]*"|'[^']*'/g, "")),
            script.place(line),
            `${script.name} runs the text of a variable, or of a pipe`,
          );
        for (const { name, value, place } of variablesFor(script))
          if (name === "ACTIONS_ALLOW_UNSECURE_COMMANDS")
            probe.that(
              value === "false",
              place,
              `${script.name} lets its output set variables of later steps (${name})`,
            );
      }
      for (const { file, step, path } of allSteps(subject))
        for (const [name, value] of Object.entries(data(step.with)))
          if (CODE.test(name) && typeof value === "string")
            value.split("\n").forEach((text, line) => {
              probe.that(
                !PASTED.test(text),
                lineIn(file, file.placeOf(...path, "with", name), line),
                `${/\$\{\{.*?\}\}/.exec(text)?.[0] ?? "an expression"} is pasted into ${name}`,
              );
            });
    }),
  ],
  fix: 'Set env: NAME: ${{ … }} at the step and use "$NAME" (in github-script process.env.NAME).',
  mutants: [
    {
      title: "The title as the input of a shell",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "        run: make validate\n",
          with: '        env:\n          TITLE: ${{ github.event.pull_request.title }}\n        run: |\n          bash <<<"$TITLE"\n          make validate\n',
        },
      ],
    },
    {
      title: "The title through a pipe",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "        run: make validate\n",
          with: "        env:\n          TITLE: ${{ github.event.pull_request.title }}\n        run: |\n          printf '%s' \"$TITLE\" | bash\n          make validate\n",
        },
      ],
    },
    {
      title: "The title of the pull request in a command",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "        run: make validate\n",
          with: '        run: |\n          echo "Checking ${{ github.event.pull_request.title }}"\n          make validate\n',
        },
      ],
    },
    {
      title: "A value of the matrix in a command",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: 'scripts/plan-offline "$ROOT"',
          with: 'scripts/plan-offline "${{ matrix.root }}"',
        },
      ],
    },
    {
      title: "An input in the composite action",
      edits: [
        {
          file: ".github/actions/setup/action.yml",
          replace: 'mkdir -p "$HOME/.terraform.d/plugin-cache"',
          with: 'mkdir -p "${{ inputs.cache }}"',
        },
      ],
    },
    {
      title: "A result in the script of github-script",
      edits: [
        {
          file: ".github/workflows/schedule.yml",
          replace: 'process.env.RESULT === "success"',
          with: '"${{ needs.drift.result }}" === "success"',
        },
      ],
    },
    {
      title: "GitLab runs the text of a variable",
      of: "government",
      edits: [
        {
          file: ".gitlab-ci.yml",
          replace: "    - make validate\n",
          with: '    - eval "$CI_MERGE_REQUEST_DESCRIPTION"\n    - make validate\n',
        },
      ],
    },
  ],
});
