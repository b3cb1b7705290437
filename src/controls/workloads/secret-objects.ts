import { control, manifests } from "../control.ts";
import { inProduction } from "../evidence/edits.ts";
import { data, everyObject, groupOf, titleOf } from "../evidence/kubernetes.ts";

import { isSecretName, isSecretValue } from "../evidence/secret-text.ts";
import type { Manifest } from "../evidence/subject.ts";

/** What no ConfigMap holds: private keys, and tokens that tell by their form what they are. */
const SECRET =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}|\bglpat-[\w-]{20}|\bxox[abp]-\d|"private_key"\s*:/;

const isConfig = (manifest: Manifest): boolean =>
  manifest.kind === "ConfigMap" && groupOf(manifest) === "";

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
        for (const [name, value] of Object.entries(
          data(data(manifest.object.metadata).annotations),
        ))
          probe.that(
            !(isSecretName(name) && value !== "") && !isSecretValue(String(value)),
            manifest.placeOf("metadata", "annotations", name),
            `${titleOf(manifest)} holds a secret in the annotation ${name}`,
            scope,
          );
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
          isConfig(manifest) &&
          Object.entries({ ...data(values), ...data(stringData) }).some(
            ([name, value]) =>
              (isSecretName(name) && !/[\n{]/.test(String(value)) && value !== "") ||
              String(value)
                .split("\n")
                .some(
                  (line) =>
                    isSecretValue(line) ||
                    isSecretName(/^\s*([\w.-]+)\s*[=:]\s*["']?[^\s$"']/.exec(line)?.[1] ?? ""),
                ),
          )
        )
          probe.wrong(
            manifest.placeOf("data"),
            `${titleOf(manifest)} holds a password or a token`,
            scope,
          );
        else if (
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
      title: "A password in a ConfigMap",
      edits: inProduction(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  app.env: |\n    DB_HOST=db\n    DB_PASSWORD=horse\n",
      ),
    },
    {
      title: "A password in an annotation",
      edits: inProduction(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n  annotations:\n    example.com/password: horse\n",
      ),
    },
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
