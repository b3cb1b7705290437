import { control, terraform } from "../control.ts";
import { associationsOf, clustersOf, isOf, isOfNamespaces } from "../evidence/cluster.ts";
import { isDoubtful, ofType } from "../evidence/probe.ts";
import { textsOf } from "../evidence/value.ts";

export default control({
  id: "control-plane.named-administrators",
  title: "Every cluster has an administrator by access entry",
  why: "The creator gets no access here: without an entry nobody can answer an incident except with the account's root credentials.",
  severity: "medium",
  mapping: { nsaCisa: ["Authentication and authorization"] },
  evidence: [
    terraform((subject, probe) => {
      for (const { root, cluster } of clustersOf(probe, subject)) {
        const entries = ofType(root, "aws_eks_access_entry")
          .filter((entry) => isOf(entry, cluster) && !isDoubtful(entry))
          .flatMap((entry) => textsOf(entry.get("principal_arn")));
        const administrators = associationsOf(root, "AmazonEKSClusterAdminPolicy").filter(
          (association) =>
            isOf(association, cluster) &&
            !isDoubtful(association) &&
            textsOf(association.get("principal_arn")).some((arn) => entries.includes(arn)),
        );
        const call = root.settings.find((each) => each.names().includes("admin_role_arns"));
        if (
          !probe.that(
            administrators.length > 0,
            call?.origin("admin_role_arns")?.place ?? cluster.place,
            `${cluster.address}: no access entry has AmazonEKSClusterAdminPolicy`,
            root.path,
          )
        )
          continue;
        probe.that(
          !administrators.every(isOfNamespaces),
          administrators[0]?.placeOf("access_scope") ?? cluster.place,
          `${cluster.address}: no administrator's access_scope is the cluster`,
          root.path,
        );
      }
    }),
  ],
  fix: "Name at least one role in admin_role_arns of the environment.",
  mutants: [
    {
      title: "The list of one environment is empty",
      of: "bank",
      edits: [
        {
          file: "environments/stage/variables.tf",
          replace: '["arn:aws:iam::111122223333:role/platform-admin"]',
          with: "[]",
        },
      ],
    },
    {
      title: "Entries without a policy",
      edits: [
        {
          file: "modules/cluster/main.access.tf",
          replace: /resource "aws_eks_access_policy_association" "admin" \{[\s\S]*?\n\}\n\n/,
          with: "",
        },
      ],
    },
    {
      title: "Administrators of one namespace",
      edits: [
        {
          file: "modules/cluster/main.access.tf",
          replace: '    type = "cluster"\n',
          with: '    type       = "namespace"\n    namespaces = ["production"]\n',
        },
      ],
    },
  ],
});
