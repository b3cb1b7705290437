import { control, files } from "../control.ts";
import { blocksIn, terraformFiles } from "../evidence/hcl.ts";

const SOURCE = /^(registry\.(terraform\.io|opentofu\.org)\/)?hashicorp\/aws$/;
/** What comes with Terraform itself, without a provider. */
const BUILT_IN = new Set(["terraform_data", "terraform_remote_state"]);

export default control({
  id: "supply-chain.aws-provider-only",
  title: "Terraform runs no provider but hashicorp/aws, below a version that is named",
  why: "A provider is a program with the rights of the apply: each one more, and each unknown major version, is code that nobody reviewed.",
  severity: "high",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  evidence: [
    files((subject, probe) => {
      const folders = new Map<string, boolean>();
      for (const file of terraformFiles(subject)) {
        const test = file.path.includes(".tftest.") || file.path.includes(".tofutest.");
        const folder = file.path.slice(0, file.path.lastIndexOf("/"));
        if (!test) folders.set(folder, folders.get(folder) ?? false);
        if (file.path.endsWith(".json"))
          probe.unresolved(
            { file: file.path, line: 1 },
            `${file.path} is JSON: which providers it uses is not read`,
          );
        for (const { type, labels, place, lines } of file.blocks) {
          const [kind = ""] = labels;
          if (["resource", "data", "ephemeral"].includes(type) && labels.length === 2)
            probe.that(
              kind.startsWith("aws_") || BUILT_IN.has(kind),
              place,
              `${type} ${kind} is of another provider than aws`,
            );
          if (["provider", "mock_provider"].includes(type) && labels.length > 0)
            probe.that(kind === "aws", place, `provider ${kind} is another than aws`);
          if (type !== "required_providers") continue;
          folders.set(folder, true);
          const text = lines()
            .map((line) => line.text)
            .join("\n");
          const entries = [...text.matchAll(/([\w-]+)\s*=\s*(\{[^}]*\}|"[^"]*")/g)].filter(
            ([, name]) => !["source", "version"].includes(name ?? ""),
          );
          probe.that(
            entries.length === 1 && entries[0]?.[1] === "aws",
            place,
            `required_providers names ${entries.map(([, name]) => name).join(", ") || "nothing"}, it must be aws alone`,
          );
          for (const [whole, name] of entries) {
            const at =
              lines().find((line) => new RegExp(`^\\s*${name}\\s*=`).test(line.text))?.place ??
              place;
            const source = /source\s*=\s*"([^"]*)"/.exec(whole)?.[1] ?? `hashicorp/${name}`;
            const version =
              /version\s*=\s*"([^"]*)"/.exec(whole)?.[1] ?? /=\s*"([^"]*)"$/.exec(whole)?.[1] ?? "";
            probe.that(
              SOURCE.test(source),
              at,
              `provider ${name} comes from ${source}, it must be hashicorp/aws`,
            );
            probe.that(
              /(^|,)\s*(<=?|~>|=)?\s*\d/.test(version),
              at,
              `provider ${name} may be of any later version: ${version || "version is not set"}`,
            );
          }
        }
      }
      for (const [folder, named] of folders)
        probe.that(
          named,
          { file: `${folder}/terraform.tf`, line: 1 },
          `${folder} has no required_providers: its provider may be of any version`,
        );
      for (const path of subject.paths.filter((each) => each.endsWith(".terraform.lock.hcl")))
        for (const { type, labels, place } of blocksIn({
          path,
          text: subject.file(path)?.text ?? "",
        }))
          if (type === "provider")
            probe.that(SOURCE.test(labels[0] ?? ""), place, `the lock file holds ${labels[0]}`);
    }),
  ],
  fix: 'Require aws alone: source = "hashicorp/aws" and a version with an upper bound.',
  mutants: [
    {
      title: "A provider of somebody else under the name aws",
      edits: [
        {
          file: "environments/prod/terraform.tf",
          replace: 'source  = "hashicorp/aws"',
          with: 'source  = "acme-cloud/aws"',
        },
      ],
    },
    {
      title: "Any later version",
      edits: [
        {
          file: "bootstrap/terraform.tf",
          replace: /version = ">= [\d.]+, < 7"/,
          with: 'version = ">= 5.100"',
        },
      ],
    },
    {
      title: "A second provider, implied by its resource",
      edits: [
        {
          file: "modules/nodes/main.role.tf",
          append:
            '\nresource "null_resource" "warm_up" {\n  triggers = {\n    role = aws_iam_role.node.arn\n  }\n}\n',
        },
      ],
    },
    {
      title: "The Kubernetes provider for one environment",
      of: "bank",
      edits: [
        {
          file: "environments/prod/terraform.tf",
          replace: "  required_providers {\n",
          with: '  required_providers {\n    kubernetes = {\n      source  = "hashicorp/kubernetes"\n      version = "~> 3.0"\n    }\n',
        },
      ],
    },
  ],
});
