/** The features, and the complete list of declared options. */
import { coreDeclarations } from "../options/declarations.ts";
import { type Choice, choice, list, type OptionDeclaration } from "../options/declare.ts";
import type { Feature } from "./feature.ts";
import { features } from "./registry.ts";

export type { Contribution, Feature, FeatureContext } from "./feature.ts";
export { features };

const choicesOf = (kind: Feature["kind"]): Choice[] =>
  features
    .filter((feature) => feature.kind === kind)
    .map((feature) => ({ value: feature.id, label: `${feature.title}: ${feature.summary}` }));

const addonChoices = choicesOf("addon");

const networkPolicy = choice({
  path: "networkPolicy",
  flag: "network-policy",
  summary: "Engine that enforces network policies",
  choices: choicesOf("network-policy"),
  default: "calico",
  prompt: { message: "Network policy engine", order: 90 },
});

const addons = list({
  path: "addons",
  flag: "addons",
  placeholder: "names",
  summary: "Add-ons, comma-separated, or none",
  items: { type: "string", enum: addonChoices.map((entry) => entry.value) },
  expects: `any of ${addonChoices.map((entry) => entry.value).join(", ")}, or none`,
  default: ["guardduty", "ebs-csi"],
  choices: addonChoices,
  suggestions: addonChoices.map((entry) => String(entry.value)),
  emptyWord: "none",
  perEnvironment: true,
  prompt: { message: "Add-ons", order: 100 },
});

/** Every declared option: the core's, then the features'. */
export const declarations: readonly OptionDeclaration[] = [
  ...coreDeclarations,
  networkPolicy,
  addons,
  ...features.flatMap((feature) => feature.options ?? []),
];

/** The feature with an id. Throws `RangeError` for an unknown one. */
export function findFeature(id: string): Feature {
  const feature = features.find((entry) => entry.id === id);
  if (feature === undefined) throw new RangeError(`no feature ${id}`);
  return feature;
}
