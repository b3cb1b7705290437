/** Whether a Control applies to a Config, and what the Config gives up of it. */
import type { Exception } from "../blueprint/types.ts";
import { findFeature } from "../features/index.ts";
import type { Config } from "../options/config.ts";
import type { CheckedControl } from "./control.ts";

/** Why a Control does not apply; undefined where it does. `features` are the ids of those in use. */
export function whyNotApplicable(
  control: CheckedControl,
  config: Config,
  features: readonly string[],
): string | undefined {
  if (control.feature !== undefined && !features.includes(control.feature))
    return `${findFeature(control.feature).title} is not among the answers in hardened-eks.yaml`;
  return control.notApplicable?.(config);
}

/** Exceptions that answers make of a Control, by the name that they are limited to: "" for all. */
export function givenUp(
  control: CheckedControl,
  exceptions: readonly Exception[],
): Map<string, Exception> {
  const found = new Map<string, Exception>();
  for (const exception of exceptions)
    for (const wanted of control.waivedBy ?? [])
      if (exception.id === wanted) found.set("", exception);
      else if (exception.id.startsWith(`${wanted}-`))
        found.set(exception.id.slice(wanted.length + 1), exception);
  return found;
}
