import { control, manifests } from "../control.ts";
import { data, everyObject, items, titleOf } from "../evidence/kubernetes.ts";

export default control({
  id: "workloads.no-admission-webhooks",
  title: "Nothing rewrites objects on their way into a cluster, and no one outside of it is asked",
  why: "A mutating webhook can put a container into every pod after everything here was read, and one that is called by URL sends every object, secrets among them, to whoever has the address.",
  severity: "high",
  mapping: {
    nsaCisa: ["Upgrading and application security practices"],
  },
  evidence: [
    manifests((subject, probe) => {
      everyObject(subject, probe, (manifest, scope) => {
        const { kind, object } = manifest;
        probe.that(
          kind !== "MutatingWebhookConfiguration" && kind !== "MutatingAdmissionPolicy",
          manifest.placeOf("kind"),
          `${titleOf(manifest)} rewrites objects on their way in`,
          scope,
        );
        if (kind === "ValidatingWebhookConfiguration")
          for (const [index, webhook] of items(object.webhooks).entries())
            probe.that(
              data(data(webhook).clientConfig).url === undefined,
              manifest.placeOf("webhooks", index, "clientConfig", "url"),
              `${titleOf(manifest)} asks ${data(data(webhook).clientConfig).url}`,
              scope,
            );
        if (kind === "APIService")
          probe.that(
            data(object.spec).insecureSkipTLSVerify !== true,
            manifest.placeOf("spec", "insecureSkipTLSVerify"),
            `${titleOf(manifest)} is believed without a certificate`,
            scope,
          );
      });
    }),
  ],
  fix: "Use a ValidatingAdmissionPolicy, which runs inside of the API server; where a webhook is needed, name a Service.",
  mutants: [
    {
      title: "Pods are rewritten",
      edits: [
        {
          file: "kubernetes/overlays/prod/storage-class.yaml",
          append:
            "---\napiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata:\n  name: sidecars\nwebhooks:\n  - name: sidecars.example.com\n    clientConfig:\n      service:\n        name: sidecars\n        namespace: production\n    rules:\n      - apiGroups: ['']\n        apiVersions: [v1]\n        operations: [CREATE]\n        resources: [pods]\n    admissionReviewVersions: [v1]\n    sideEffects: None\n",
        },
      ],
    },
    {
      title: "Every object is sent out",
      edits: [
        {
          file: "kubernetes/overlays/prod/storage-class.yaml",
          append:
            "---\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata:\n  name: judge\nwebhooks:\n  - name: judge.example.com\n    clientConfig:\n      url: https://judge.example.com/\n    rules:\n      - apiGroups: ['*']\n        apiVersions: ['*']\n        operations: ['*']\n        resources: ['*']\n    admissionReviewVersions: [v1]\n    sideEffects: None\n",
        },
      ],
    },
  ],
});
