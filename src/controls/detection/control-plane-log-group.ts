import { control, files, terraform } from "../control.ts";
import { clustersOf } from "../evidence/cluster.ts";
import { ofType } from "../evidence/probe.ts";
import { is, orAbsent } from "../evidence/require.ts";
import type { TerraformRoot } from "../evidence/subject.ts";
import { type Resource, textOf, textsOf } from "../evidence/value.ts";

/** The group that EKS writes to, by its name. */
const groupOf = (root: TerraformRoot, cluster: Resource): Resource | undefined =>
  ofType(root, "aws_cloudwatch_log_group").find(
    (group) =>
      group.maybe === undefined &&
      textOf(group.get("name")) === `/aws/eks/${textOf(cluster.get("name"))}/cluster`,
  );

/** `module.cluster.` of `module.cluster.aws_eks_cluster.this`. */
const moduleOf = ({ address, type }: Resource): string =>
  address.slice(0, address.lastIndexOf(`${type}.`));

export default control({
  id: "detection.control-plane-log-group",
  title: "The control plane's log group is made by this repository, before the cluster",
  why: "A group that EKS makes itself is unencrypted and never expires, and Terraform then fails over it.",
  severity: "medium",
  mapping: {
    cisEks: ["2.1.2"],
    nsaCisa: ["Audit logging and threat detection"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const { root, cluster } of clustersOf(probe, subject)) {
        const found = groupOf(root, cluster);
        // The other class takes neither metric filters nor subscriptions.
        if (found !== undefined) probe.expect(found, "log_group_class", orAbsent(is("STANDARD")));
        probe.that(
          groupOf(root, cluster) !== undefined,
          ofType(root, "aws_cloudwatch_log_group")
            .find((group) => moduleOf(group) === moduleOf(cluster))
            ?.placeOf("name") ?? cluster.place,
          `${cluster.address}: no log group is called /aws/eks/${textOf(cluster.get("name"))}/cluster, where EKS writes`,
          root.path,
        );
      }
    }),
    // A plan does not hold depends_on.
    files((subject, probe) => {
      for (const { root, cluster } of clustersOf(probe, subject)) {
        const group = groupOf(root, cluster);
        if (group === undefined) continue;
        const inside = moduleOf(group) === moduleOf(cluster);
        const called = /^module\.[^.[]+/.exec(group.address.slice(moduleOf(cluster).length))?.[0];
        probe.that(
          textsOf(cluster.get("depends_on")).some((name) =>
            inside ? name === `${group.type}.${group.name}` : name === called,
          ),
          cluster.placeOf("depends_on"),
          `${cluster.address}: depends_on does not name ${group.address}`,
          root.path,
        );
      }
    }),
  ],
  fix: "Make aws_cloudwatch_log_group /aws/eks/<cluster>/cluster, and name it in depends_on of the cluster.",
  mutants: [
    {
      title: "Another name",
      edits: [
        {
          file: "modules/cluster/main.logs.tf",
          replace: "/aws/eks/${var.name}/cluster",
          with: "/aws/eks/${var.name}/control-plane",
        },
      ],
    },
    {
      title: "The cluster does not wait for it",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "    aws_cloudwatch_log_group.control_plane,\n",
          with: "",
        },
      ],
    },
    {
      title: "Not for development",
      edits: [
        {
          file: "modules/cluster/main.logs.tf",
          replace: "  name              =",
          with: '  count = endswith(var.name, "-dev") ? 0 : 1\n\n  name              =',
        },
        {
          file: "modules/cluster/outputs.tf",
          replace: "aws_cloudwatch_log_group.control_plane.name",
          with: "one(aws_cloudwatch_log_group.control_plane[*].name)",
        },
      ],
    },
  ],
});
