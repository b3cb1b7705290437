import { control, files } from "../control.ts";

/** Where the forges look, in their order. */
const GITHUB = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];
const GITLAB = ["CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];
const OWNER = /^(@[\w./-]+|[^\s@]+@[^\s@]+)$/;

export default control({
  id: "supply-chain.code-owners",
  title: "Every file has an owner who has to approve its changes",
  why: "Without an owner any two contributors can weaken the baseline, or the pipeline that guards it.",
  severity: "medium",
  mapping: {},
  notApplicable: ({ contact }) =>
    contact === undefined
      ? "hardened-eks.yaml names no contact: add an owner to CODEOWNERS"
      : undefined,
  evidence: [
    files((subject, probe) => {
      const path = (subject.config?.ci === "gitlab" ? GITLAB : GITHUB).find((name) =>
        subject.paths.includes(name),
      );
      if (path === undefined) {
        probe.wrong({ file: "CODEOWNERS", line: 1 }, "there is no CODEOWNERS");
        return;
      }
      const rules = (subject.file(path)?.text ?? "").split("\n").flatMap((line, index) => {
        const [pattern = "", ...owners] = line
          .replace(/(^|\s)#.*$/, "")
          .trim()
          .split(/\s+/);
        return pattern === "" ? [] : [{ pattern, owners, place: { file: path, line: index + 1 } }];
      });
      probe.that(
        rules.some(({ pattern }) => pattern === "*"),
        { file: path, line: 1 },
        `${path} has no rule for every file: *`,
      );
      for (const { pattern, owners, place } of rules)
        probe.that(
          /^[[^]/.test(pattern)
            ? !pattern.startsWith("^")
            : !pattern.startsWith("!") &&
                owners.length > 0 &&
                owners.every((owner) => OWNER.test(owner)),
          place,
          `${pattern} has no owner: its changes need no approval`,
        );
    }),
  ],
  fix: "Write `* @organisation/team` into CODEOWNERS, and require the review in the settings of the branch.",
  mutants: [
    {
      title: "The owner goes",
      of: "bank",
      edits: [{ file: "CODEOWNERS", replace: "* platform@bank.example\n", with: "" }],
    },
    {
      title: "The workflows have no owner",
      of: "bank",
      edits: [{ file: "CODEOWNERS", append: "/.github/\n" }],
    },
    {
      title: "Another file goes before it",
      of: "startup",
      edits: [{ file: ".github/CODEOWNERS", create: "docs/ @startup/docs\n" }],
    },
    { title: "No file", of: "startup", edits: [{ file: "CODEOWNERS", remove: true }] },
  ],
});
