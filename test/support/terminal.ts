import picocolors from "picocolors";
import type { Terminal } from "../../src/cli/terminal.ts";

/** A terminal that prints nowhere. */
export function quietTerminal(over: Partial<Terminal> = {}): Terminal {
  return {
    out: () => undefined,
    err: () => undefined,
    interactive: false,
    animated: false,
    width: 80,
    colors: picocolors.createColors(false),
    outColors: picocolors.createColors(false),
    env: {},
    cwd: "/",
    today: "2026-11-24",
    signal: new AbortController().signal,
    ...over,
  };
}
