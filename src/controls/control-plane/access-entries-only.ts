import { control, manifests, terraform } from "../control.ts";
import { clustersOf } from "../evidence/cluster.ts";
import { ofKind } from "../evidence/kubernetes.ts";
import { is } from "../evidence/require.ts";

export default control({
  id: "control-plane.access-entries-only",
  title: "IAM principals get in by access entries alone; the aws-auth ConfigMap counts for nothing",
  why: "Whoever may edit one ConfigMap in kube-system makes any IAM role cluster administrator, seen by neither IAM nor CloudTrail.",
  severity: "high",
  mapping: {
    cisEks: ["4.1.7"],
    nsaCisa: ["Authentication and authorization"],
  },
  evidence: [
    terraform((subject, probe) => {
      // EKS's own default is CONFIG_MAP.
      for (const { cluster } of clustersOf(probe, subject))
        probe.expect(cluster, "access_config.authentication_mode", is("API"));
    }),
    manifests((subject, probe) => {
      for (const overlay of probe.overlays(subject)) {
        const map = ofKind(overlay, "ConfigMap").find(
          ({ name, namespace }) => name === "aws-auth" && namespace === "kube-system",
        );
        probe.that(
          map === undefined,
          map?.place ?? overlay.place,
          `${overlay.path}: the ConfigMap aws-auth is applied`,
          overlay.name,
        );
      }
    }),
  ],
  fix: 'Set authentication_mode = "API" and take principals from aws-auth into access entries.',
  mutants: [
    {
      title: "aws-auth counts beside the entries",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: 'authentication_mode = "API"',
          with: 'authentication_mode = "API_AND_CONFIG_MAP"',
        },
      ],
    },
    {
      title: "The mode is left to EKS",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: '    authentication_mode = "API"\n',
          with: "",
        },
      ],
    },
    {
      title: "An overlay brings aws-auth",
      edits: [
        {
          file: "kubernetes/overlays/dev/aws-auth.yaml",
          create:
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: aws-auth\n  namespace: kube-system\ndata:\n  mapRoles: |\n    - rolearn: arn:aws:iam::111122223333:role/dev\n      groups: [system:masters]\n",
        },
        {
          file: "kubernetes/overlays/dev/kustomization.yaml",
          replace: "resources:\n",
          with: "resources:\n  - aws-auth.yaml\n",
        },
      ],
    },
  ],
});
