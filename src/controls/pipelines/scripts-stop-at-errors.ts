import { control, files } from "../control.ts";
import { linesOf, shellScripts } from "../evidence/pipeline.ts";

export default control({
  id: "pipelines.scripts-stop-at-errors",
  title:
    "Every shell script ends at the first command that fails and at variables that are not set",
  why: "A script that goes on after a failed account check, or with an empty path, works on the wrong cluster or folder.",
  severity: "medium",
  mapping: {},
  evidence: [
    files((subject, probe) => {
      for (const path of shellScripts(subject)) {
        const text = subject.file(path)?.text ?? "";
        const lines = linesOf(text);
        // What has no first line of its own is sourced, and takes the options of who sources it.
        const sourced = !text.startsWith("#!");
        const first = sourced ? undefined : lines[0];
        if (!sourced)
          probe.that(
            first?.text === "set -euo pipefail",
            { file: path, line: (first?.line ?? 0) + 1 },
            `${path} does not begin with set -euo pipefail`,
          );
        for (const { text: line, line: at } of lines)
          probe.that(
            !/(^|[;&|({]\s*)set\s+(\+\w*[eu]|\+o\s+(errexit|nounset|pipefail))/.test(line),
            { file: path, line: at + 1 },
            `${path} goes on after failures: ${line.slice(0, 80)}`,
          );
      }
      const makefile = subject.file("Makefile")?.text ?? "";
      const flags = makefile.split("\n").findLastIndex((line) => /^\.SHELLFLAGS\b/.test(line));
      probe.that(
        /^\.SHELLFLAGS\s*:?=\s*-euo pipefail -c$/.test(makefile.split("\n")[flags] ?? "") &&
          !/^\.(IGNORE|ONESHELL)\b/m.test(makefile),
        { file: "Makefile", line: flags + 1 || 1 },
        "the Makefile's shell does not end at failures: .SHELLFLAGS must be -euo pipefail -c",
      );
    }),
  ],
  fix: "Write set -euo pipefail as the first command of the script.",
  mutants: [
    {
      title: "Without the options",
      edits: [{ file: "scripts/teardown", replace: "set -euo pipefail\n", with: "" }],
    },
    {
      title: "Switched off in the middle",
      edits: [
        {
          file: "scripts/deploy-platform",
          replace: "require_account\nrequire_cluster\n",
          with: "set +e\nrequire_account\nrequire_cluster\n",
        },
      ],
    },
    {
      title: "Switched off in a file that is sourced",
      of: "startup",
      edits: [
        { file: "scripts/lib/common.sh", replace: "info() {\n", with: "set +eu\n\ninfo() {\n" },
      ],
    },
    {
      title: "A new script without them",
      edits: [{ file: "scripts/cleanup", create: '#!/bin/bash\nrm -rf "$1"/*\n' }],
    },
  ],
});
