import { rangeKind, rangeProblem, rangesOverlap } from "../../blueprint/network.ts";
import { control, terraform } from "../control.ts";
import { clustersOf } from "../evidence/cluster.ts";
import { givenAt } from "../evidence/link.ts";
import { ofType } from "../evidence/probe.ts";
import { blocksOf, placesOf, textOf, textsOf } from "../evidence/value.ts";

export default control({
  id: "control-plane.service-range",
  title: "Services have a private address range that is set here and does not meet the VPC's",
  why: "A range that EKS picks, or that overlaps, sends traffic meant for another network to a Service in the cluster.",
  severity: "low",
  mapping: { nsaCisa: ["Network separation and hardening"] },
  evidence: [
    terraform((subject, probe) => {
      for (const { root, cluster } of clustersOf(probe, subject)) {
        const told = subject.config?.environments[root.name]?.network.cidr;
        const networks = [
          ...new Set([
            ...ofType(root, "aws_vpc", "aws_vpc_ipv4_cidr_block_association").flatMap((vpc) =>
              textsOf(vpc.get("cidr_block")),
            ),
            ...(told === undefined ? [] : [told]),
          ]),
        ].filter((range) => rangeProblem(range) === undefined);
        const [block] = blocksOf(cluster.get("kubernetes_network_config"));
        const place =
          placesOf(block)?.arguments.get("service_ipv4_cidr") ??
          placesOf(block)?.self ??
          cluster.place;
        const range = textOf(block?.service_ipv4_cidr) ?? "";
        if (range.includes("${")) {
          probe.unresolved(
            place,
            `${cluster.address}: service_ipv4_cidr is ${range}, which cannot be resolved from the text`,
            root.path,
          );
          continue;
        }
        const where = givenAt(root, range, place);
        const isPrivate = rangeProblem(range) === undefined && rangeKind(range) === "private";
        probe.that(
          isPrivate,
          where,
          `${cluster.address}: service_ipv4_cidr is ${range || "not set"}, it must be a private range`,
          root.path,
        );
        if (!isPrivate) continue;
        const met = networks.filter((network) => rangesOverlap(network, range));
        probe.that(
          met.length === 0,
          where,
          `${cluster.address}: service_ipv4_cidr ${range} overlaps the VPC's ${met.join(", ")}`,
          root.path,
        );
      }
    }),
  ],
  fix: "Set service_cidr to a private range outside the VPC and the networks it is connected to; a change replaces the cluster.",
  mutants: [
    {
      title: "Left to EKS",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "    service_ipv4_cidr = var.service_cidr\n",
          with: "",
        },
      ],
    },
    {
      title: "Inside the VPC of one environment",
      edits: [
        {
          file: "environments/prod/main.cluster.tf",
          replace: "172.20.0.0/16",
          with: "10.41.240.0/20",
        },
      ],
    },
    {
      title: "Addresses of somebody else",
      edits: [
        {
          file: "environments/dev/main.cluster.tf",
          replace: "172.20.0.0/16",
          with: "198.18.0.0/16",
        },
      ],
    },
  ],
});
