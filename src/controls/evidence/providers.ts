/** Providers of roots. */
import type { Probe } from "./probe.ts";
import type { Subject, TerraformRoot } from "./subject.ts";
import type { Resource } from "./value.ts";

/** Every provider "aws" of every root, those with an alias included; a root without one is wrong. A plan does not show them. */
export const awsProviders = (
  subject: Subject,
  probe: Probe,
): { root: TerraformRoot; provider: Resource }[] =>
  (subject.from === "plan" ? [] : subject.roots).flatMap((root) => {
    const found = root.settings.filter(({ mode, type }) => mode === "provider" && type === "aws");
    if (found.length === 0)
      probe.wrong(
        root.place,
        `${root.path} has no provider "aws", so it runs with whatever credentials are there`,
        root.path,
      );
    return found.map((provider) => ({ root, provider }));
  });
