/** What terraform says, as findings at places of the repository. */
import { isAbsolute, posix, relative, resolve, sep } from "node:path";
import type { Finding } from "./types.ts";

/** One message of terraform, as its JSON has it. */
export interface Diagnostic {
  severity: "error" | "warning";
  summary: string;
  detail?: string;
  address?: string;
  range?: { filename: string; start: { line: number; column: number } };
  snippet?: { context?: string | null; code?: string };
}

/** How paths of the tool lead back to the repository. */
export interface Origin {
  /** Directory that the tool ran in. */
  cwd: string;
  /** Directories that stand for the repository, the repository itself among them where it is read in place. */
  repositories: readonly string[];
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/"[^"]*"/g, "")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 60);

/** The path of a file relative to the repository; `undefined` where it is outside. */
export function placeOf(filename: string, { cwd, repositories }: Origin): string | undefined {
  const full = isAbsolute(filename) ? filename : resolve(cwd, filename);
  for (const repository of repositories) {
    const path = relative(repository, full).split(sep).join(posix.sep);
    if (path !== "" && !path.startsWith("../") && !isAbsolute(path)) return path;
  }
  return undefined;
}

/** Makes a finding of a message. */
export function toFinding(diagnostic: Diagnostic, origin: Origin): Finding {
  const { severity, summary, detail = "", range, snippet } = diagnostic;
  const file = range === undefined ? undefined : placeOf(range.filename, origin);
  const context = snippet?.context ?? diagnostic.address;
  return {
    rule: `terraform/${slug(summary) || "error"}`,
    severity,
    message: summary,
    ...(detail === "" && (context ?? "") === ""
      ? {}
      : {
          detail: [detail.trim(), context ? `In ${context}.` : ""]
            .filter((part) => part !== "")
            .join("\n"),
        }),
    ...(file === undefined || range === undefined
      ? {}
      : { file, line: range.start.line, column: range.start.column }),
  };
}

/**
 * Reads the diagnostics that a command printed: one JSON document, or a line of JSON for each event.
 * `undefined` where it printed neither.
 */
export function readDiagnostics(stdout: string): Diagnostic[] | undefined {
  try {
    const document = JSON.parse(stdout) as { diagnostics?: unknown };
    if (Array.isArray(document.diagnostics)) return document.diagnostics as Diagnostic[];
  } catch {
    // Lines, then.
  }
  const found: Diagnostic[] = [];
  let any = false;
  for (const line of stdout.split("\n")) {
    if (!line.startsWith("{")) continue;
    try {
      const event = JSON.parse(line) as { type?: string; diagnostic?: Diagnostic };
      any = true;
      if (event.type === "diagnostic" && event.diagnostic !== undefined)
        found.push(event.diagnostic);
    } catch {
      // A line that was cut off by a kill.
    }
  }
  return any ? found : undefined;
}

/** Each finding once: a shared module is reported for each of its callers. */
export function fold(findings: readonly Finding[]): Finding[] {
  const once = new Map<string, Finding>();
  for (const finding of findings) {
    const { rule, message, detail, file, line, column } = finding;
    const key = JSON.stringify([
      rule,
      message,
      file === undefined ? detail : "",
      file,
      line,
      column,
    ]);
    if (!once.has(key)) once.set(key, finding);
  }
  return [...once.values()].sort(
    (a, b) =>
      Number(a.severity === "warning") - Number(b.severity === "warning") ||
      compare(a.file ?? "", b.file ?? "") ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
