import fc from "fast-check";
import { expect, it } from "vitest";
import {
  planZones,
  rangeProblem,
  rangesOverlap,
  serviceCidr,
} from "../../src/blueprint/network.ts";

const zones = ["use1-az1", "use1-az2", "use1-az4"];

it("splits a /16 over three zones", () => {
  expect(planZones("10.40.0.0/16", zones, true)).toEqual([
    {
      zoneId: "use1-az1",
      publicCidr: "10.40.192.0/22",
      privateCidr: "10.40.0.0/18",
      intraCidr: "10.40.224.0/22",
    },
    {
      zoneId: "use1-az2",
      publicCidr: "10.40.196.0/22",
      privateCidr: "10.40.64.0/18",
      intraCidr: "10.40.228.0/22",
    },
    {
      zoneId: "use1-az4",
      publicCidr: "10.40.200.0/22",
      privateCidr: "10.40.128.0/18",
      intraCidr: "10.40.232.0/22",
    },
  ]);
});

it("gives subnets that lie inside, never meet, and are /28 or wider", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 16, max: 22 }),
      fc.integer({ min: 0, max: 255 }),
      fc.boolean(),
      (prefix, octet, isPublic) => {
        const vpc = `10.${octet}.0.0/${prefix}`;
        const subnets = planZones(vpc, zones, isPublic).flatMap(
          ({ publicCidr, privateCidr, intraCidr }) => [
            ...(publicCidr === undefined ? [] : [publicCidr]),
            privateCidr,
            intraCidr,
          ],
        );
        expect(subnets).toHaveLength(isPublic ? 9 : 6);
        subnets.forEach((subnet, index) => {
          expect(rangesOverlap(subnet, vpc)).toBe(true);
          expect(Number(subnet.split("/")[1])).toBeLessThanOrEqual(28);
          for (const other of subnets.slice(0, index))
            expect(rangesOverlap(subnet, other), `${subnet} ${other}`).toBe(false);
        });
      },
    ),
  );
});

it("knows a range from what is none", () => {
  expect(rangeProblem("10.0.0.0/8")).toBeUndefined();
  for (const wrong of [
    "10.0.0.1/8",
    "10.0.0.0/33",
    "10.0.0.0",
    "300.0.0.0/8",
    "10.0.0/8",
    "a/8",
    "",
  ])
    expect(rangeProblem(wrong), wrong).toBeDefined();
});

it("keeps the service range out of the VPC", () => {
  for (const vpc of ["10.40.0.0/16", "172.20.0.0/16", "172.20.64.0/20", "10.100.0.0/16"])
    expect(rangesOverlap(serviceCidr(vpc), vpc)).toBe(false);
});
