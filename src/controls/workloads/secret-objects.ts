import { control, manifests } from "../control.ts";
import { inProduction } from "../evidence/edits.ts";
import { data, everyObject, groupOf, titleOf } from "../evidence/kubernetes.ts";

/** What no ConfigMap holds: private keys, and tokens that tell by their form what they are. */
const SECRET =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}|\bglpat-[\w-]{20}|\bxox[abp]-\d|"private_key"\s*:/;

export default control({
  id: "workloads.secret-objects",
  title: "No Secret lies in this repository, neither its content nor an order for an endless token",
  why: "Whoever reads the repository, or its history, has the secret; base64 is not encryption.",
  severity: "critical",
  mapping: {
    cisEks: ["4.4.2"],
    nsaCisa: ["Authentication and authorization"],
    trivy: ["KSV-0109", "KSV-01010"],
  },
  evidence: [
    manifests((subject, probe) => {
      everyObject(subject, probe, (manifest, scope) => {
        const { data: values, stringData, binaryData } = manifest.object;
        if (manifest.kind === "Secret" && groupOf(manifest) === "") {
          for (const field of ["data", "stringData"])
            probe.that(
              Object.keys(data(manifest.object[field])).length === 0,
              manifest.placeOf(field),
              `${titleOf(manifest)} holds its content`,
              scope,
            );
          probe.that(
            manifest.object.type !== "kubernetes.io/service-account-token",
            manifest.placeOf("type"),
            `${titleOf(manifest)} asks for a token that never ends`,
            scope,
          );
        } else if (
          SECRET.test(JSON.stringify([values, stringData, binaryData, manifest.object.spec]))
        )
          probe.wrong(
            manifest.placeOf("data"),
            `${titleOf(manifest)} holds a key or a token`,
            scope,
          );
      });
    }),
  ],
  fix: "Keep the secret in AWS Secrets Manager and let an operator or the CSI driver bring it; change the one that was written here.",
  mutants: [
    {
      title: "A Secret in plain text",
      edits: inProduction(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: correct-horse\n",
      ),
    },
    {
      title: "One among others, in base64",
      edits: inProduction(
        "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Secret\n    metadata:\n      name: db\n    data:\n      password: Y29ycmVjdC1ob3JzZQ==\n",
      ),
    },
    {
      title: "A token that never ends",
      edits: inProduction(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: token\n  annotations:\n    kubernetes.io/service-account.name: default\ntype: kubernetes.io/service-account-token\n",
      ),
    },
    {
      title: "A key in a ConfigMap",
      edits: inProduction(
        'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: tls\ndata:\n  key.pem: "-----BEGIN PRIVATE KEY-----"\n',
      ),
    },
    {
      title: "A generator that makes one",
      edits: [
        {
          file: "kubernetes/base/namespaces/production/kustomization.yaml",
          append: "secretGenerator:\n  - name: db\n    literals:\n      - password=correct-horse\n",
        },
      ],
    },
  ],
});
