import { control, manifests } from "../control.ts";
import { inBase } from "../evidence/edits.ts";
import { strings } from "../evidence/kubernetes.ts";
import { forbid, type Grant } from "../evidence/rbac.ts";

const WRITE = ["create", "update", "patch"];

/** The CNI's account, and no other, writes a pod's address on it: workloads.calico-pod-address says why. */
const isCnisAnnotation = ({ role, rule, subjects }: Grant): boolean =>
  role.name === "aws-node-annotate-pod-ip" &&
  strings(rule.verbs).join() === "patch" &&
  strings(rule.resources).join() === "pods" &&
  subjects.every(
    ({ kind, name, namespace }) =>
      kind === "ServiceAccount" && name === "aws-node" && namespace === "kube-system",
  );

export default control({
  id: "workloads.rbac-pods",
  title: "No role makes or changes pods in every namespace, or gets a shell in them",
  why: "Who makes a pod anywhere chooses its service account and its IAM role, and so becomes any workload.",
  severity: "high",
  mapping: {
    cisEks: ["4.1.4"],
    nsaCisa: ["Authentication and authorization"],
    checkov: ["CKV2_K8S_2"],
    trivy: ["KSV-0048", "KSV-0053", "KSV-0054"],
  },
  evidence: [
    manifests((subject, probe) => {
      forbid(
        subject,
        probe,
        [
          { group: "", resources: ["pods", "replicationcontrollers"], verbs: WRITE },
          {
            group: "apps",
            resources: ["deployments", "daemonsets", "statefulsets", "replicasets"],
            verbs: WRITE,
          },
          { group: "batch", resources: ["jobs", "cronjobs"], verbs: WRITE },
        ],
        (grant) => !grant.isClusterWide || isCnisAnnotation(grant),
      );
      // A shell is read access to what the pod holds: get is enough, as a web socket asks with it.
      forbid(subject, probe, [
        {
          group: "",
          resources: ["pods/exec", "pods/attach", "pods/ephemeralcontainers"],
          verbs: ["create", "get", "update", "patch"],
        },
      ]);
    }),
  ],
  fix: "Use a Role in the namespace of the workload, and kubectl debug with an administrator's own access.",
  mutants: [
    {
      title: "Deployments of every namespace",
      edits: inBase(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: deployer\nrules:\n  - apiGroups: [apps]\n    resources: [deployments]\n    verbs: [get, create]\n",
      ),
    },
    {
      title: "The engine's role creates, too",
      edits: [
        {
          file: "kubernetes/engine/annotate-pod-ip.yaml",
          replace: "      - patch\n",
          with: "      - create\n      - patch\n",
        },
      ],
    },
    {
      title: "Every service account changes pods",
      edits: [
        {
          file: "kubernetes/engine/annotate-pod-ip.yaml",
          replace: "subjects:\n",
          with: "subjects:\n  - kind: Group\n    apiGroup: rbac.authorization.k8s.io\n    name: developers\n",
        },
      ],
    },
    {
      title: "A shell in one namespace",
      edits: inBase(
        'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: debug\n  namespace: production\nrules:\n  - apiGroups: [""]\n    resources: [pods/exec]\n    verbs: [create]\n',
      ),
    },
  ],
});
