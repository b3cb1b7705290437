/** Reads a file that a flag names, or standard input for `-`: within bounds, and with words for what goes wrong. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { CliError, EXIT } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

/** How to mend an input that cannot be used. */
export interface InputHints {
  /** What the flag wants. */
  wanted: string;
  /** Where a directory is named; else as wanted. */
  directory?: string;
  /** Where it is too large; else as wanted. */
  large?: string;
}

/** How the input is called in messages. */
export const inputName = (path: string): string => (path === "-" ? "standard input" : path);

/**
 * The bytes of the input. Throws `CliError` (usage) where there are none to be had.
 *
 * @param limitMiB far above any real input, far below what would exhaust memory
 */
export async function readInput(
  path: string,
  limitMiB: number,
  { wanted, directory = wanted, large = wanted }: InputHints,
  terminal: Terminal,
): Promise<Buffer> {
  const refuse = (message: string, mend: string, cause?: unknown): never => {
    throw new CliError(`${inputName(path)}: ${message}`, EXIT.usage, mend, { cause });
  };
  const limit = limitMiB * 1024 * 1024;
  const tooLarge = `is larger than ${limitMiB} MiB`;
  const file = resolve(terminal.cwd, path);
  if (path !== "-") {
    const facts = await stat(file).catch((error: NodeJS.ErrnoException) =>
      refuse(
        error.code === "ENOENT" ? "does not exist" : `cannot be read (${error.code})`,
        wanted,
        error,
      ),
    );
    if (facts.isDirectory()) refuse("is a directory", directory);
    if (facts.size > limit) refuse(tooLarge, large);
  }
  const chunks: Buffer[] = [];
  let length = 0;
  const stream = path === "-" ? process.stdin : createReadStream(file);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer | string>) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      length += bytes.length;
      if (length > limit) break;
      chunks.push(bytes);
    }
  } catch (error) {
    refuse(
      `cannot be read (${(error as NodeJS.ErrnoException).code})`,
      "check its permissions",
      error,
    );
  }
  if (length > limit) refuse(tooLarge, large);
  return Buffer.concat(chunks);
}
