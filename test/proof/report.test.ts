import { describe, expect, it } from "vitest";
import type { Check, FullReport, Report } from "../../src/proof/index.ts";
import { type Colors, formatReport, reportData, toolFailed } from "../../src/proof/report.ts";

const plain = (text: string): string => text;
const colors: Colors = {
  bold: plain,
  dim: plain,
  red: plain,
  green: plain,
  yellow: plain,
  cyan: plain,
};
const check = (id: string, status: Check["status"], more: Partial<Check> = {}): Check => ({
  id,
  tier: "instant",
  title: `Check ${id}`,
  status,
  durationMs: 12,
  findings: [],
  ...more,
});
const report = (checks: Check[]): Report => ({
  tier: "instant",
  tool: { iac: "terraform", version: "1.11.4", path: "/usr/bin/terraform" },
  durationMs: 1234,
  checks,
});

describe("a report", () => {
  it("says what passed, what failed and where, and what was skipped and why", () => {
    const both = {
      rule: "terraform/unsupported-argument",
      severity: "error",
      message: "Unsupported argument",
      detail: "An argument named\n\u001b[31mx",
      file: "modules/a/main.tf",
      line: 3,
      column: 5,
    } as const;
    const five = {
      rule: "terraform/x",
      severity: "error",
      message: "Only here",
      fix: "Do it.",
    } as const;
    const text = formatReport(
      report([
        check("files", "passed"),
        check("schema-5", "failed", { findings: [both, five] }),
        check("schema-6", "failed", { findings: [both] }),
        check("external", "skipped", { reason: "needs hashicorp/random" }),
      ]),
      colors,
    );
    expect(text).toBe(`passed  Check files     12 ms
failed  Check schema-5  12 ms
failed  Check schema-6  12 ms
skipped Check external  needs hashicorp/random

modules/a/main.tf:3:5 error Unsupported argument
  An argument named
  [31mx
  terraform/unsupported-argument

error Only here (only on provider 5)
  fix: Do it.
  terraform/x

2 failed, 1 skipped, 1 passed with Terraform 1.11.4 in 1.2 s
`);
  });

  it("counts warnings of a check that passed", () => {
    const warning = { rule: "r", severity: "warning", message: "Old" } as const;
    expect(
      formatReport(report([check("schema-5", "passed", { findings: [warning] })]), colors),
    ).toContain("passed  Check schema-5  12 ms, 1 warning\n");
  });

  it("is written as data without the plans", () => {
    const full: FullReport = { ...report([]), plans: { a: { format_version: "1.2" } } };
    expect(reportData(full)).toEqual(report([]));
  });

  it("tells a tool that does not work from a repository that is wrong", () => {
    expect(toolFailed(report([check("tool", "failed")]))).toBe(true);
    expect(toolFailed(report([check("schema-5", "failed")]))).toBe(false);
  });
});
