/** What a validation is asked, and what it answers. */

/** A major version of the aws provider for which a schema is bundled. */
export type ProviderMajor = 5 | 6;

/** The tool that reads the configuration. */
export type Iac = "terraform" | "opentofu";

/** The result of one check at one place. */
export interface Finding {
  /** Stable name of the rule, e.g. `terraform/unsupported-argument`. */
  rule: string;
  severity: "error" | "warning";
  message: string;
  detail?: string;
  /** Path relative to the repository, with `/`. */
  file?: string;
  line?: number;
  column?: number;
  /** How to mend it. */
  fix?: string;
}

/** One thing that was checked, or could not be. */
export interface Check {
  id: string;
  tier: "instant" | "full";
  title: string;
  status: "passed" | "failed" | "skipped";
  /** Why it was skipped. */
  reason?: string;
  durationMs: number;
  findings: Finding[];
}

/** The tool that was used. */
export interface ToolInfo {
  iac: Iac;
  version: string;
  path: string;
}

/** Everything one validation found. */
export interface Report {
  tier: "instant" | "full";
  /** Absent where no usable tool was found. */
  tool?: ToolInfo;
  durationMs: number;
  checks: Check[];
}

/** The result of the full tier; `plans` is filled where `keepPlans` was asked for. */
export interface FullReport extends Report {
  /** `terraform show -json` of each root that was planned, by its path in the repository. */
  plans?: Record<string, PlanJson>;
}

/** The parts of `terraform show -json <plan>` that callers read; the rest is kept as it came. */
export interface PlanJson {
  format_version: string;
  planned_values?: { root_module?: PlanModule; outputs?: Record<string, unknown> };
  resource_changes?: Record<string, unknown>[];
  configuration?: Record<string, unknown>;
  [key: string]: unknown;
}

/** A module instance in the planned values. */
export interface PlanModule {
  address?: string;
  resources?: PlanResource[];
  child_modules?: PlanModule[];
}

/** A resource in the planned values. */
export interface PlanResource {
  address: string;
  mode: "managed" | "data";
  type: string;
  name: string;
  index?: string | number;
  values: Record<string, unknown>;
}

/** What both tiers can be asked. */
export interface ValidateOptions {
  /** The repository, as an absolute path. It is read, never written. */
  directory: string;
  /** Path or name of the tool; else it is looked for on PATH. */
  tool?: string | undefined;
  /** Which tool the repository is written for; else `hardened-eks.yaml` says it, else terraform. */
  iac?: Iac | undefined;
  signal?: AbortSignal | undefined;
  /** Environment of the tool; else that of this process. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Longest time for one run of the tool. */
  timeoutMs?: number | undefined;
  /** Told what is being done, for a progress line. */
  onProgress?: ((text: string) => void) | undefined;
}

export interface InstantOptions extends ValidateOptions {
  /** The majors to validate against. Default: those that the repository is written for. */
  providers?: readonly ProviderMajor[] | undefined;
  /** Also run the repository's tests, on a mocked provider: all, or those of these directories. Default: none. */
  tests?: boolean | readonly string[] | undefined;
}

export interface FullOptions extends ValidateOptions {
  /** Only these directories, by their path in the repository. Default: all. */
  only?: readonly string[] | undefined;
  /** Return the plans. */
  keepPlans?: boolean | undefined;
}
