import { control, terraform } from "../control.ts";
import { ofType } from "../evidence/probe.ts";
import { absent } from "../evidence/require.ts";
import { textOf } from "../evidence/value.ts";

/** The kubelet may be older by so many minor versions. */
const MOST_BEHIND = 3;

const minorOf = (version: string | undefined): number | undefined => {
  const minor = /^1\.(\d+)$/.exec(version ?? "")?.[1];
  return minor === undefined ? undefined : Number(minor);
};

export default control({
  id: "nodes.version",
  title:
    "Nodes run a Kubernetes version that is not ahead of the control plane, nor more than three behind",
  why: "Nodes outside of the supported skew fail in ways that nobody tests, and nodes without a stated version stay on the one of their first day.",
  severity: "medium",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        const [cluster] = ofType(root, "aws_eks_cluster");
        const wanted = textOf(cluster?.get("version"));
        const minor = minorOf(wanted);
        for (const group of probe.some(root, "managed node group", "aws_eks_node_group")) {
          // A release that is written down is old the month after; the newest is taken without one.
          probe.expect(group, "release_version", absent);
          const version = textOf(group.get("version"));
          const own = minorOf(version);
          const place = group.placeOf("version");
          if (version === undefined)
            probe.wrong(
              place,
              `${group.address}: version is not set, so an upgrade leaves it out`,
              root.path,
            );
          else if (own === undefined || minor === undefined)
            probe.unresolved(
              place,
              `${group.address}: version is ${version}, the control plane's is ${wanted ?? "not set"}; which one is newer cannot be told`,
              root.path,
            );
          else
            probe.that(
              own <= minor && minor - own <= MOST_BEHIND,
              group.origin("version")?.place ?? place,
              `${group.address}: version is ${version}, the control plane runs ${wanted}`,
              root.path,
            );
        }
      }
    }),
  ],
  fix: "Give the node groups the kubernetes_version of the cluster.",
  mutants: [
    {
      title: "An image of last year, written down",
      edits: [
        {
          file: "modules/nodes/main.node-groups.tf",
          replace: "  update_config {\n",
          with: '  release_version = "1.20.0-fcf71a47"\n\n  update_config {\n',
        },
      ],
    },
    {
      title: "Nodes are upgraded before the control plane",
      edits: [
        {
          file: "environments/prod/main.nodes.tf",
          replace: "kubernetes_version = local.kubernetes_version",
          with: 'kubernetes_version = "1.36"',
        },
      ],
    },
    {
      title: "Nodes were forgotten for years",
      edits: [
        {
          file: "environments/prod/main.nodes.tf",
          replace: "kubernetes_version = local.kubernetes_version",
          with: 'kubernetes_version = "1.31"',
        },
      ],
    },
    {
      title: "The version is left out",
      edits: [
        {
          file: "modules/nodes/main.node-groups.tf",
          replace: "  version         = var.kubernetes_version\n",
          with: "",
        },
      ],
    },
  ],
});
