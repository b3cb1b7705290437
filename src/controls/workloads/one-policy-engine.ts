import { control, manifests, terraform } from "../control.ts";
import { inBase } from "../evidence/edits.ts";
import { engineOf, vpcCniOf } from "../evidence/engine.ts";
import { everyObject, groupOf, titleOf } from "../evidence/kubernetes.ts";
import { is } from "../evidence/require.ts";
import { isObject } from "../evidence/value.ts";

/** Whose objects a group's are. */
const engineOfGroup = (group: string): string | undefined => {
  if (/(^|\.)(tigera\.io|projectcalico\.org)$/.test(group)) return "calico";
  if (group === "cilium.io") return "cilium";
  return group === "networking.k8s.aws" ? "vpc-cni" : undefined;
};

export default control({
  id: "workloads.one-policy-engine",
  title: "Exactly one engine enforces network policies, the one in hardened-eks.yaml",
  why: "Without an engine a policy is text that stops nothing; two on one packet path undo each other's rules.",
  severity: "critical",
  mapping: {
    cisEks: ["4.3.1", "5.4.4"],
    nsaCisa: ["Network separation and hardening"],
  },
  evidence: [
    terraform((subject, probe) => {
      // A plan alone does not say which engine was chosen.
      if (subject.from === "plan" && subject.config === undefined) return;
      const isOwn = engineOf(subject) === "vpc-cni";
      for (const root of probe.environments(subject))
        for (const { addon, configuration, place } of vpcCniOf(root, probe)) {
          const enabled = configuration.enableNetworkPolicy;
          // The add-on's default is off.
          const wanted = is(isOwn);
          const verdict = enabled === undefined ? !isOwn : wanted.test(enabled);
          if (verdict === undefined)
            probe.unresolved(
              place,
              `${addon.address}: enableNetworkPolicy is not known from the text`,
              root.path,
            );
          else
            probe.that(
              verdict,
              place,
              `${addon.address}: enableNetworkPolicy is ${enabled ?? "not set"}, with ${engineOf(subject)} as the engine it must ${wanted.words}`,
              root.path,
            );
          const agent = configuration.nodeAgent;
          if (isOwn && isObject(agent) && agent.enabled !== undefined)
            probe.that(
              is(true).test(agent.enabled) === true,
              place,
              `${addon.address}: nodeAgent.enabled is ${agent.enabled}, and the agent is what enforces`,
              root.path,
            );
        }
    }),
    manifests((subject, probe) => {
      const engine = engineOf(subject);
      everyObject(subject, probe, (manifest, scope) => {
        const owner = engineOfGroup(groupOf(manifest));
        if (owner !== undefined && owner !== engine)
          probe.wrong(
            manifest.place,
            `${titleOf(manifest)} is for ${owner}, the engine is ${engine}`,
            scope,
          );
      });
      const place = { file: "kubernetes/engine/values.yaml", line: 1 };
      probe.that(
        (subject.engineValues !== undefined) === (engine !== "vpc-cni"),
        place,
        subject.engineValues === undefined
          ? `${place.file} is missing, and with it ${engine}`
          : `${place.file} brings a second engine beside the VPC CNI's`,
      );
    }),
  ],
  fix: 'Set enableNetworkPolicy of the vpc-cni add-on to "true" where it is the engine and to "false" beside Calico or Cilium.',
  mutants: [
    {
      title: "The VPC CNI enforces beside Calico, in one environment",
      edits: [
        {
          file: "environments/prod/main.addons.tf",
          replace: 'enableNetworkPolicy = "false"',
          with: 'enableNetworkPolicy = "true"',
        },
      ],
    },
    {
      title: "Nothing enforces: the setting is gone",
      of: "government",
      edits: [
        {
          file: "environments/prod/main.addons.tf",
          replace: '        enableNetworkPolicy = "true"\n',
          with: "",
        },
      ],
    },
    {
      title: "The agent is left out",
      of: "government",
      edits: [
        {
          file: "environments/prod/main.addons.tf",
          replace: 'nodeAgent           = { enablePolicyEventLogs = "true" }',
          with: "nodeAgent           = { enabled = false }",
        },
      ],
    },
    {
      title: "The module drops the configuration",
      of: "government",
      edits: [
        {
          file: "modules/addons/main.addons.tf",
          replace: /configuration_values +=.*/,
          with: "configuration_values     = null",
        },
      ],
    },
    {
      title: "A policy that only Cilium would read",
      edits: inBase(
        "apiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\nmetadata:\n  name: deny\nspec:\n  endpointSelector: {}\n  ingress:\n    - {}\n",
      ),
    },
  ],
});
