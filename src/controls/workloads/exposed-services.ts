import { control, manifests } from "../control.ts";
import { inProduction, patchedIn } from "../evidence/edits.ts";
import {
  data,
  everyObject,
  items,
  ofKind,
  specOf,
  titleOf,
  workloadNamespaces,
} from "../evidence/kubernetes.ts";

export default control({
  id: "workloads.exposed-services",
  title: "No Service opens a load balancer, a node port or an external address",
  why: "One line in a Service puts a workload on the internet, past every review of the network.",
  severity: "high",
  mapping: {
    nsaCisa: ["Network separation and hardening"],
    trivy: ["KSV-0108"],
  },
  evidence: [
    manifests((subject, probe) => {
      for (const { name, overlay, place, objects } of workloadNamespaces(subject, probe)) {
        const quotas = ofKind({ manifests: objects }, "ResourceQuota");
        for (const resource of ["services.loadbalancers", "services.nodeports"]) {
          const bound = quotas.find((quota) => Object.hasOwn(data(specOf(quota).hard), resource));
          probe.that(
            quotas.some((quota) => {
              const { hard, scopes, scopeSelector } = specOf(quota);
              const limit = data(hard)[resource];
              return (
                (limit === "0" || limit === 0) &&
                scopes === undefined &&
                scopeSelector === undefined
              );
            }),
            bound?.placeOf("spec", "hard", resource) ?? place,
            `namespace ${name} has no quota of 0 for ${resource}`,
            overlay.path,
          );
        }
      }
      everyObject(subject, probe, (manifest, scope) => {
        for (const [name, value] of Object.entries(
          data(data(manifest.object.metadata).annotations),
        ))
          probe.that(
            value !== "internet-facing",
            manifest.placeOf("metadata", "annotations", name),
            `${titleOf(manifest)} asks for a load balancer that faces the internet`,
            scope,
          );
        if (manifest.kind !== "Service") return;
        const { type, externalIPs } = specOf(manifest);
        probe.that(
          type !== "ExternalName",
          manifest.placeOf("spec", "type"),
          `${titleOf(manifest)} is a name of the cluster for something outside of it`,
          scope,
        );
        probe.that(
          type !== "LoadBalancer" && type !== "NodePort",
          manifest.placeOf("spec", "type"),
          `${titleOf(manifest)} is a ${type}`,
          scope,
        );
        probe.that(
          items(externalIPs).length === 0,
          manifest.placeOf("spec", "externalIPs"),
          `${titleOf(manifest)} claims external addresses`,
          scope,
        );
      });
    }),
  ],
  fix: 'Set services.loadbalancers and services.nodeports to "0" in the ResourceQuota of the namespace; expose workloads through one reviewed ingress.',
  mutants: [
    {
      title: "A name of the cluster for the metadata service",
      edits: inProduction(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: shop\nspec:\n  type: ExternalName\n  externalName: instance-data.ec2.internal\n",
      ),
    },
    {
      title: "An Ingress that faces the internet",
      edits: inProduction(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: shop\n  annotations:\n    alb.ingress.kubernetes.io/scheme: internet-facing\nspec:\n  ingressClassName: alb\n  defaultBackend:\n    service:\n      name: shop\n      port:\n        number: 80\n",
      ),
    },
    {
      title: "Load balancers are no longer bounded",
      edits: [
        {
          file: "kubernetes/workload-namespace/quota.yaml",
          replace: '    services.loadbalancers: "0"\n',
          with: "",
        },
      ],
    },
    {
      title: "One environment raises the quota",
      edits: patchedIn(
        "prod",
        '  - patch: |-\n      apiVersion: v1\n      kind: ResourceQuota\n      metadata:\n        name: workload\n        namespace: production\n      spec:\n        hard:\n          services.nodeports: "5"\n',
      ),
    },
    {
      title: "The quota is for some pods only",
      edits: [
        {
          file: "kubernetes/workload-namespace/quota.yaml",
          replace: "spec:\n",
          with: "spec:\n  scopes:\n    - BestEffort\n",
        },
      ],
    },
    {
      title: "A Service with an external address",
      edits: inProduction(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports:\n    - port: 80\n  externalIPs:\n    - 198.51.100.7\n",
      ),
    },
  ],
});
