/** What the commands print on and read from; tests pass their own. */
import picocolors from "picocolors";

export interface Terminal {
  /** Results: one document with --json, the report otherwise. */
  out(text: string): void;
  /** Everything for a person. */
  err(text: string): void;
  /** Both ends are a terminal, so questions can be asked. */
  interactive: boolean;
  /** Progress may be drawn on stderr. */
  animated: boolean;
  /** Columns of the terminal, 80 where unknown. */
  width: number;
  /** Colours of what goes to `err`. */
  colors: ReturnType<typeof picocolors.createColors>;
  /** Colours of what goes to `out`. */
  outColors: ReturnType<typeof picocolors.createColors>;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** ISO date. */
  today: string;
  /** Aborted by Ctrl-C or a termination signal. */
  signal: AbortSignal;
}

/** Colour where the stream is a terminal, unless NO_COLOR, TERM=dumb or FORCE_COLOR say otherwise. */
function wantsColor(env: NodeJS.ProcessEnv, isTty: boolean): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "0") return true;
  return isTty && env.TERM !== "dumb";
}

/** The current directory, or the root where it was deleted under us: nothing relative can be meant then. */
function currentDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return "/";
  }
}

/** The terminal of this process. */
export function processTerminal(signal: AbortSignal): Terminal {
  const { stdout, stderr, env } = process;
  const inCi = env.CI !== undefined && env.CI !== "" && env.CI !== "false";
  return {
    out: (text) => stdout.write(text),
    err: (text) => stderr.write(text),
    // The module is loaded where stderr is a terminal, and costs a tenth of a start elsewhere.
    interactive: stderr.isTTY === true && process.getBuiltinModule("node:tty").isatty(0) && !inCi,
    animated: stderr.isTTY === true && !inCi && env.TERM !== "dumb",
    width: stderr.columns ?? 80,
    colors: picocolors.createColors(wantsColor(env, stderr.isTTY === true)),
    outColors: picocolors.createColors(wantsColor(env, stdout.isTTY === true)),
    env,
    // npm changes to the package's folder for its scripts; the user's own is in INIT_CWD.
    cwd: env.npm_lifecycle_event === "start" && env.INIT_CWD ? env.INIT_CWD : currentDirectory(),
    today: new Date().toISOString().slice(0, 10),
    signal,
  };
}
