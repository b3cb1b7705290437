import { control, files } from "../control.ts";

/** States, plans, and what terraform keeps beside them. */
const SECRET = /(^|\/)(\.terraform\/.+|[^/]*\.tfstate(\..+)?|tfplan(\.json)?|[^/]*\.tfplan)$/;

/** Patterns of .gitignore without which such a file is committed by a habit. */
const PATTERNS = [".terraform/", "*.tfstate", "*.tfstate.*", "tfplan", "tfplan.json"];

export default control({
  id: "operations.state-not-committed",
  title: "No state and no plan is in the repository, and git ignores those that come",
  why: "A committed state stays in the history of every clone, with all secrets that it ever held.",
  severity: "high",
  mapping: {},
  evidence: [
    files((subject, probe) => {
      for (const path of subject.paths)
        if (SECRET.test(path))
          probe.wrong({ file: path, line: 1 }, `${path} holds state or a plan`);
      const lines = (subject.file(".gitignore")?.text ?? "").split("\n").map((line) => line.trim());
      for (const pattern of PATTERNS)
        probe.that(
          lines.includes(pattern),
          { file: ".gitignore", line: 1 },
          `.gitignore does not name ${pattern}`,
        );
      // A later exception takes back what an earlier line ignores.
      lines.forEach((line, index) => {
        probe.that(
          !/^!.*(tfstate|tfplan|\.terraform\/)/.test(line),
          { file: ".gitignore", line: index + 1 },
          `.gitignore takes ${line.slice(1)} in again`,
        );
      });
    }),
  ],
  fix: "Remove the file from the repository and its history, change every secret in it, and let .gitignore name it.",
  mutants: [
    {
      title: "A state is committed",
      edits: [
        {
          file: "environments/dev/terraform.tfstate.backup",
          create: '{"version": 4, "resources": []}\n',
        },
      ],
    },
    {
      title: "git no longer ignores states",
      of: "startup",
      edits: [{ file: ".gitignore", replace: "*.tfstate\n", with: "" }],
    },
    {
      title: "An exception takes one state in again",
      of: "startup",
      edits: [{ file: ".gitignore", append: "!environments/dev/terraform.tfstate\n" }],
    },
  ],
});
