import { control, files } from "../control.ts";
import { terraformFiles } from "../evidence/hcl.ts";

/** Joins a path of a file's folder; undefined where it leaves the repository. */
function inside(file: string, source: string): string | undefined {
  const parts = file.split("/").slice(0, -1);
  for (const part of source.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

export default control({
  id: "supply-chain.local-modules",
  title: "Every module that Terraform runs lies in this repository",
  why: "A module of a registry or of another repository changes under its tag, and is applied with every right of the apply role.",
  severity: "high",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  evidence: [
    files((subject, probe) => {
      probe.that(
        subject.file(".gitmodules") === undefined,
        { file: ".gitmodules", line: 1 },
        "submodules bring files of other repositories, which no review of this one shows",
      );
      for (const file of terraformFiles(subject)) {
        if (file.path.endsWith(".json") && /"module"\s*:/.test(file.text))
          probe.unresolved(
            { file: file.path, line: 1 },
            `${file.path} calls modules in JSON: where they come from is not read`,
          );
        for (const { type, labels, place, lines } of file.blocks) {
          if (type !== "module") continue;
          const source = lines().find(({ text }) => /^\s*source\s*=/.test(text));
          const value = /=\s*"([^"]*)"\s*$/.exec(source?.text.trim() ?? "")?.[1] ?? "";
          // A test names its module from the folder that it is run in, not from its own.
          const from = file.path.replace(/tests\/([^/]+\.hcl)$/, "$1");
          const folder = /^\.\.?\//.test(value) ? inside(from, value) : undefined;
          probe.that(
            folder !== undefined && subject.paths.some((path) => path.startsWith(`${folder}/`)),
            source?.place ?? place,
            `module ${labels[0] ?? "of the test"} comes from ${source?.text.replace(/^\s*source\s*=\s*/, "") ?? "nowhere"}, it must be a folder of this repository`,
          );
        }
      }
    }),
  ],
  fix: "Copy the module into modules/, read it, and call it by its relative path.",
  mutants: [
    {
      title: "A submodule",
      edits: [
        {
          file: ".gitmodules",
          create:
            '[submodule "modules/extra"]\n\tpath = modules/extra\n\turl = https://git.example/extra\n',
        },
      ],
    },
    {
      title: "A module of the registry",
      edits: [
        {
          file: "environments/prod/main.network.tf",
          replace: 'source = "../../modules/endpoints"',
          with: 'source  = "terraform-aws-modules/vpc/aws//modules/vpc-endpoints"\n  version = "~> 6.0"',
        },
      ],
    },
    {
      title: "A module of another repository, by its commit",
      edits: [
        {
          file: "modules/network/main.vpc.tf",
          replace: 'source = "../flow-logs"',
          with: 'source = "git::https://github.com/acme/flow-logs.git?ref=0123456789012345678901234567890123456789"',
        },
      ],
    },
    {
      title: "A module behind a variable",
      of: "government",
      edits: [
        {
          file: "accounts/prod/main.baseline.tf",
          replace: 'source = "../../modules/account-baseline"',
          with: "source = var.baseline_source",
        },
        {
          file: "accounts/prod/variables.tf",
          append:
            '\nvariable "baseline_source" {\n  description = "Where the baseline comes from."\n  type        = string\n  default     = "../../modules/account-baseline"\n}\n',
        },
      ],
    },
    {
      title: "A module outside of the repository",
      edits: [
        {
          file: "environments/dev/main.keys.tf",
          replace: 'source = "../../modules/keys"',
          with: 'source = "../../../shared/keys"',
        },
      ],
    },
  ],
});
