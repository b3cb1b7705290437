import { control, manifests, terraform } from "../control.ts";
import { vpcCniOf } from "../evidence/engine.ts";
import { data, items, ofKind } from "../evidence/kubernetes.ts";
import { granted } from "../evidence/rbac.ts";
import { isObject } from "../evidence/value.ts";

export default control({
  id: "workloads.calico-pod-address",
  title: "Calico learns a pod's address from the CNI at once",
  why: "It otherwise waits for the kubelet, and a new pod is seconds without the policies that are meant for it.",
  severity: "medium",
  mapping: { nsaCisa: ["Network separation and hardening"] },
  feature: "calico",
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        for (const { addon, configuration, place } of vpcCniOf(root, probe)) {
          const { env } = configuration;
          const value = isObject(env) ? env.ANNOTATE_POD_IP : undefined;
          probe.that(
            value === "true",
            place,
            `${addon.address}: env.ANNOTATE_POD_IP is ${value ?? "not set"}, it must be "true"`,
            root.path,
          );
        }
    }),
    manifests((subject, probe) => {
      const engine = { manifests: subject.engine };
      const bound = ofKind(engine, "ClusterRoleBinding").filter(({ object }) =>
        items(object.subjects)
          .map(data)
          .some(
            ({ kind, name, namespace }) =>
              kind === "ServiceAccount" && name === "aws-node" && namespace === "kube-system",
          ),
      );
      const roles = bound.map(({ object }) => data(object.roleRef).name);
      probe.that(
        ofKind(engine, "ClusterRole").some(
          ({ name, object }) =>
            roles.includes(name) &&
            items(object.rules)
              .map(data)
              .some(
                (rule) =>
                  granted(rule, { group: "", resources: ["pods"], verbs: ["patch"] }) !== undefined,
              ),
        ),
        bound[0]?.place ?? { file: "kubernetes/engine/kustomization.yaml", line: 1 },
        "aws-node in kube-system may not patch pods, so it cannot write the address on them",
        "kubernetes/engine",
      );
    }),
  ],
  fix: 'Set env.ANNOTATE_POD_IP = "true" in the vpc-cni add-on and keep kubernetes/engine/annotate-pod-ip.yaml.',
  mutants: [
    {
      title: "Off in one environment",
      edits: [
        {
          file: "environments/prod/main.addons.tf",
          replace: 'ANNOTATE_POD_IP = "true"',
          with: 'ANNOTATE_POD_IP = "false"',
        },
      ],
    },
    {
      title: "The environment variables are gone",
      edits: [
        {
          file: "environments/dev/main.addons.tf",
          replace: / +env +=.*\n/,
          with: "",
        },
      ],
    },
    {
      title: "Another account is bound",
      edits: [
        {
          file: "kubernetes/engine/annotate-pod-ip.yaml",
          replace: "    name: aws-node\n",
          with: "    name: calico-node\n",
        },
      ],
    },
  ],
});
