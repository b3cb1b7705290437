import { control, manifests } from "../control.ts";
import { inBase, inProduction } from "../evidence/edits.ts";
import { everyObject, groupOf, titleOf } from "../evidence/kubernetes.ts";

/** Kinds that a Control reads, or that hold nothing but numbers and names, by their group. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  "": [
    "ConfigMap",
    "LimitRange",
    "Namespace",
    "PersistentVolumeClaim",
    "Pod",
    "PodTemplate",
    "ReplicationController",
    "ResourceQuota",
    "Secret",
    "Service",
    "ServiceAccount",
  ],
  "admissionregistration.k8s.io": ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"],
  apps: ["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"],
  autoscaling: ["HorizontalPodAutoscaler"],
  "autoscaling.k8s.io": ["VerticalPodAutoscaler"],
  batch: ["CronJob", "Job"],
  "cert-manager.io": ["Certificate", "Issuer"],
  "external-secrets.io": ["ClusterSecretStore", "ExternalSecret", "SecretStore"],
  "monitoring.coreos.com": ["PodMonitor", "PrometheusRule", "ServiceMonitor"],
  "networking.k8s.io": ["Ingress", "IngressClass", "NetworkPolicy"],
  policy: ["PodDisruptionBudget"],
  "rbac.authorization.k8s.io": ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
  "scheduling.k8s.io": ["PriorityClass"],
  "secrets-store.csi.x-k8s.io": ["SecretProviderClass"],
  "snapshot.storage.k8s.io": ["VolumeSnapshotClass"],
  "storage.k8s.io": ["StorageClass"],
};

/** Policies and settings of the engines: `isUnread` and the Controls of each engine judge their kinds. */
const ENGINES = ["cilium.io", "crd.projectcalico.org", "operator.tigera.io", "projectcalico.org"];

export default control({
  id: "workloads.known-kinds",
  title: "Overlays hold only kinds that a Control reads, or that give nobody anything",
  why: "A kind of somebody's operator makes pods, fetches charts, opens balancers or hands every object to a webhook, and no rule about pods and services sees what it says.",
  severity: "medium",
  mapping: { nsaCisa: ["Pod security"] },
  evidence: [
    manifests((subject, probe) => {
      everyObject(subject, probe, (manifest, scope) => {
        const group = groupOf(manifest);
        probe.that(
          ENGINES.includes(group) || (KNOWN[group] ?? []).includes(manifest.kind),
          manifest.place,
          `${titleOf(manifest)} (${manifest.apiVersion}): no Control knows what it does`,
          scope,
        );
      });
    }),
  ],
  fix: "Look at what its operator makes of it, and write under exceptions in hardened-eks.yaml who did, and until when that holds.",
  mutants: [
    {
      title: "A chart that an operator fetches",
      edits: inProduction(
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: shop\nspec:\n  interval: 5m\n  chart:\n    spec:\n      chart: shop\n      version: '*'\n",
      ),
    },
    {
      title: "A pod in the words of an operator",
      edits: inProduction(
        "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata:\n  name: main\nspec:\n  hostNetwork: true\n",
      ),
    },
    {
      title: "A target of a balancer that nobody made here",
      edits: inProduction(
        "apiVersion: elbv2.k8s.aws/v1beta1\nkind: TargetGroupBinding\nmetadata:\n  name: shop\nspec:\n  targetGroupARN: arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/0123456789abcdef\n",
      ),
    },
    {
      title: "Addresses behind a Service, by hand",
      edits: inProduction(
        "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata:\n  name: shop\naddressType: IPv4\nendpoints:\n  - addresses:\n      - 169.254.169.254\n",
      ),
    },
    {
      title: "A volume of somebody",
      edits: inBase(
        "apiVersion: v1\nkind: PersistentVolume\nmetadata:\n  name: found\nspec:\n  csi:\n    driver: ebs.csi.aws.com\n    volumeHandle: vol-0123456789abcdef0\n",
      ),
    },
  ],
});
