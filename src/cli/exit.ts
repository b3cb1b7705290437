/** Exit codes of every command (DESIGN §3). */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  findings: 3,
  wouldAsk: 4,
  conflicts: 5,
  cancelled: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An error whose message is meant for the user: what, where, and how to mend it. */
export class CliError extends Error {
  override name = "CliError";
  readonly exitCode: ExitCode;
  readonly mend: string | undefined;
  constructor(message: string, exitCode: ExitCode, mend?: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
    this.mend = mend;
  }
}
