import data from "./data/endpoint-prefixes.json" with { type: "json" };
import type { Region } from "./regions.ts";

const exceptions = new Map(
  data.regions.map(({ region, prefix, services }) => [
    region,
    { prefix, services: new Set(services) },
  ]),
);

const renamed = new Map(
  data.renamed.map(({ partition, service, name }) => [`${partition}/${service}`, name]),
);

/**
 * Full name of a VPC endpoint service: `com.amazonaws.eu-west-1.ecr.api`. Outside the commercial partition some
 * services carry a head of their own, service by service, and one has another tail.
 *
 * @param suffix the name's tail: `ecr.api`, `sts`, `s3` (the gateway)
 */
export function endpointServiceName(suffix: string, region: Region): string {
  const exception = exceptions.get(region.name);
  const prefix = exception?.services.has(suffix) ? exception.prefix : "com.amazonaws";
  const tail = renamed.get(`${region.partition}/${suffix}`) ?? suffix;
  return `${prefix}.${region.name}.${tail}`;
}
