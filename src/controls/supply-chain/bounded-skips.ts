import { control, files } from "../control.ts";
import { terraformFiles } from "../evidence/hcl.ts";
import { data, isData, items } from "../evidence/kubernetes.ts";

/** Settings that switch a check off for the whole repository, without a reason beside it. */
const WHOLESALE: Readonly<Record<string, RegExp>> = {
  ".shellcheckrc": /^\s*disable\s*=/m,
  "scripts/.shellcheckrc": /^\s*disable\s*=/m,
  "scripts/lib/.shellcheckrc": /^\s*disable\s*=/m,
  ".checkov.yaml": /^\s*(skip-(check|path|framework)|soft-fail)\b/m,
  ".checkov.yml": /^\s*(skip-(check|path|framework)|soft-fail)\b/m,
  ".tflint.hcl": /^\s*(disabled_by_default|force)\s*=\s*true/m,
  ".trivyignore": /^\s*[^#\s]/m,
  "trivy.yaml": /^\s*(skip-(dirs|files|check-update)|ignore-?policy|exit-code:\s*0\b)/m,
};

/** A skip in the line where a finding is, and what stands after it. */
const INLINE =
  /(?:#|\/\/)\s*(?:trivy:ignore:|checkov:skip=|tfsec:ignore:|tflint-ignore:|bridgecrew:skip=)(.*)$/;

export default control({
  id: "supply-chain.bounded-skips",
  title: "What a scanner passes over is one finding in named files, with the reason beside it",
  why: "A rule that is off everywhere stays silent about the next mistake, which nobody accepted.",
  severity: "medium",
  mapping: {},
  evidence: [
    files((subject, probe) => {
      const path = ".trivyignore.yaml";
      const file = subject.file(path);
      const place = { file: path, line: 1 };
      probe.that(true, place, "");
      const [read] = (file && subject.yaml(file.text, path)) ?? [];
      for (const [kind, entries] of Object.entries(data(read?.data)))
        for (const [index, entry] of items(entries).entries()) {
          const { id, paths, statement } = data(entry);
          const wide = items(paths).filter((each) => /^(\*\*?(\/\*+)?|\.|\/)$/.test(String(each)));
          probe.that(
            isData(entry) && items(paths).length > 0 && wide.length === 0,
            read?.placeOf(kind, index) ?? place,
            `${id} is passed over in every file`,
          );
          probe.that(
            typeof statement === "string" && statement.trim().length > 20,
            read?.placeOf(kind, index) ?? place,
            `${id} is passed over without a reason`,
          );
        }
      for (const { path: name, text } of terraformFiles(subject))
        text.split("\n").forEach((line, index) => {
          const [, what] = INLINE.exec(line) ?? [];
          if (what === undefined) return;
          const [, check, reason = ""] = /^([\w-]+)(?::|\s)\s*(.*)$/.exec(what.trim()) ?? [];
          probe.that(
            check !== undefined && reason.length > 20,
            { file: name, line: index + 1 },
            `a skip names ${check === undefined ? "no single check" : "no reason"}: ${line.trim()}`,
          );
        });
      for (const [name, pattern] of Object.entries(WHOLESALE)) {
        const text = subject.file(name)?.text ?? "";
        const found = pattern.exec(text);
        probe.that(
          found === null,
          { file: name, line: text.slice(0, found?.index ?? 0).split("\n").length },
          `${name} switches checks off for the whole repository: ${found?.[0].trim()}`,
        );
      }
    }),
  ],
  fix: "Name the files in paths and the reason in statement, or skip the finding in the line where it is.",
  mutants: [
    {
      title: "Everything, in one line",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: 'resource "aws_eks_cluster" "this" {\n',
          with: '#trivy:ignore:*\nresource "aws_eks_cluster" "this" {\n',
        },
      ],
    },
    {
      title: "One check, for no reason",
      edits: [
        {
          file: "modules/keys/main.secrets.tf",
          replace: 'resource "aws_kms_key" "secrets" {\n',
          with: 'resource "aws_kms_key" "secrets" {\n  #checkov:skip=CKV_AWS_7:later\n',
        },
      ],
    },
    {
      title: "A rule off everywhere",
      edits: [{ file: ".trivyignore.yaml", append: "  - id: AVD-AWS-0104\n" }],
    },
    {
      title: "shellcheck is silent",
      edits: [{ file: "scripts/.shellcheckrc", create: "disable=all\n" }],
    },
    {
      title: "checkov passes over a rule",
      of: "startup",
      edits: [{ file: ".checkov.yaml", create: "skip-check:\n  - CKV_AWS_39\n" }],
    },
  ],
});
