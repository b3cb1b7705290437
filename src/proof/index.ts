/** Validation of a repository. Importing this loads nothing; each tier loads when it is called. */
import type { FullOptions, FullReport, InstantOptions, Report } from "./types.ts";

export type {
  Check,
  Finding,
  FullOptions,
  FullReport,
  Iac,
  InstantOptions,
  PlanJson,
  PlanModule,
  PlanResource,
  ProviderMajor,
  Report,
  ToolInfo,
  ValidateOptions,
} from "./types.ts";

/**
 * The instant tier: the real terraform or tofu validates every root and module against bundled
 * schemas of the aws provider. Needs no provider, no network and no credentials.
 */
export async function validateInstant(options: InstantOptions): Promise<Report> {
  const { instant } = await import("./instant.ts");
  return instant(options);
}

/** The full tier: `init`, `validate`, an offline `plan` and `test` on the real provider, in a scratch copy. */
export async function validateFull(options: FullOptions): Promise<FullReport> {
  const { full } = await import("./full.ts");
  return full(options);
}
