import { control, manifests } from "../control.ts";
import { inOverlay, patchedIn } from "../evidence/edits.ts";
import { data, ofKind, titleOf } from "../evidence/kubernetes.ts";
import { ofType } from "../evidence/probe.ts";
import type { Manifest, Subject } from "../evidence/subject.ts";
import { textsOf } from "../evidence/value.ts";

const DEFAULT = [
  "storageclass.kubernetes.io/is-default-class",
  "storageclass.beta.kubernetes.io/is-default-class",
];
const isDefault = ({ object }: Manifest): boolean => {
  const annotations = data(data(object.metadata).annotations);
  return DEFAULT.some((name) => annotations[name] === "true");
};

/** Aliases of the key that an environment's Terraform makes for volumes. */
const volumesKeys = ({ roots }: Subject, environment: string): string[] =>
  roots
    .filter(({ kind, name }) => kind === "environment" && name === environment)
    .flatMap((root) => ofType(root, "aws_kms_alias").flatMap((alias) => textsOf(alias.get("name"))))
    .filter((name) => name.endsWith("/volumes"));

export default control({
  id: "workloads.storage-class",
  title: "Volumes are gp3, encrypted with the cluster's own volumes key, by default",
  why: "A volume or snapshot without encryption is readable for whoever it is shared with, and deleting a key cannot take it back.",
  severity: "high",
  mapping: { nsaCisa: ["Pod security"] },
  feature: "ebs-csi",
  evidence: [
    manifests((subject, probe) => {
      for (const overlay of probe.overlays(subject)) {
        const addons =
          subject.config?.environments[overlay.name]?.addons ?? subject.config?.addons ?? [];
        const classes = ofKind(overlay, "StorageClass");
        const defaults = classes.filter(isDefault);
        if (addons.includes("ebs-csi"))
          probe.that(
            defaults.length === 1 && defaults[0]?.object.provisioner === "ebs.csi.aws.com",
            defaults[0]?.place ?? classes[0]?.place ?? overlay.place,
            `${overlay.path} has ${defaults.length} default StorageClasses of ebs.csi.aws.com, it must be one`,
            overlay.path,
          );
        const keys = volumesKeys(subject, overlay.name);
        for (const each of classes) {
          const { provisioner } = each.object;
          if (provisioner !== "ebs.csi.aws.com" && provisioner !== "kubernetes.io/aws-ebs") {
            probe.that(
              provisioner === "efs.csi.aws.com" && !isDefault(each),
              each.placeOf("provisioner"),
              `${titleOf(each)}: whether ${provisioner} encrypts is not known`,
              overlay.path,
            );
            continue;
          }
          // The driver takes its parameters in any case: Encrypted is encrypted.
          const parameters = Object.entries(data(each.object.parameters)).map(
            ([name, value]) => [name, name.toLowerCase(), value] as const,
          );
          for (const [wanted, values] of [
            ["type", ["gp3"]],
            ["encrypted", ["true"]],
            ["kmskeyid", keys],
          ] as const) {
            const set = parameters.filter(([, name]) => name === wanted);
            probe.that(
              set.length > 0 &&
                set.every(([, , value]) => (values as readonly unknown[]).includes(value)),
              each.placeOf("parameters", set[0]?.[0] ?? ""),
              `${titleOf(each)}: ${wanted} is ${set.map(([, , value]) => value).join(", ") || "not set"}, it must be ${values.join(" or ") || "the alias of the environment's volumes key"}`,
              overlay.path,
            );
          }
        }
      }
    }),
  ],
  fix: 'Set type: gp3, encrypted: "true" and kmsKeyId: alias/<cluster>/volumes in every StorageClass, and mark one as default.',
  mutants: [
    {
      title: "Encryption is off",
      edits: [
        {
          file: "kubernetes/overlays/prod/storage-class.yaml",
          replace: 'encrypted: "true"',
          with: 'encrypted: "false"',
        },
      ],
    },
    {
      title: "AWS's key instead of the cluster's",
      edits: [
        {
          file: "kubernetes/overlays/prod/storage-class.yaml",
          replace: / {2}kmsKeyId: .*\n/,
          with: "",
        },
      ],
    },
    {
      title: "The key of another environment",
      edits: patchedIn(
        "prod",
        "  - target:\n      kind: StorageClass\n    patch: |-\n      - op: replace\n        path: /parameters/kmsKeyId\n        value: alias/acme-platform-dev/volumes\n",
      ),
    },
    {
      title: "A second class without encryption",
      edits: inOverlay(
        "dev",
        "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata:\n  name: fast\nprovisioner: ebs.csi.aws.com\nparameters:\n  type: gp3\n",
      ),
    },
    {
      title: "No class is the default",
      edits: [
        {
          file: "kubernetes/overlays/prod/kustomization.yaml",
          append: 'commonAnnotations:\n  storageclass.kubernetes.io/is-default-class: "false"\n',
        },
      ],
    },
  ],
});
