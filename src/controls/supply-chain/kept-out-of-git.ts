import { control, files } from "../control.ts";

const WANTED = [
  ".terraform/",
  "*.tfstate",
  "*.tfstate.*",
  "tfplan",
  "tfplan.json",
  "override.tf",
  "*_override.tf",
  "kubeconfig*",
  ".env",
  "*.pem",
];

/** Whether a pattern of a .gitignore is about a file: by name anywhere below it, or by path. */
function keepsOut(pattern: string, gitignore: string, path: string): boolean {
  const folder = gitignore.slice(0, -".gitignore".length);
  if (!path.startsWith(folder)) return false;
  const isPath = /\/./.test(pattern);
  const source = pattern
    .replace(/^\/|\/$/g, "")
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("**/", "(.*/)?")
    .replaceAll(/(?<!\.)\*+/g, "[^/]*")
    .replaceAll("?", "[^/]");
  return new RegExp(`${isPath ? "^" : "(^|/)"}${source}(/|$)`).test(path.slice(folder.length));
}

export default control({
  id: "supply-chain.kept-out-of-git",
  title:
    "Git keeps out state, plans, overrides, kubeconfigs and keys, and takes in the lock files of the roots",
  why: "State and plans hold every attribute in clear text; what was pushed once stays in every clone.",
  severity: "high",
  mapping: {},
  evidence: [
    files((subject, probe) => {
      const read = (path: string) =>
        (subject.file(path)?.text ?? "").split("\n").map((line, index) => ({
          pattern: line.trim(),
          place: { file: path, line: index + 1 },
        }));
      const own = read(".gitignore");
      const shipped = new Set((subject.shipped().get(".gitignore") ?? "").split("\n"));
      for (const wanted of WANTED)
        probe.that(
          own.some(
            ({ pattern }) =>
              pattern === wanted || pattern === `**/${wanted}` || `${pattern}/` === wanted,
          ),
          { file: ".gitignore", line: 1 },
          `.gitignore does not keep out ${wanted}`,
        );
      for (const path of subject.paths.filter((each) => /(^|\/)\.gitignore$/.test(each)))
        for (const { pattern, place } of read(path)) {
          if (pattern === "" || pattern.startsWith("#")) continue;
          probe.that(
            !pattern.startsWith("!"),
            place,
            `${pattern} takes in again what was kept out`,
          );
          const hidden = shipped.has(pattern)
            ? undefined
            : subject.paths.find((each) => keepsOut(pattern, path, each));
          probe.that(
            hidden === undefined,
            place,
            `${pattern} keeps out ${hidden}, whose changes git then does not see`,
          );
          // A root's lock file says which builds of a provider may run.
          probe.that(
            !/(\.terraform\.lock\.hcl|\*\.hcl|^\.terraform\*|^\.terraform\.\*)/.test(pattern) ||
              (path === ".gitignore" && pattern.startsWith("modules/")),
            place,
            `${pattern} keeps out the lock files of the roots`,
          );
        }
    }),
  ],
  fix: "Put the pattern back into .gitignore, and rotate what was pushed meanwhile.",
  mutants: [
    {
      title: "Manifests that git no longer sees",
      edits: [{ file: ".gitignore", append: "\nkubernetes/overlays/\n" }],
    },
    {
      title: "Plans are taken in",
      edits: [{ file: ".gitignore", replace: "tfplan\n", with: "" }],
    },
    {
      title: "A folder takes its state in again",
      of: "startup",
      edits: [{ file: "environments/prod/.gitignore", create: "!terraform.tfstate\n" }],
    },
    {
      title: "Lock files are kept out",
      edits: [
        {
          file: ".gitignore",
          replace: "modules/**/.terraform.lock.hcl",
          with: ".terraform.lock.hcl",
        },
      ],
    },
    { title: "No .gitignore", of: "bank", edits: [{ file: ".gitignore", remove: true }] },
  ],
});
