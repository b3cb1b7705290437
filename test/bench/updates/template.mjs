/** The template that every tool updates: fifteen files, given as data so that each tool gets the same bytes. */

/**
 * One file of a template.
 * @typedef {object} TemplateFile
 * @property {string} contents
 * @property {boolean} [executable]
 * @property {boolean} [docker] is there only with the option of that name
 */

/** @typedef {Record<string, TemplateFile>} Template */

/** `count` lines that name what they are of. */
export const lines = (name, count = 20) =>
  Array.from({ length: count }, (_, index) => `${name} ${index + 1}\n`).join("");

/** The text with line `number` (from 1) replaced. */
export function withLine(text, number, line) {
  const all = text.split("\n");
  all[number - 1] = line;
  return all.join("\n");
}

/** What the new version writes into a file, so that it can be looked for. */
export const ofTemplate = (path) => `second version of ${path}`;

/** What the user writes into a file. */
export const ofUser = (path) => `by hand in ${path}`;

const text = (path) => ({ contents: lines(path) });

/** @type {Template} */
export const first = {
  "README.md": text("readme"),
  Makefile: text("target"),
  "SECURITY.md": text("security"),
  Dockerfile: { ...text("stage"), docker: true },
  "ci/plan.yml": text("step"),
  "docs/logo.bin": { contents: "logo\0one\n" },
  "docs/runbook.md": text("runbook"),
  "kubernetes/namespaces.yaml": text("namespace"),
  "kubernetes/policies/deny.yaml": text("deny"),
  "main.tf": text("main"),
  "modules/cluster/main.tf": text("cluster"),
  "modules/cluster/variables.tf": text("variable"),
  "outputs.tf": text("output"),
  "scripts/connect": { ...text("connect"), executable: true },
  "terraform.tf": text("terraform"),
};

/** A line of every new version, far from what a case is about: it has to arrive whatever else happens. */
export const UNRELATED = "outputs.tf";

/**
 * A version: another one with some files changed.
 *
 * @param {Template} before
 * @param {Record<string, TemplateFile | undefined>} changed `undefined` takes a file away
 * @returns {Template}
 */
export function version(before, changed) {
  const all = { ...before, ...changed };
  return Object.fromEntries(Object.entries(all).filter(([, file]) => file !== undefined));
}

/** The file with one line that only the new version has. */
export const revised = (before, path, line = 15) => ({
  ...before[path],
  contents: withLine(before[path].contents, line, ofTemplate(path)),
});

/** Many small files, for what needs a while to be written. */
export const manyFiles = (count) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const path = `part-${index % 10}/file-${String(index).padStart(3, "0")}.txt`;
      return [path, text(path)];
    }),
  );
