import { control, workflows } from "../control.ts";
import { data } from "../evidence/kubernetes.ts";
import { triggersOf } from "../evidence/workflow.ts";
import { withoutGithub } from "../reasons.ts";

const ALLOWED = new Set([
  "pull_request",
  "merge_group",
  "push",
  "schedule",
  "workflow_call",
  "workflow_dispatch",
]);

export default control({
  id: "pipelines.no-outside-triggers",
  title:
    "No workflow runs with the repository's rights on an event that outsiders cause, or takes inputs",
  why: "pull_request_target, workflow_run and issue_comment run with secrets and a token that writes, on content that an attacker chose.",
  severity: "critical",
  mapping: { checkov: ["CKV_GHA_7"] },
  notApplicable: withoutGithub,
  evidence: [
    workflows((subject, probe) => {
      for (const file of subject.workflows) {
        const triggers = triggersOf(file);
        const place = file.placeOf("on");
        probe.that(
          Object.keys(triggers).length > 0,
          place,
          `what starts ${file.path} cannot be read`,
        );
        for (const [name, settings] of Object.entries(triggers)) {
          probe.that(
            ALLOWED.has(name),
            file.placeOf("on", name),
            `${file.path} is started by ${name}`,
          );
          if (name === "workflow_dispatch")
            probe.that(
              Object.keys(data(data(settings).inputs)).length === 0,
              file.placeOf("on", name),
              `${file.path} takes inputs of whoever starts it: what it does is then in no commit`,
            );
        }
      }
    }),
  ],
  fix: "Start workflows by pull_request, push, schedule, or workflow_dispatch without inputs.",
  mutants: [
    {
      title: "pull_request_target for pull requests of forks",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "  pull_request:\n",
          with: "  pull_request_target:\n",
        },
      ],
    },
    {
      title: "A second workflow that answers comments",
      edits: [
        {
          file: ".github/workflows/comment.yaml",
          create:
            "name: Comment\non: [issue_comment]\npermissions: {}\njobs:\n  plan:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    steps:\n      - run: make plan-offline\n",
        },
      ],
    },
    {
      title: "The drift run takes an input",
      edits: [
        {
          file: ".github/workflows/schedule.yml",
          replace: "  workflow_dispatch:\n",
          with: "  workflow_dispatch:\n    inputs:\n      root:\n        required: true\n        type: string\n",
        },
      ],
    },
    {
      title: "The apply follows another workflow",
      edits: [
        {
          file: ".github/workflows/apply.yml",
          replace: "on:\n  push:\n    branches:\n      - main\n",
          with: "on:\n  workflow_run:\n    workflows: [Pull request]\n    types: [completed]\n",
        },
      ],
    },
  ],
});
