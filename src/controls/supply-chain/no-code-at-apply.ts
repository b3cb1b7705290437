import { control, files } from "../control.ts";
import { terraformFiles } from "../evidence/hcl.ts";

const FETCHING = new Set(["aws_lambda_invocation", "external", "http", "terraform_remote_state"]);

export default control({
  id: "supply-chain.no-code-at-apply",
  title: "Neither a plan nor an apply runs a command or fetches a page",
  why: "A provisioner or an external data source runs with the credentials of the pipeline and shows in no plan; data sources run at plan already.",
  severity: "critical",
  mapping: {},
  evidence: [
    files((subject, probe) => {
      for (const file of terraformFiles(subject)) {
        for (const { type, labels, place } of file.blocks) {
          probe.that(
            type !== "provisioner",
            place,
            `a provisioner runs commands at apply: ${labels.join(" ")}`,
          );
          if (["data", "ephemeral"].includes(type))
            probe.that(
              !FETCHING.has(labels[0] ?? ""),
              place,
              `data ${labels[0]} runs or fetches something at plan`,
            );
        }
        if (file.path.endsWith(".json"))
          file.text.split("\n").forEach((text, index) => {
            probe.that(
              !/"(provisioner|local-exec|remote-exec|external|http)"\s*:/.test(text),
              { file: file.path, line: index + 1 },
              "a command runs, or a page is fetched",
            );
          });
      }
    }),
  ],
  fix: "Take the provisioner or data source out; what has to run by hand belongs into scripts/.",
  mutants: [
    {
      title: "A command after the cluster is made",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          append:
            '\nresource "terraform_data" "kubeconfig" {\n  provisioner "local-exec" {\n    command = "aws eks update-kubeconfig --name ${aws_eks_cluster.this.name}"\n  }\n}\n',
        },
      ],
    },
    {
      title: "A function that is called at plan",
      edits: [
        {
          file: "environments/dev/locals.tf",
          append:
            '\ndata "aws_lambda_invocation" "names" {\n  function_name = "names"\n  input         = "{}"\n}\n',
        },
      ],
    },
    {
      title: "The state of somebody else",
      edits: [
        {
          file: "environments/dev/locals.tf",
          append:
            '\ndata "terraform_remote_state" "shared" {\n  backend = "http"\n\n  config = {\n    address = "https://state.example"\n  }\n}\n',
        },
      ],
    },
    {
      title: "A program as a data source",
      edits: [
        {
          file: "environments/dev/locals.tf",
          append:
            '\ndata "external" "commit" {\n  program = ["git", "log", "-1", "--format={\\"id\\":\\"%H\\"}"]\n}\n',
        },
      ],
    },
    {
      title: "A page fetched inside of a check",
      edits: [
        {
          file: "modules/cluster/outputs.tf",
          append:
            '\ncheck "api" {\n  data "http" "ready" {\n    url = "https://status.example/ready"\n  }\n\n  assert {\n    condition     = data.http.ready.status_code == 200\n    error_message = "The API must be ready."\n  }\n}\n',
        },
      ],
    },
    {
      title: "In JSON",
      edits: [
        {
          file: "accounts/prod/notify.tf.json",
          create:
            '{\n  "resource": {\n    "terraform_data": {\n      "notify": {\n        "provisioner": {\n          "local-exec": { "command": "scripts/notify" }\n        }\n      }\n    }\n  }\n}\n',
        },
      ],
    },
  ],
});
