/** The network policy engine: which one it is, and what the VPC CNI is told about it. */
import type { NetworkPolicyEngine } from "../../options/config.ts";
import { type Data, data, isData } from "./kubernetes.ts";
import type { Probe } from "./probe.ts";
import { ofType } from "./probe.ts";
import type { Subject, TerraformRoot } from "./subject.ts";
import {
  isObject,
  Json,
  type Place,
  type Resource,
  textsOf,
  type Value,
  type ValueObject,
} from "./value.ts";

/** What hardened-eks.yaml names; without valid answers, what the engine's folder is made for. */
export function engineOf({ config, engine, engineValues }: Subject): NetworkPolicyEngine {
  if (config !== undefined) return config.networkPolicy;
  if (engine.some(({ kind }) => kind === "Installation")) return "calico";
  return engineValues === undefined ? "vpc-cni" : "cilium";
}

/** The VPC CNI add-ons of a root with their configuration; where there is none, or it is not known, that is noted. */
export function vpcCniOf(
  root: TerraformRoot,
  probe: Probe,
): { addon: Resource; configuration: ValueObject; place: Place }[] {
  const addons = ofType(root, "aws_eks_addon").filter((addon) =>
    textsOf(addon.get("addon_name")).includes("vpc-cni"),
  );
  if (addons.length === 0) probe.wrong(root.place, `${root.path} has no add-on vpc-cni`, root.path);
  return addons.flatMap((addon) => {
    const configuration = parsed(addon.get("configuration_values"));
    const place =
      addon.origin("configuration_values")?.place ?? addon.placeOf("configuration_values");
    if (configuration !== undefined) return [{ addon, configuration, place }];
    probe.unresolved(
      place,
      `${addon.address}: configuration_values cannot be read as JSON`,
      root.path,
    );
    return [];
  });
}

function parsed(value: Value | undefined): ValueObject | undefined {
  if (value === undefined || value === null) return {};
  if (value instanceof Json) return isObject(value.value) ? value.value : undefined;
  if (typeof value !== "string") return undefined;
  try {
    const object: Value = JSON.parse(value);
    return isObject(object) ? object : undefined;
  } catch {
    return undefined;
  }
}

/** A value of the engine's chart, by its path. */
export const chartValue = (values: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((at, step) => data(at)[step], values);

/** Every path of an object that ends in something other than an object. */
export const leavesOf = (values: Data, start: readonly string[] = []): [string[], unknown][] =>
  Object.entries(values).flatMap(([name, value]): [string[], unknown][] =>
    isData(value) ? leavesOf(value, [...start, name]) : [[[...start, name], value]],
  );
