import { control, manifests } from "../control.ts";
import { inBase, inEngine, inOverlay } from "../evidence/edits.ts";
import { CLUSTER_SCOPED, deliveries, groupOf, ofKind, titleOf } from "../evidence/kubernetes.ts";
import type { Manifest } from "../evidence/subject.ts";

/** What an engine brings of its own may lie where the engine lives. */
const isEngines = (manifest: Manifest): boolean =>
  /(^|\.)(tigera\.io|projectcalico\.org|cilium\.io)$/.test(groupOf(manifest));

export default control({
  id: "workloads.own-namespaces",
  title: "Every object lies in a namespace of this repository, none in default or kube-system",
  why: "In default and kube-system no Pod Security level and no default deny hold, so a pod there may be root on its node.",
  severity: "high",
  mapping: {
    cisEks: ["4.5.1", "4.5.2"],
    nsaCisa: ["Network separation and hardening"],
    checkov: ["CKV_K8S_21"],
    trivy: ["KSV-0037", "KSV-0110"],
  },
  evidence: [
    manifests((subject, probe) => {
      for (const delivery of deliveries(subject, probe)) {
        const own = ofKind(delivery, "Namespace").map(({ name }) => name);
        for (const manifest of delivery.manifests) {
          const { kind, namespace } = manifest;
          const isInOwn =
            namespace === undefined
              ? CLUSTER_SCOPED.has(kind) || isEngines(manifest)
              : own.includes(namespace) ||
                (delivery.scope === "kubernetes/engine" && isEngines(manifest));
          probe.that(
            isInOwn,
            manifest.placeOf("metadata", "namespace"),
            namespace === undefined
              ? `${titleOf(manifest)} names no namespace, so it lands in default`
              : `${titleOf(manifest)} lies in ${namespace}, which ${delivery.scope} does not make`,
            delivery.scope,
          );
        }
      }
      // What the engine needs it makes itself; one for workloads would have neither level nor default deny.
      for (const namespace of ofKind({ manifests: subject.engine }, "Namespace"))
        probe.that(
          /^(calico|cilium|tigera)-/.test(namespace.name),
          namespace.place,
          `kubernetes/engine makes namespace ${namespace.name}, which belongs into an overlay`,
          "kubernetes/engine",
        );
      for (const overlay of subject.overlays)
        for (const namespace of ofKind(overlay, "Namespace"))
          probe.that(
            !/^(default|kube-.*)$/.test(namespace.name),
            namespace.place,
            `${overlay.path} takes over the system's namespace ${namespace.name}`,
            overlay.path,
          );
    }),
  ],
  fix: "Move the object into kubernetes/base/namespaces/<name>, where the kustomization sets its namespace.",
  mutants: [
    {
      title: "A service account in kube-system",
      edits: inBase(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: agent\n  namespace: kube-system\n",
      ),
    },
    {
      title: "An object that names no namespace",
      edits: inOverlay(
        "prod",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata: {}\n",
      ),
    },
    {
      title: "A DaemonSet among the engine's objects",
      edits: inEngine(
        "apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: agent\n  namespace: kube-system\nspec: {}\n",
      ),
    },
    {
      title: "A namespace that only exists by hand",
      edits: inBase(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n  namespace: legacy\ndata: {}\n",
      ),
    },
  ],
});
