import { control, files, terraform } from "../control.ts";
import { clustersOf } from "../evidence/cluster.ts";
import { is, orAbsent } from "../evidence/require.ts";

export default control({
  id: "control-plane.deletion",
  title: "A cluster cannot be deleted by a plan that somebody waves through",
  why: "One renamed module or changed create-only argument replaces the cluster, and with it everything that runs and was stored in it.",
  severity: "medium",
  mapping: {},
  evidence: [
    // A plan does not hold lifecycle blocks.
    files((subject, probe) => {
      for (const { cluster } of clustersOf(probe, subject))
        probe.expect(cluster, "lifecycle.prevent_destroy", is(true));
    }),
    // The argument came with provider 6.9.
    terraform((subject, probe) => {
      const wanted = subject.config?.awsProvider === 6 ? is(true) : orAbsent(is(true));
      for (const { cluster } of clustersOf(probe, subject))
        probe.expect(cluster, "deletion_protection", wanted);
    }),
  ],
  fix: "Set prevent_destroy = true, and with provider 6 deletion_protection = true.",
  mutants: [
    {
      title: "prevent_destroy off",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "prevent_destroy = true",
          with: "prevent_destroy = false",
        },
      ],
    },
    {
      title: "No lifecycle block",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: / {2}lifecycle \{[^}]*\}\n\n/,
          with: "",
        },
      ],
    },
    {
      title: "EKS's own protection dropped",
      of: "bank",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "  deletion_protection = true\n",
          with: "",
        },
      ],
    },
    {
      title: "EKS's own protection off where teardown is convenient",
      of: "bank",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "deletion_protection = true",
          with: 'deletion_protection = !endswith(var.name, "-dev")',
        },
      ],
    },
  ],
});
