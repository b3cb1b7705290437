import { control, manifests } from "../control.ts";
import { inProduction } from "../evidence/edits.ts";
import {
  data,
  deliveries,
  isData,
  items,
  ofKind,
  podsOf,
  titleOf,
} from "../evidence/kubernetes.ts";

const running = (settings: string): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  selector:\n    matchLabels:\n      app: web\n  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n${settings}      containers:\n        - name: web\n          image: registry.example/web:1.2.3\n`;

export default control({
  id: "workloads.token-mounts",
  title: "A pod gets a token of the Kubernetes API only where that is said",
  why: "A token that nobody needs is the first thing that an attacker in the pod looks for.",
  severity: "medium",
  mapping: {
    cisEks: ["4.1.5", "4.1.6"],
    nsaCisa: ["Pod security", "Authentication and authorization"],
    checkov: ["CKV_K8S_38"],
    trivy: ["KSV-0036"],
  },
  evidence: [
    manifests((subject, probe) => {
      for (const delivery of deliveries(subject, probe)) {
        const accounts = ofKind(delivery, "ServiceAccount");
        probe.checked += delivery.manifests.length;
        for (const manifest of delivery.manifests)
          for (const { spec, path } of podsOf(manifest)) {
            const name = spec.serviceAccountName ?? spec.serviceAccount ?? "default";
            const account = accounts.find(
              (each) => each.name === name && each.namespace === manifest.namespace,
            );
            const mounts =
              spec.automountServiceAccountToken ?? account?.object.automountServiceAccountToken;
            probe.that(
              mounts === false || (mounts === true && name !== "default"),
              manifest.placeOf(
                ...path,
                spec.automountServiceAccountToken === undefined
                  ? "serviceAccountName"
                  : "automountServiceAccountToken",
              ),
              mounts === true
                ? `${titleOf(manifest)} mounts the token of the default account`
                : `${titleOf(manifest)} runs as ${name}, and neither says whether its token is mounted`,
              delivery.scope,
            );
            items(spec.volumes).forEach((volume, index) => {
              const isToken = items(data(data(volume).projected).sources).some((source) => {
                const { serviceAccountToken } = data(source);
                return isData(serviceAccountToken) && serviceAccountToken.audience === undefined;
              });
              probe.that(
                !isToken || name !== "default",
                manifest.placeOf(...path, "volumes", index),
                `${titleOf(manifest)} mounts the token of the default account as a volume`,
                delivery.scope,
              );
            });
          }
      }
    }),
  ],
  fix: "Set automountServiceAccountToken: false; where the pod calls the Kubernetes API, true with an account of its own.",
  mutants: [
    {
      title: "The pod mounts the default account's token",
      edits: inProduction(running("      automountServiceAccountToken: true\n")),
    },
    {
      title: "The same token as a volume",
      edits: inProduction(
        running(
          "      automountServiceAccountToken: false\n      volumes:\n        - name: token\n          projected:\n            sources:\n              - serviceAccountToken:\n                  path: token\n",
        ),
      ),
    },
    {
      title: "An account of its own, of which nothing is said",
      edits: inProduction(
        `apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web\n---\n${running("      serviceAccountName: web\n")}`,
      ),
    },
  ],
});
