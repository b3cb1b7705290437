import type { Feature } from "./feature.ts";

/** Shared file systems. */
export const efsCsi: Feature = {
  id: "efs-csi",
  kind: "addon",
  title: "Amazon EFS CSI driver",
  summary: "Shared file systems",
  contribute: () => ({
    addons: [
      {
        name: "aws-efs-csi-driver",
        phase: "after-compute",
        identity: {
          name: "efs-csi",
          namespace: "kube-system",
          serviceAccount: "efs-csi-controller-sa",
          managedPolicies: ["service-role/AmazonEFSCSIDriverPolicy"],
        },
      },
    ],
    nodeEgressRules: [
      {
        name: "efs",
        description: "NFS to EFS mount targets",
        protocol: "tcp",
        fromPort: 2049,
        toPort: 2049,
      },
    ],
    interfaceEndpoints: ["elasticfilesystem"],
  }),
};
