import { addonPin } from "../../catalog/index.ts";
import { control, terraform } from "../control.ts";
import { matches } from "../evidence/require.ts";
import { textOf, textsOf } from "../evidence/value.ts";

const BUILD = matches(
  /^v\d+\.\d+\.\d+-eksbuild\.\d+$/,
  "be an exact build, such as v1.21.1-eksbuild.1",
);

export default control({
  id: "operations.addons-pinned",
  title: "Every EKS add-on is pinned to one build",
  why: "Add-ons run in kube-system with the rights of the node or more; what changes by itself there was reviewed by nobody.",
  severity: "medium",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        for (const addon of probe.some(root, "EKS add-on", "aws_eks_addon")) {
          const name = textOf(addon.get("addon_name")) ?? "";
          const kubernetes = subject.config?.kubernetes;
          const isUnknown = kubernetes !== undefined && addonPin(name, kubernetes) === undefined;
          // The generator knew no build of it for this Kubernetes, and asks for one in a variable.
          const texts = textsOf(addon.get("addon_version"));
          if (isUnknown && texts.every((text) => /^\$\{var\.addon_versions\b[^}]*\}$/.test(text)))
            probe.expect(addon, "addon_version", {
              words: "be given",
              test: () => texts.length > 0,
            });
          else probe.expect(addon, "addon_version", BUILD);
        }
    }),
  ],
  fix: "Set the add-on's version to a build that aws eks describe-addon-versions lists for the cluster's Kubernetes version.",
  mutants: [
    {
      title: "No version: EKS takes its default at creation",
      edits: [
        {
          file: "modules/addons/main.addons.tf",
          replace: "  addon_version            = each.value.version\n",
          with: "",
        },
      ],
    },
    {
      title: "The most recent one",
      edits: [
        {
          file: "modules/addons/main.addons.tf",
          replace: "each.value.version\n",
          with: "data.aws_eks_addon_version.newest[each.key].version\n",
        },
        {
          file: "modules/addons/main.addons.tf",
          append:
            '\ndata "aws_eks_addon_version" "newest" {\n  for_each = var.addons\n\n  addon_name         = each.key\n  kubernetes_version = "1.35"\n  most_recent        = true\n}\n',
        },
      ],
    },
    {
      title: "A version without its build, in one environment",
      edits: [
        {
          file: "environments/prod/main.addons.tf",
          replace: '"v1.13.2-eksbuild.31"',
          with: '"v1.13.2"',
        },
        {
          file: "modules/addons/variables.tf",
          replace: "-eksbuild\\\\.[0-9]+$",
          with: "",
        },
      ],
    },
    {
      title: "A further add-on beside the module",
      edits: [
        {
          file: "environments/prod/main.extra.tf",
          create:
            'resource "aws_eks_addon" "metrics" {\n  cluster_name                = module.cluster.name\n  addon_name                  = "metrics-server"\n  resolve_conflicts_on_create = "OVERWRITE"\n  resolve_conflicts_on_update = "PRESERVE"\n}\n',
        },
      ],
    },
  ],
});
