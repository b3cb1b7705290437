/** An audit as SARIF 2.1.0, as code scanning services read it. */
import type { Log, ReportingDescriptor, Result } from "sarif";
import { areaOf, type Control, isChecked, type Severity } from "../../controls/control.ts";
import { sarifLocation, sarifLog } from "../sarif.ts";
import type { AuditReport } from "./index.ts";

const LEVEL: Record<Severity, "error" | "warning" | "note"> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "note",
};
/** The scale of CVSS, by which code scanning sorts. */
const SCORE: Record<Severity, string> = { critical: "9.5", high: "8.0", medium: "5.5", low: "3.0" };
const UNREADABLE = "files.unreadable";

/** The report as a SARIF log. */
export function auditSarif({ results, problems }: AuditReport, version: string): Log {
  const checked = results.map(({ control }) => control).filter(isChecked);
  const rules: ReportingDescriptor[] = checked.map(ruleOf);
  rules.push({
    id: UNREADABLE,
    shortDescription: { text: "Every file can be read as what it is" },
    defaultConfiguration: { level: "error" },
  });
  const found: Result[] = results.flatMap(({ control, status, waiver, observations, reason }) =>
    status !== "not met" && status !== "exception"
      ? []
      : observations.map(
          ({ message, place, scope, kind }): Result => ({
            ruleId: control.id,
            ruleIndex: checked.findIndex(({ id }) => id === control.id),
            level: LEVEL[control.severity],
            message: { text: reason === undefined ? message : `${message} (${reason})` },
            locations: [sarifLocation(place)],
            properties: { kind, ...(scope === undefined ? {} : { scope }) },
            ...(status === "exception" && waiver !== undefined
              ? {
                  suppressions: [
                    {
                      kind: "external",
                      status: "accepted",
                      justification: `${waiver.reason} (${waiver.owner}${waiver.expires === undefined ? "" : `, until ${waiver.expires}`})`,
                    },
                  ],
                }
              : {}),
          }),
        ),
  );
  for (const { place, message } of problems)
    found.push({
      ruleId: UNREADABLE,
      ruleIndex: rules.length - 1,
      level: "error",
      message: { text: message },
      locations: [sarifLocation(place)],
    });
  return sarifLog(version, rules, found);
}

function ruleOf(control: Control): ReportingDescriptor {
  const { id, title, why, severity, mapping } = control;
  return {
    id,
    name: id
      .split(/[.-]/)
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join(""),
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: isChecked(control) ? control.fix : why },
    defaultConfiguration: { level: LEVEL[severity] },
    properties: {
      "security-severity": SCORE[severity],
      tags: [
        "security",
        areaOf(control),
        ...(mapping.cisEks ?? []).map((each) => `cis-eks-${each}`),
        ...(mapping.securityHub ?? []),
        ...(mapping.checkov ?? []),
        ...(mapping.trivy ?? []),
      ],
    },
  };
}
