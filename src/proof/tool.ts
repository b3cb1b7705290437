/** Finds terraform or tofu, and runs it in a clean environment. */
import { access, constants, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { type RunResult, run } from "../workspace/process.ts";
import type { Scratch } from "../workspace/scratch.ts";
import type { Iac, ToolInfo, ValidateOptions } from "./types.ts";

/** The oldest versions that read what is generated. */
const MINIMUM: Record<Iac, readonly [number, number]> = { terraform: [1, 11], opentofu: [1, 10] };
const PROGRAM: Record<Iac, string> = { terraform: "terraform", opentofu: "tofu" };
const PRODUCT: Record<Iac, string> = { terraform: "Terraform", opentofu: "OpenTofu" };

/** Name of a tool as its makers write it. */
export const productName = (iac: Iac): string => PRODUCT[iac];

/** No tool: either none was found, or the one that was is of no use. */
export class NoTool extends Error {
  override name = "NoTool";
  /** `missing` is a reason to skip; `unusable` is a failure. */
  readonly kind: "missing" | "unusable";
  readonly rule: string;
  readonly fix: string;
  constructor(kind: "missing" | "unusable", rule: string, message: string, fix: string) {
    super(message);
    this.kind = kind;
    this.rule = rule;
    this.fix = fix;
  }
}

/** The tool, found and of a version that will do, ready to run. */
export interface Tool extends ToolInfo {
  /** Runs it. A run that did not end by itself throws `ToolFailed`. */
  run(args: readonly string[], options: ToolRun): Promise<RunResult & { exitCode: number }>;
}

export interface ToolRun {
  cwd: string;
  env?: Readonly<Record<string, string>>;
  input?: string;
}

/** The tool did not end by itself. */
export class ToolFailed extends Error {
  override name = "ToolFailed";
  readonly rule: string;
  constructor(rule: string, message: string) {
    super(message);
    this.rule = rule;
  }
}

const DEFAULT_TIMEOUT_MS = 5 * 60_000;
/** `version` does nothing: a tool that cannot say it in this time hangs. */
const VERSION_TIMEOUT_MS = 15_000;

/** Looks for the tool and asks its version. Throws `NoTool`. */
export async function findTool(
  options: ValidateOptions,
  wanted: Iac | undefined,
  scratch: Scratch,
): Promise<Tool> {
  const env = cleanEnvironment(options.env ?? process.env);
  const path = await locate(options, wanted, env);
  const { signal } = options;
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const unusable = (rule: string, message: string): NoTool =>
    new NoTool(
      "unusable",
      rule,
      message,
      "Install Terraform 1.11 or OpenTofu 1.10 or newer, or name another one with --tool.",
    );

  const asked = await run(path, ["version", "-json"], {
    cwd: scratch.directory,
    env,
    timeoutMs: Math.min(timeoutMs, VERSION_TIMEOUT_MS),
    signal,
    scratch,
  });
  signal?.throwIfAborted();
  if (asked.failure === "timeout")
    throw unusable("tool/hangs", `${path} hangs: "version" did not end and was killed.`);
  if (asked.failure !== undefined)
    throw unusable("tool/broken", `${path} cannot be run (${asked.reason ?? asked.failure}).`);
  const version = versionOf(asked.stdout);
  if (asked.exitCode !== 0 || version === undefined) {
    const said = firstLine(asked.stderr) ?? firstLine(asked.stdout);
    throw unusable(
      "tool/broken",
      `${path} does not work: "version -json" ended with code ${asked.exitCode} and ${said === undefined ? "said nothing" : `said ${JSON.stringify(said)}`}.`,
    );
  }
  // Both name their version in the same field; only their plain answer says which one it is.
  const iac: Iac = /(^|[\\/])(tofu|opentofu)[^\\/]*$/i.test(path)
    ? "opentofu"
    : /(^|[\\/])terraform[^\\/]*$/i.test(path)
      ? "terraform"
      : await ask(path, scratch, env, signal);
  const [major, minor] = version.split(".").map(Number) as [number, number];
  const [needMajor, needMinor] = MINIMUM[iac];
  if (major < needMajor || (major === needMajor && minor < needMinor))
    throw unusable(
      "tool/too-old",
      `${path} is ${PRODUCT[iac]} ${version}, which is too old: ${needMajor}.${needMinor} is needed.`,
    );
  return {
    iac,
    version,
    path,
    run: async (args, { cwd, env: more, input }) => {
      const result = await run(path, args, {
        cwd,
        env: { ...env, ...more },
        timeoutMs,
        signal,
        scratch,
        input,
      });
      signal?.throwIfAborted();
      const command = `${PROGRAM[iac]} ${args[0]}`;
      if (result.failure === "timeout")
        throw new ToolFailed(
          "tool/hangs",
          `"${command}" did not end within ${Math.round(timeoutMs / 1000)} seconds and was killed.`,
        );
      if (result.exitCode === undefined)
        throw new ToolFailed(
          "tool/broken",
          `"${command}" did not end by itself (${result.reason ?? result.failure}).`,
        );
      return { ...result, exitCode: result.exitCode };
    },
  };
}

async function ask(
  path: string,
  scratch: Scratch,
  env: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<Iac> {
  const { stdout } = await run(path, ["version"], {
    cwd: scratch.directory,
    env,
    timeoutMs: VERSION_TIMEOUT_MS,
    signal,
    scratch,
  });
  return stdout.startsWith("OpenTofu") ? "opentofu" : "terraform";
}

const firstLine = (text: string): string | undefined =>
  text
    .split("\n")
    .map((line) => line.trim())
    .find((line) => line !== "")
    ?.slice(0, 200);

function versionOf(stdout: string): string | undefined {
  try {
    const { terraform_version: version } = JSON.parse(stdout) as { terraform_version?: unknown };
    return typeof version === "string" && /^\d+\.\d+\.\d+/.test(version) ? version : undefined;
  } catch {
    return undefined;
  }
}

async function locate(
  options: ValidateOptions,
  wanted: Iac | undefined,
  env: Record<string, string>,
): Promise<string> {
  const { tool } = options;
  if (tool !== undefined && /[\\/]/.test(tool)) {
    const path = isAbsolute(tool) ? tool : resolve(tool);
    if (await isProgram(path)) return path;
    throw new NoTool(
      "unusable",
      "tool/not-found",
      `${path} is not a program.`,
      "Give the path of terraform or tofu with --tool.",
    );
  }
  const names =
    tool !== undefined
      ? [tool]
      : wanted === "opentofu"
        ? ["tofu", "terraform"]
        : ["terraform", "tofu"];
  for (const name of names)
    for (const directory of (env.PATH ?? env.Path ?? "").split(delimiter)) {
      if (!isAbsolute(directory)) continue;
      for (const extension of process.platform === "win32" ? [".exe", ""] : [""]) {
        const path = join(directory, name + extension);
        if (await isProgram(path)) return path;
      }
    }
  if (tool !== undefined)
    throw new NoTool(
      "unusable",
      "tool/not-found",
      `${tool} was not found on PATH.`,
      "Give the path of terraform or tofu with --tool.",
    );
  throw new NoTool(
    "missing",
    "tool/not-found",
    `${names[0]} was not found on PATH`,
    "install it, or name it with --tool",
  );
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/**
 * The environment of the tool: nothing of the user's own settings for terraform and AWS may change
 * what a validation says, log into it, or let it reach an account.
 */
function cleanEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const clean: Record<string, string> = {};
  for (const [name, value] of Object.entries(env))
    if (value !== undefined && !/^(TF_|TOFU_|AWS_|CHECKPOINT_)/i.test(name)) clean[name] = value;
  return {
    ...clean,
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
    CHECKPOINT_DISABLE: "1",
    AWS_EC2_METADATA_DISABLED: "true",
    NO_COLOR: "1",
  };
}
