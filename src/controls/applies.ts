/** Whether a Control applies to a Config, and what the Config gives up of it. */
import type { Exception } from "../blueprint/types.ts";
import { findFeature } from "../features/index.ts";
import type { Config } from "../options/config.ts";
import type { Severity } from "./control.ts";

/** A Control as documents tell of it: its texts, and whether it applies. */
export interface Claim {
  id: string;
  title: string;
  severity: Severity;
  cisEks?: readonly string[];
  /** Title where it is another as Markdown, and why with the ids of the same requirement elsewhere. */
  heading?: string;
  body: string;
  /** Absent where it is checked. */
  duty?: string;
  look?: string;
  feature?: string;
  waivedBy?: readonly string[];
  notApplicable?: (config: Config) => string | undefined;
}

/** Why a Control does not apply; undefined where it does. `features` are the ids of those in use. */
export function whyNotApplicable(
  { feature, notApplicable }: Pick<Claim, "feature" | "notApplicable">,
  config: Config,
  features: readonly string[],
): string | undefined {
  if (feature !== undefined && !features.includes(feature))
    return `${findFeature(feature).title} is not among the answers in hardened-eks.yaml`;
  return notApplicable?.(config);
}

/** Exceptions that answers make of a Control, by the name that they are limited to: "" for all. */
export function givenUp(
  { waivedBy }: Pick<Claim, "waivedBy">,
  exceptions: readonly Exception[],
): Map<string, Exception> {
  const found = new Map<string, Exception>();
  for (const exception of exceptions)
    for (const wanted of waivedBy ?? [])
      if (exception.id === wanted) found.set("", exception);
      else if (exception.id.startsWith(`${wanted}-`))
        found.set(exception.id.slice(wanted.length + 1), exception);
  return found;
}
