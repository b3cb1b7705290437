import { control, terraform } from "../control.ts";
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
