import { control, files } from "../control.ts";
import {
  documentDifference,
  expectSame,
  lineDifference,
  makeDifferences,
} from "../evidence/shipped.ts";

/** `make` takes the first of these that is there, and Makefile last. */
const BEFORE = ["GNUmakefile", "makefile"];

export default control({
  id: "pipelines.scripts-as-shipped",
  title: "Scripts, actions and targets do what this version of the product tested",
  why: "Which account is asked for, who confirms, which exit code counts: one word in a script takes it away, and every workflow that calls it stays as reviewed.",
  severity: "medium",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  evidence: [
    files((subject, probe) => {
      const shipped = subject.shipped();
      for (const [path, text] of shipped) {
        const isScript = path.startsWith("scripts/");
        const isAction = path.startsWith(".github/actions/");
        if (!isScript && !isAction && path !== "Makefile") continue;
        const file = subject.file(path);
        if (file === undefined) {
          probe.wrong({ file: path, line: 1 }, `${path} is missing, though others call it`);
          continue;
        }
        const action = subject.actions.find((each) => each.path === path);
        const differences =
          path === "Makefile"
            ? makeDifferences(path, file.text, text)
            : [
                action === undefined
                  ? lineDifference(path, file.text, text)
                  : documentDifference(subject, action, text, () => false),
              ];
        for (const difference of differences.length > 0 ? differences : [undefined])
          expectSame(probe, path, difference);
      }
      for (const path of BEFORE)
        if (subject.file(path) !== undefined)
          probe.wrong({ file: path, line: 1 }, `make reads ${path} instead of Makefile`);
    }),
  ],
  fix: "Bring the file back with create-hardened-eks check --fix, or upgrade first where another version wrote it; put what you need into a script or target of its own.",
  mutants: [
    {
      title: "Nobody is asked any more",
      edits: [
        {
          file: "scripts/lib/common.sh",
          replace: /confirm\(\) \{\n/,
          with: "confirm() {\n  return 0\n",
        },
      ],
    },
    {
      title: "The account is not compared",
      of: "bank",
      edits: [
        { file: "scripts/deploy-platform", replace: /\nrequire_account[^\n]*\n/, with: "\n" },
      ],
    },
    {
      title: "A second makefile that make takes first",
      edits: [{ file: "GNUmakefile", create: "validate:\n\t@true\n" }],
    },
    {
      title: "A target once more, empty",
      edits: [{ file: "Makefile", append: "\nvalidate:\n\t@true\n" }],
    },
    {
      title: "A file called like a target that no longer says it is none",
      edits: [
        { file: "Makefile", replace: ".PHONY: validate\n", with: "" },
        { file: "validate", create: "\n" },
      ],
    },
    {
      title: "A variable that recipes read",
      edits: [{ file: "Makefile", append: "\nROOT := bootstrap\n" }],
    },
    {
      title: "A variable that sets another",
      edits: [{ file: "Makefile", append: "\nEXTRA := $(eval IAC := true)\n" }],
    },
    {
      title: "An address of somebody",
      edits: [{ file: "scripts/connect", replace: "127.0.0.1", with: "203.0.113.7" }],
    },
    {
      title: "A shell that does nothing",
      of: "government",
      edits: [{ file: "Makefile", replace: "SHELL := bash", with: "SHELL := true" }],
    },
    {
      title: "An engine of long ago",
      edits: [
        {
          file: "scripts/lib/network-policy-engine.sh",
          replace: /VERSION=("?)v?\d+\.\d+\.\d+/,
          with: "VERSION=v3.20.1",
        },
      ],
    },
    {
      title: "The action runs JavaScript",
      edits: [
        {
          file: ".github/actions/setup/action.yml",
          replace: "using: composite",
          with: "using: node20\n  main: index.js",
        },
      ],
    },
  ],
});
