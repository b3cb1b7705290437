/** What a repository costs a month, from list prices in the catalog. An estimate: traffic and data are not in it. */
import { onDemandPrice, pricesAsOf, servicePrices } from "../catalog/index.ts";
import type { CostEstimate, CostLine, EnvironmentPlan } from "./types.ts";

const HOURS_PER_MONTH = 730;

/** Keys of every environment: secrets, volumes, logs. */
const KEYS_PER_ENVIRONMENT = 3;

const perHour = (what: string, quantity: number, usdPerHour: number): CostLine => ({
  what,
  quantity,
  unitPriceUsdPerHour: usdPerHour,
  monthlyUsd: Math.round(quantity * usdPerHour * HOURS_PER_MONTH),
});

function linesOf(environment: EnvironmentPlan): CostLine[] {
  const { controlPlane, network, nodeGroups } = environment;
  const zones = network.zones.length;
  const gateways = { "nat-per-az": zones, nat: 1, none: 0 }[network.egress];
  const endpoints = network.kind === "new" ? network.interfaceEndpoints.length : 0;
  const lines = [
    controlPlane.supportType === "EXTENDED"
      ? perHour("Control plane (extended support)", 1, servicePrices.eksExtendedSupportHour.usd)
      : perHour("Control plane", 1, servicePrices.eksClusterHour.usd),
    ...nodeGroups.map((group) => {
      const type = group.instanceTypes[0] as string;
      return perHour(
        `Nodes ${group.name} (${type}${group.capacityType === "SPOT" ? ", on-demand price" : ""})`,
        group.desiredSize,
        onDemandPrice(type) ?? 0,
      );
    }),
    perHour(
      "Node volumes (GiB)",
      nodeGroups.reduce((sum, group) => sum + group.desiredSize * group.diskSizeGiB, 0),
      servicePrices.gp3GbMonth.usd / HOURS_PER_MONTH,
    ),
    ...(network.kind === "new"
      ? [perHour("NAT gateways", gateways, servicePrices.natGatewayHour.usd)]
      : []),
    perHour(
      "Interface endpoints × zones",
      endpoints * zones,
      servicePrices.interfaceEndpointHour.usd,
    ),
    perHour("KMS keys", KEYS_PER_ENVIRONMENT, servicePrices.kmsKeyMonth.usd / HOURS_PER_MONTH),
  ];
  return lines.filter((line) => line.quantity > 0);
}

/** The monthly estimate of every environment, in US dollars at us-east-1 list prices. */
export function estimateCost(environments: readonly EnvironmentPlan[]): CostEstimate {
  const estimates = environments.map((environment) => {
    const lines = linesOf(environment);
    return {
      environment: environment.name,
      lines,
      monthlyUsd: lines.reduce((sum, line) => sum + line.monthlyUsd, 0),
    };
  });
  return {
    environments: estimates,
    monthlyUsd: estimates.reduce((sum, entry) => sum + entry.monthlyUsd, 0),
    priceRegion: "us-east-1",
    asOf: pricesAsOf,
  };
}
