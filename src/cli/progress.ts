/** One line that says what is being done, on a terminal; nothing elsewhere. */
import type { Terminal } from "./terminal.ts";

export interface Progress {
  step(text: string): void;
  stop(): void;
}

/** Starts showing progress on stderr where it is a terminal. */
export async function startProgress(terminal: Terminal): Promise<Progress> {
  if (!terminal.animated) return { step: () => undefined, stop: () => undefined };
  const { default: yoctoSpinner } = await import("yocto-spinner");
  // Signals are handled by the command, which cleans up first.
  const spinner = yoctoSpinner({ stream: process.stderr, handleSignals: false } as never);
  return {
    step: (text) => {
      spinner.text = `${text} …`;
      if (!spinner.isSpinning) spinner.start();
    },
    stop: () => spinner.stop(),
  };
}
