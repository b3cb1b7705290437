import { control, files, terraform } from "../control.ts";
import { shellScripts } from "../evidence/pipeline.ts";
import { is } from "../evidence/require.ts";
import { s3Backends } from "../evidence/state.ts";

export default control({
  id: "operations.state-locked",
  title: "Nobody writes a state while another one does: backends lock",
  why: "Two applies at once leave a state that knows one of them; what it lost is still there, open and unmanaged.",
  severity: "medium",
  mapping: {},
  waivedBy: ["local-state"],
  evidence: [
    terraform((subject, probe) => {
      for (const { backend } of s3Backends(subject, probe))
        probe.expect(backend, "use_lockfile", is(true));
    }),
    files((subject, probe) => {
      const read = [
        ...shellScripts(subject),
        ...subject.paths.filter((path) =>
          /^(Makefile|\.gitlab-ci\.yml|\.github\/.*\.ya?ml)$/.test(path),
        ),
      ];
      for (const path of read)
        (subject.file(path)?.text ?? "").split("\n").forEach((text, line) => {
          probe.that(
            !/^[^#]*\b(use_lockfile|encrypt)=["']?false\b/.test(text),
            { file: path, line: line + 1 },
            `${path} switches off what the backend says: ${text.trim().slice(0, 80)}`,
          );
        });
    }),
  ],
  fix: "Set use_lockfile = true in the backend.",
  mutants: [
    {
      title: "No lock",
      edits: [
        {
          file: "environments/prod/backend.tf",
          replace: "use_lockfile = true",
          with: "use_lockfile = false",
        },
      ],
    },
    {
      title: "No lock, by a flag of init",
      edits: [
        {
          file: ".github/workflows/apply-root.yml",
          replace: "init -lockfile=readonly",
          with: "init -lockfile=readonly -backend-config=use_lockfile=false",
        },
      ],
    },
    {
      title: "The lock is left out for an account",
      of: "bank",
      edits: [
        { file: "accounts/stage/backend.tf", replace: "    use_lockfile = true\n", with: "" },
      ],
    },
    {
      title: "A root without a backend",
      edits: [{ file: "environments/prod/backend.tf", remove: true }],
    },
  ],
});
