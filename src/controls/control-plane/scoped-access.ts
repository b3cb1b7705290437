import { control, terraform } from "../control.ts";
import { clustersOf, isOfNamespaces } from "../evidence/cluster.ts";
import { blueprintOf } from "../evidence/once.ts";
import { ofType } from "../evidence/probe.ts";
import { blocksOf, textsOf } from "../evidence/value.ts";

/** What sees no secrets and changes nothing, so it may be for the whole cluster. */
const VIEW = /:cluster-access-policy\/AmazonEKSViewPolicy$/;
/** Judged by control-plane.listed-administrators. */
const ADMINISTRATOR = /:cluster-access-policy\/AmazonEKSClusterAdminPolicy$/;

export default control({
  id: "control-plane.scoped-access",
  title:
    "Whoever may change objects or read secrets by an access entry may do so in named namespaces of workloads",
  why: "For the whole cluster, AmazonEKSEditPolicy changes the policies and agents that hold it together, and AmazonEKSAdminViewPolicy reads every secret.",
  severity: "high",
  mapping: { cisEks: ["4.1.2"], nsaCisa: ["Authentication and authorization"] },
  evidence: [
    terraform((subject, probe) => {
      const system = new Set([
        "kube-system",
        "kube-public",
        "kube-node-lease",
        ...(subject.config === undefined
          ? []
          : blueprintOf(subject.config).platform.systemNamespaces),
      ]);
      for (const { root, cluster } of clustersOf(probe, subject)) {
        probe.that(true, cluster.place, "");
        for (const association of ofType(root, "aws_eks_access_policy_association")) {
          const policies = textsOf(association.get("policy_arn")).filter(
            (arn) => !VIEW.test(arn) && !ADMINISTRATOR.test(arn),
          );
          if (policies.length === 0) continue;
          const place = association.placeOf("access_scope");
          const what = `${association.address}: ${policies.join(" or ")}`;
          probe.that(
            isOfNamespaces(association),
            place,
            `${what} is for the whole cluster`,
            root.path,
          );
          for (const scope of blocksOf(association.get("access_scope")))
            for (const namespace of textsOf(scope.namespaces))
              probe.that(
                !system.has(namespace) && !/[*?]/.test(namespace),
                place,
                `${what} is for ${namespace}`,
                root.path,
              );
        }
      }
    }),
  ],
  fix: "Name the namespaces of the workloads under access_entries, or give AmazonEKSViewPolicy.",
  mutants: (
    [
      ["Everyone's secrets to read", "AmazonEKSAdminViewPolicy", 'type = "cluster"'],
      ["Every object to change", "AmazonEKSEditPolicy", 'type = "cluster"'],
      [
        "kube-system to change",
        "AmazonEKSEditPolicy",
        'type       = "namespace"\n    namespaces = ["production", "kube-system"]',
      ],
    ] as const
  ).map(([title, policy, scope]) => ({
    title,
    edits: [
      {
        file: "environments/prod/main.cluster.tf",
        append: `
resource "aws_eks_access_policy_association" "developers" {
  cluster_name  = module.cluster.name
  principal_arn = "arn:aws:iam::111122223333:role/developers"
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/${policy}"

  access_scope {
    ${scope}
  }
}
`,
      },
    ],
  })),
});
