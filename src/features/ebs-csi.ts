import type { Feature } from "./feature.ts";

/** Persistent volumes on EBS, encrypted with the volumes key. */
export const ebsCsi: Feature = {
  id: "ebs-csi",
  kind: "addon",
  title: "Amazon EBS CSI driver",
  summary: "Encrypted persistent volumes",
  contribute: () => ({
    addons: [
      {
        name: "aws-ebs-csi-driver",
        phase: "after-compute",
        identity: {
          name: "ebs-csi",
          namespace: "kube-system",
          serviceAccount: "ebs-csi-controller-sa",
          managedPolicies: ["service-role/AmazonEBSCSIDriverPolicy"],
          usesVolumesKey: true,
        },
      },
    ],
  }),
};
