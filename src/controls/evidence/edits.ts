/** Edits that put an object into a generated repository: what mutants of manifests have in common. */
import type { Edit } from "../control.ts";

/** Objects beside the namespace `production` of the default repository. */
export const inProduction = (yaml: string): Edit[] => [
  { file: "kubernetes/base/namespaces/production/extra.yaml", create: yaml },
  {
    file: "kubernetes/base/namespaces/production/kustomization.yaml",
    replace: "  - ../../../workload-namespace\n",
    with: "  - ../../../workload-namespace\n  - extra.yaml\n",
  },
];

/** Objects of every environment, in whatever namespace they say. */
export const inBase = (yaml: string): Edit[] => [
  { file: "kubernetes/base/extra.yaml", create: yaml },
  {
    file: "kubernetes/base/kustomization.yaml",
    replace: "  - cluster-network-policies\n",
    with: "  - cluster-network-policies\n  - extra.yaml\n",
  },
];

/** Objects of one environment. */
export const inOverlay = (environment: string, yaml: string): Edit[] => [
  { file: `kubernetes/overlays/${environment}/extra.yaml`, create: yaml },
  {
    file: `kubernetes/overlays/${environment}/kustomization.yaml`,
    replace: "  - storage-class.yaml\n",
    with: "  - storage-class.yaml\n  - extra.yaml\n",
  },
];

/** Objects beside Calico's own. */
export const inEngine = (yaml: string): Edit[] => [
  { file: "kubernetes/engine/extra.yaml", create: yaml },
  {
    file: "kubernetes/engine/kustomization.yaml",
    replace: "  - api-server.yaml\n",
    with: "  - api-server.yaml\n  - extra.yaml\n",
  },
];

/** A patch of one environment. */
export const patchedIn = (environment: string, patch: string): Edit[] => [
  {
    file: `kubernetes/overlays/${environment}/kustomization.yaml`,
    append: `patches:\n${patch}`,
  },
];
