import { control, files } from "../control.ts";
import {
  type Difference,
  documentDifference,
  expectSame,
  lineDifference,
} from "../evidence/shipped.ts";
import type { Subject } from "../evidence/subject.ts";

/** Read by tools that say nothing where they are told to look away. */
const SETTINGS = [
  ".pre-commit-config.yaml",
  ".tflint.hcl",
  ".yamllint",
  "renovate.json",
  "trivy.yaml",
  ".github/zizmor.yml",
];

/** Keys that change who is asked and how it looks, and nothing of what is looked at. */
const OPEN = new Set(["assignees", "commitMessagePrefix", "labels", "reviewers", "timezone"]);

/** What hides a change from whoever reviews it, or changes a file on its way in or out. */
const HIDES =
  /(^|\s)(-diff|-text|binary|diff=|encoding=|export-ignore|export-subst|filter=|ident|linguist-|merge=|-merge|working-tree-encoding=)/;

const isDocument = (path: string): boolean => /\.(ya?ml|json)$/.test(path);

function differenceOf(subject: Subject, path: string, shipped: string): Difference | undefined {
  const file = subject.file(path);
  if (file === undefined || file.text === shipped) return undefined;
  if (!isDocument(path)) return lineDifference(path, file.text, shipped);
  const [read] = subject.yaml(file.text, path) ?? [];
  if (read === undefined)
    return { place: { file: path, line: 1 }, message: `${path} cannot be read` };
  return documentDifference(subject, read, shipped, (at, key) => at.length === 0 && OPEN.has(key));
}

export default control({
  id: "supply-chain.settings-as-shipped",
  title:
    "Scanners, hooks and update bots look at what this version of the product has them look at",
  why: "One line of settings makes a scanner silent, a bot stop, or a diff invisible, for everyone and for good; nobody misses a finding that does not come.",
  severity: "medium",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  evidence: [
    files((subject, probe) => {
      const shipped = subject.shipped();
      for (const path of SETTINGS) {
        const wanted = shipped.get(path);
        if (wanted === undefined) continue;
        // Without the file there is no hook or bot, and others say so.
        expectSame(probe, path, differenceOf(subject, path, wanted));
      }
      // The forges take the first of these that they find.
      const owners = ["CODEOWNERS", ".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS"];
      if (shipped.has("CODEOWNERS"))
        for (const path of owners.slice(1))
          probe.that(
            subject.file(path) === undefined,
            { file: path, line: 1 },
            `${path} stands in place of CODEOWNERS`,
          );
      const known = new Set((shipped.get(".gitattributes") ?? "").split("\n"));
      for (const path of subject.paths.filter((each) => /(^|\/)\.gitattributes$/.test(each)))
        (subject.file(path)?.text ?? "").split("\n").forEach((line, index) => {
          probe.that(
            known.has(line) || /^\s*#/.test(line) || !HIDES.test(line),
            { file: path, line: index + 1 },
            `${path}: ${line.trim()} hides changes from a review, or changes files on their way`,
          );
        });
    }),
  ],
  fix: "Bring the file back with create-hardened-eks check --fix, or upgrade first where another version wrote it.",
  mutants: [
    {
      title: "Hooks that run by hand only",
      edits: [{ file: ".pre-commit-config.yaml", append: "\ndefault_stages: [manual]\n" }],
    },
    {
      title: "Updates never",
      edits: [
        {
          file: "renovate.json",
          replace: "{\n",
          with: '{\n  "mode": "silent",\n',
        },
      ],
    },
    {
      title: "Diffs of Terraform are not shown",
      edits: [{ file: ".gitattributes", append: "\n*.tf -diff linguist-generated\n" }],
    },
    {
      title: "The linter's rules are off",
      edits: [{ file: ".tflint.hcl", append: "\nconfig {\n  force = true\n}\n" }],
    },
  ],
});
