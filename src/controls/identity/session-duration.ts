import { control, terraform } from "../control.ts";
import { modulesAlone, nameOfRole, rolesIn } from "../evidence/iam.ts";
import { atMost, orAbsent } from "../evidence/require.ts";

const HOUR = 3600;

export default control({
  id: "identity.session-duration",
  title: "Sessions of a role end after an hour, those of the pipeline's apply role after four",
  why: "Credentials that were copied out of a session stay good until it ends, and nobody can take them back one by one.",
  severity: "medium",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  evidence: [
    terraform((subject, probe) => {
      const places = [
        ...subject.roots.map((root) => ({ root, bootstrap: root.kind === "bootstrap" })),
        // A role that nobody is named for yet, such as the break-glass role, is made by its module only.
        ...modulesAlone(subject)
          .filter(({ path }) => path !== "modules/ci-identity")
          .map((root) => ({ root, bootstrap: false })),
      ];
      for (const { root, bootstrap } of places)
        for (const role of rolesIn(root)) {
          // An upgrade of control plane and nodes is one apply.
          const isApply = bootstrap && /(^|-)ci-apply$/.test(nameOfRole(role));
          const { maybe: _, ...there } = role;
          probe.expect(there, "max_session_duration", orAbsent(atMost(isApply ? 4 * HOUR : HOUR)));
        }
    }),
  ],
  fix: "Set max_session_duration to 3600, or leave it out: an hour is the default.",
  mutants: [
    {
      title: "Twelve hours of break-glass",
      edits: [
        {
          file: "modules/break-glass/main.role.tf",
          replace: "max_session_duration = 3600",
          with: "max_session_duration = 43200",
        },
      ],
    },
    {
      title: "Twelve hours for both roles of the pipeline",
      edits: [
        {
          file: "modules/ci-identity/main.roles.tf",
          replace: 'each.key == "apply" ? 14400 : 3600',
          with: "43200",
        },
      ],
    },
    {
      title: "A variable of one environment, for its workloads",
      of: "bank",
      edits: [
        {
          file: "modules/pod-identity-role/main.role.tf",
          replace: "  permissions_boundary = var.permissions_boundary_arn\n",
          with: "  permissions_boundary = var.permissions_boundary_arn\n\n  max_session_duration = var.session_hours * 3600\n",
        },
        {
          file: "modules/pod-identity-role/variables.tf",
          append:
            '\nvariable "session_hours" {\n  description = "Hours of a session."\n  type        = number\n  nullable    = false\n  default     = 1\n}\n',
        },
        {
          file: "environments/prod/main.identities.tf",
          replace: "  account_id   = var.account_id\n",
          with: "  account_id   = var.account_id\n\n  session_hours = 8\n",
        },
      ],
    },
  ],
});
