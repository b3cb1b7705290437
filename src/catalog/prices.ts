import type { Confidence } from "./confidence.ts";
import data from "./data/service-prices.json" with { type: "json" };

export interface ServicePrice {
  /** US dollars in us-east-1. */
  usd: number;
  unit: string;
  source: string;
  /** ISO date, or `unverified` where no source could be cited. */
  asOf: string;
  confidence: Confidence;
}

export type PricedService =
  | "eksClusterHour"
  | "eksExtendedSupportHour"
  | "natGatewayHour"
  | "natGatewayGb"
  | "interfaceEndpointHour"
  | "interfaceEndpointGb"
  | "kmsKeyMonth"
  | "gp3GbMonth"
  | "cloudWatchLogsGb"
  | "cloudWatchLogsStorageGbMonth";

/** List prices of what a cluster costs besides its nodes. */
export const servicePrices: Readonly<Record<PricedService, ServicePrice>> = data.prices as Record<
  PricedService,
  ServicePrice
>;

/** Date of the prices, for the estimate's small print. */
export const pricesAsOf: string = data.asOf;
