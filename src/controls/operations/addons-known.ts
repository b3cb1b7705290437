import { addonNames } from "../../catalog/index.ts";
import { control, terraform } from "../control.ts";
import { isKnown, isObject, Json, type Resource, textsOf, type Value } from "../evidence/value.ts";

/** Where and how large an add-on runs; what it does stays as it is. */
const SHAPE = [
  "affinity",
  "autoScaling",
  "nodeSelector",
  "podAnnotations",
  "podDisruptionBudget",
  "podLabels",
  "replicaCount",
  "resources",
  "tolerations",
  "topologySpreadConstraints",
];

/** What else an add-on may be told, by its name. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  "aws-ebs-csi-driver": ["controller", "node", "sidecars"],
  "aws-efs-csi-driver": ["controller", "node"],
  "aws-guardduty-agent": ["PriorityClass", "dnsPolicy"],
  "snapshot-controller": ["snapshotController"],
  "vpc-cni": ["enableNetworkPolicy", "init", "livenessProbe", "nodeAgent", "readinessProbe"],
};

/** Variables of the CNI about addresses and their number. */
const ENV =
  /^(ANNOTATE_POD_IP|ENABLE_PREFIX_DELEGATION|(WARM|MINIMUM)_(IP|ENI|PREFIX)_TARGET|MAX_ENI|AWS_VPC_ENI_MTU|AWS_VPC_K8S_(CNI|PLUGIN)_(LOGLEVEL|LOG_LEVEL))$/;

/** Keys of an add-on's configuration; undefined where it is not known. */
function configurationOf(addon: Resource): Value | undefined {
  const value = addon.get("configuration_values");
  if (value instanceof Json) return value.value;
  if (typeof value !== "string") return isKnown(value) ? {} : undefined;
  try {
    return JSON.parse(value) as Value;
  } catch {
    return undefined;
  }
}

export default control({
  id: "operations.addons-known",
  title: "Add-ons are AWS's own, and told only where and how large to run",
  why: "An add-on of a marketplace runs in the cluster with rights that nobody here reviewed, and a line of configuration sends every name that a pod asks for to another resolver.",
  severity: "high",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        for (const addon of probe.some(root, "EKS add-on", "aws_eks_addon")) {
          const names = textsOf(addon.get("addon_name"));
          for (const name of names)
            probe.that(
              addonNames.includes(name),
              addon.placeOf("addon_name"),
              `${addon.address}: ${name} is no add-on that this product knows`,
              root.path,
            );
          const place = addon.placeOf("configuration_values");
          const configuration = configurationOf(addon);
          if (configuration === undefined || !isObject(configuration)) {
            probe.unresolved(
              place,
              `${addon.address}: its configuration cannot be read`,
              root.path,
            );
            continue;
          }
          const allowed = [...SHAPE, ...names.flatMap((name) => MORE[name] ?? [])];
          const isCni = names.join() === "vpc-cni";
          const more = Object.entries(configuration).flatMap(([key, value]) =>
            key === "env" && isCni && isObject(value)
              ? Object.keys(value).filter((variable) => !ENV.test(variable))
              : allowed.includes(key)
                ? []
                : [key],
          );
          probe.that(
            more.length === 0,
            place,
            `${addon.address}: its configuration sets ${more.join(", ")}`,
            root.path,
          );
        }
    }),
  ],
  fix: "Take the setting out; where a cluster needs it, write under exceptions in hardened-eks.yaml who looked at it.",
  mutants: [
    {
      title: "Names go to another resolver",
      edits: [
        {
          file: "environments/prod/main.addons.tf",
          replace: /coredns = \{\n/,
          with: 'coredns = {\n      configuration = jsonencode({ corefile = ".:53 {\\n forward . 203.0.113.53\\n}" })\n\n',
        },
      ],
    },
    {
      title: "The CNI puts pods into other subnets and groups",
      edits: [
        {
          file: "environments/prod/main.addons.tf",
          replace: 'env                 = { ANNOTATE_POD_IP = "true" }',
          with: 'env                 = { ANNOTATE_POD_IP = "true", AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true" }',
        },
      ],
    },
    {
      title: "An add-on of a marketplace",
      edits: [
        {
          file: "environments/prod/main.addons.tf",
          append:
            '\nresource "aws_eks_addon" "agent" {\n  cluster_name  = module.cluster.name\n  addon_name    = "vendor_agent"\n  addon_version = "v1.0.0-eksbuild.1"\n\n  resolve_conflicts_on_create = "OVERWRITE"\n  resolve_conflicts_on_update = "PRESERVE"\n}\n',
        },
      ],
    },
  ],
});
