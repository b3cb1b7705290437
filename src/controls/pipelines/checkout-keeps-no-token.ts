import { control, workflows } from "../control.ts";
import { data } from "../evidence/kubernetes.ts";
import { actionOf, allSteps } from "../evidence/workflow.ts";
import { withoutGithub } from "../reasons.ts";

export default control({
  id: "pipelines.checkout-keeps-no-token",
  title: "No checkout leaves the repository's token on disk",
  why: "The token in .git/config is read by every later step, and uploaded with the first artifact that takes the whole folder.",
  severity: "high",
  mapping: {},
  notApplicable: withoutGithub,
  evidence: [
    workflows((subject, probe) => {
      for (const { file, step, path } of allSteps(subject))
        if (/(^|\/)checkout$/.test(actionOf(step))) {
          const inputs = data(step.with);
          probe.that(
            String(inputs["persist-credentials"]) === "false",
            file.placeOf(...path, "with", "persist-credentials"),
            `${step.uses} keeps its token on disk: persist-credentials must be false`,
          );
          probe.that(
            ["false", "undefined"].includes(String(inputs.submodules)),
            file.placeOf(...path, "with", "submodules"),
            `${step.uses} brings files of other repositories, with its token`,
          );
        }
    }),
  ],
  fix: "Set persist-credentials: false at every actions/checkout.",
  mutants: [
    {
      title: "The token is kept",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "persist-credentials: false",
          with: "persist-credentials: true",
        },
      ],
    },
    {
      title: "The token is kept by default",
      edits: [
        {
          file: ".github/workflows/schedule.yml",
          replace: "        with:\n          persist-credentials: false\n",
          with: "",
        },
      ],
    },
    {
      title: "A second checkout in the composite action",
      edits: [
        {
          file: ".github/actions/setup/action.yml",
          replace: "  steps:\n",
          with: "  steps:\n    - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1\n",
        },
      ],
    },
  ],
});
