/** `create-hardened-eks audit [dir]`. */
import { nearest } from "../../catalog/index.ts";
import { controls } from "../../controls/catalogue.ts";
import { type Control, SEVERITIES, type Severity } from "../../controls/control.ts";
import { answersOf, FRAMEWORKS } from "../../proof/audit/framework.ts";
import { type AuditReport, auditPlan, auditRepository } from "../../proof/audit/index.ts";
import { CliError, EXIT, type ExitCode } from "../exit.ts";
import type { AuditFlags } from "../flags.ts";
import type { Terminal } from "../terminal.ts";
import { VERSION } from "../version.ts";
import { readPlan } from "./read-plan.ts";
import { repositoryAt } from "./repository.ts";

const FORMATS = ["text", "json", "sarif", "junit"] as const;
type Format = (typeof FORMATS)[number];

/** Audits a repository as it stands, or a plan; never writes. */
export async function audit(
  directory: string,
  flags: AuditFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const format = oneOf("--format", flags.format ?? (flags.json ? "json" : "text"), FORMATS);
  const failOn = oneOf("--fail-on", flags.failOn ?? "low", [...SEVERITIES, "never"] as const);
  const framework =
    flags.framework === undefined ? undefined : oneOf("--framework", flags.framework, FRAMEWORKS);
  const chosen = chooseControls(flags.control, framework !== undefined);
  const report = await run(directory, flags, chosen, terminal);
  const exitCode = hasFindings(report, failOn) ? EXIT.findings : EXIT.ok;
  terminal.out(await write(report, format, framework, flags.all === true, exitCode, terminal));
  return exitCode;
}

async function run(
  directory: string,
  flags: AuditFlags,
  chosen: readonly Control[],
  terminal: Terminal,
): Promise<AuditReport> {
  const common = { today: terminal.today, controls: chosen, signal: terminal.signal };
  if (flags.plan !== undefined)
    return auditPlan({ ...common, ...(await readPlan(flags.plan, directory, terminal)) });
  return auditRepository({ ...common, directory: await repositoryAt(directory, terminal) });
}

function oneOf<T extends string>(flag: string, value: string, words: readonly T[]): T {
  if ((words as readonly string[]).includes(value)) return value as T;
  throw new CliError(
    `${flag} ${value} is not valid`,
    EXIT.usage,
    `give one of ${words.join(", ")}`,
  );
}

/** The Controls that were asked for by id or by area. */
function chooseControls(
  asked: readonly string[] | undefined,
  onlyFramework: boolean,
): readonly Control[] {
  const all = onlyFramework
    ? controls.filter(({ mapping }) => (mapping.cisEks?.length ?? 0) > 0)
    : controls;
  if (asked === undefined) return all;
  const names = asked.flatMap((value) => value.split(",")).map((value) => value.trim());
  return names.flatMap((name) => {
    const found = all.filter(({ id }) => id === name || id.startsWith(`${name}.`));
    if (found.length > 0) return found;
    const close = nearest(
      name,
      controls.map(({ id }) => id),
    );
    throw new CliError(
      `there is no Control ${name}`,
      EXIT.usage,
      `${close === undefined ? "" : `did you mean ${close}? `}audit --all lists them`,
    );
  });
}

/** A file that cannot be read hides what is in it: that counts whatever the severity. */
const hasFindings = (report: AuditReport, failOn: Severity | "never"): boolean =>
  failOn !== "never" &&
  (report.problems.length > 0 ||
    report.results.some(
      ({ status, control }) =>
        status === "not met" && SEVERITIES.indexOf(control.severity) <= SEVERITIES.indexOf(failOn),
    ));

async function write(
  report: AuditReport,
  format: Format,
  framework: string | undefined,
  everything: boolean,
  exitCode: ExitCode,
  terminal: Terminal,
): Promise<string> {
  if (format === "sarif") {
    const { auditSarif } = await import("../../proof/audit/sarif.ts");
    return `${JSON.stringify(auditSarif(report, VERSION), null, 2)}\n`;
  }
  if (format === "junit") {
    const { auditJunit } = await import("../../proof/audit/junit.ts");
    return auditJunit(report);
  }
  const answers = framework === undefined ? undefined : answersOf(report.results);
  if (format === "json") return `${JSON.stringify(json(report, answers, exitCode))}\n`;
  const { auditText, frameworkText } = await import("../../proof/audit/text.ts");
  const text = auditText(report, terminal.outColors, everything);
  return answers === undefined
    ? text
    : `${frameworkText(answers, "CIS Amazon EKS Benchmark 1.8.0", terminal.outColors)}\n${text}`;
}

function json(
  { target, from, results, problems, durationMs }: AuditReport,
  answers: ReturnType<typeof answersOf> | undefined,
  exitCode: ExitCode,
): unknown {
  return {
    ok: exitCode === EXIT.ok,
    exitCode,
    target,
    from,
    durationMs,
    problems,
    controls: results.map(({ control, ...result }) => ({
      id: control.id,
      title: control.title,
      why: control.why,
      severity: control.severity,
      mapping: control.mapping,
      ...result,
    })),
    ...(answers === undefined
      ? {}
      : {
          framework: answers.map(({ results: own, ...answer }) => ({
            ...answer,
            controls: own.map(({ control }) => control.id),
          })),
        }),
  };
}
