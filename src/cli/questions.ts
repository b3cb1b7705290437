/** Inquirer on stderr: standard output belongs to results. */
import inquirer from "inquirer";

/** The answers by name. Rejects with inquirer's `ExitPromptError` on Ctrl-C, and with the signal's reason. */
export async function askOnStderr(
  questions: readonly object[],
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  // Inquirer's types ask for literal question types; ours are computed.
  const prompt = inquirer.createPromptModule({ output: process.stderr });
  // A signal ends the question, which would go on asking otherwise.
  const asked = prompt(questions as never) as unknown as Promise<Record<string, unknown>> & {
    ui: { close(): void };
  };
  const cancelled = new Promise<never>((_, reject) => {
    const stop = (): void => {
      asked.ui.close();
      reject(signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
  });
  return Promise.race([asked, cancelled]);
}
