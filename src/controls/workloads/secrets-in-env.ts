import { control, manifests } from "../control.ts";
import { inProduction } from "../evidence/edits.ts";
import { containersOf, data, everyPod, items, strings, titleOf } from "../evidence/kubernetes.ts";
import { isSecretArgument, isSecretName, isSecretValue } from "../evidence/secret-text.ts";

const withEnv = (env: string): string =>
  `apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: db\nspec:\n  serviceName: db\n  selector:\n    matchLabels:\n      app: db\n  template:\n    metadata:\n      labels:\n        app: db\n    spec:\n      containers:\n        - name: db\n          image: registry.example/db:1.2.3\n${env}`;

export default control({
  id: "workloads.secrets-in-env",
  title: "Secrets reach containers as files, never as environment variables",
  why: "Variables end up in crash reports, in child processes and in every log that prints its environment.",
  severity: "medium",
  mapping: {
    cisEks: ["4.4.1"],
    nsaCisa: ["Pod security"],
    checkov: ["CKV_K8S_35"],
  },
  evidence: [
    manifests((subject, probe) => {
      everyPod(subject, probe, (pod, manifest, scope) => {
        for (const { container, path } of containersOf(pod)) {
          items(container.env)
            .map(data)
            .forEach(({ name, value, valueFrom }, index) => {
              const isLiteral = typeof value === "string" && value !== "";
              probe.that(
                data(valueFrom).secretKeyRef === undefined &&
                  !(isLiteral && (isSecretName(String(name)) || isSecretValue(String(value)))),
                manifest.placeOf(...path, "env", index),
                `${titleOf(manifest)}: ${container.name} gets a secret in ${name}`,
                scope,
              );
            });
          for (const field of ["args", "command"])
            probe.that(
              !isSecretArgument(strings(container[field]).join(" ")),
              manifest.placeOf(...path, field),
              `${titleOf(manifest)}: ${container.name} gets a secret in its ${field}`,
              scope,
            );
          items(container.envFrom).forEach((source, index) => {
            probe.that(
              data(source).secretRef === undefined,
              manifest.placeOf(...path, "envFrom", index),
              `${titleOf(manifest)}: ${container.name} gets a whole Secret as variables`,
              scope,
            );
          });
        }
      });
    }),
  ],
  fix: "Mount the Secret as a volume and give the container the path.",
  mutants: [
    {
      title: "A password within a URL",
      edits: inProduction(
        withEnv(
          '          env:\n            - name: DATABASE_URL\n              value: "postgres://shop:horse@db/shop"\n',
        ),
      ),
    },
    {
      title: "A token among the arguments",
      edits: inProduction(withEnv("          args:\n            - --token=horse\n")),
    },
    {
      title: "A key of a Secret",
      edits: inProduction(
        withEnv(
          "          env:\n            - name: PGPASS\n              valueFrom:\n                secretKeyRef:\n                  name: db\n                  key: password\n",
        ),
      ),
    },
    {
      title: "A whole Secret",
      edits: inProduction(
        withEnv("          envFrom:\n            - secretRef:\n                name: db\n"),
      ),
    },
    {
      title: "The password itself",
      edits: inProduction(
        withEnv(
          "          env:\n            - name: POSTGRES_PASSWORD\n              value: correct-horse\n",
        ),
      ),
    },
  ],
});
