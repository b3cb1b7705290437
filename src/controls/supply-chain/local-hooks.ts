import { control, files } from "../control.ts";

const FILE = ".pre-commit-config.yaml";
/** Ways to run a hook that install nothing. */
const INSTALLED = /^(system|unsupported|script|unsupported_script|pygrep|fail)$/;

export default control({
  id: "supply-chain.local-hooks",
  title: "Commit hooks run only what is on the machine, and refuse keys",
  why: "A hook of another repository runs its code on the machine of everyone who commits, with their credentials.",
  severity: "medium",
  mapping: {},
  evidence: [
    files((subject, probe) => {
      const text = subject.file(FILE)?.text ?? "";
      const lines = text.split("\n").map((line, index) => ({
        text: line.replace(/(^|\s)#.*$/, ""),
        place: { file: FILE, line: index + 1 },
      }));
      for (const { text: line, place } of lines) {
        const repository = /\brepo:\s*["']?([^\s,"'}]+)/.exec(line)?.[1];
        if (repository !== undefined)
          probe.that(
            repository === "local",
            place,
            `hooks come from ${repository}, they must be local`,
          );
        const language = /\blanguage:\s*["']?(\w+)/.exec(line)?.[1];
        if (language !== undefined)
          probe.that(
            INSTALLED.test(language),
            place,
            `language ${language} installs something for the hook`,
          );
        probe.that(!/\badditional_dependencies:/.test(line), place, "a hook installs packages");
        probe.that(
          !/\b(npx|uvx|pipx|curl|wget|docker)\b/.test(line),
          place,
          `a hook fetches what it runs: ${line.trim()}`,
        );
      }
      const entry = lines.find(({ text: line }) =>
        /\bentry:.*\(AKIA\|ASIA\).*PRIVATE KEY/.test(line),
      );
      const at = entry === undefined ? -1 : lines.indexOf(entry);
      probe.that(
        lines.slice(at, at + 4).some(({ text: line }) => /\blanguage:\s*pygrep\b/.test(line)) &&
          !lines
            .slice(at, at + 4)
            .some(({ text: line }) => /\b(stages:.*manual|exclude:|files:|--negate)/.test(line)),
        entry?.place ?? { file: FILE, line: 1 },
        "no hook refuses AWS access keys and private keys in every text file",
      );
    }),
  ],
  fix: "Write hooks as repo: local with language: system, and keep the one that looks for keys.",
  mutants: [
    {
      title: "Hooks of another repository",
      edits: [
        {
          file: FILE,
          append:
            "  - repo: https://github.com/antonbabenko/pre-commit-terraform\n    rev: v1.105.0\n    hooks:\n      - id: terraform_tflint\n",
        },
      ],
    },
    {
      title: "Nothing looks for keys",
      edits: [{ file: FILE, replace: / {6}- id: secrets\n[\s\S]*$/, with: "" }],
    },
    {
      title: "A hook with packages of its own",
      of: "startup",
      edits: [
        {
          file: FILE,
          replace: "        entry: yamllint --strict\n        language: system\n",
          with: "        entry: yamllint --strict\n        language: python\n        additional_dependencies: [yamllint]\n",
        },
      ],
    },
    {
      title: "The search for keys leaves a folder out",
      edits: [
        {
          file: FILE,
          replace: "        language: pygrep\n",
          with: "        language: pygrep\n        exclude: ^environments/\n",
        },
      ],
    },
  ],
});
