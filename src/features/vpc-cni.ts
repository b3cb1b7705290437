import type { Feature } from "./feature.ts";

/** The VPC CNI's own policy agent: no further engine, no cluster-wide policy. */
export const vpcCni: Feature = {
  id: "vpc-cni",
  kind: "network-policy",
  title: "VPC CNI network policy",
  summary: "AWS's own engine; policies per namespace only",
  contribute: () => ({
    exceptions: [
      {
        id: "no-cluster-wide-deny",
        what: "Default deny holds per namespace, not cluster-wide",
        why: "the VPC CNI has no stable cluster-wide policy",
      },
    ],
  }),
};
