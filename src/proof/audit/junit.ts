/** An audit as JUnit XML: a suite for each area, a case for each Control. */
import { AREAS, areaOf } from "../../controls/control.ts";
import type { AuditReport } from "./index.ts";
import type { ControlResult } from "./run.ts";

/** The report as one XML document. */
export function auditJunit({ results, problems }: AuditReport): string {
  const suites: { name: string; cases: string[] }[] = AREAS.map((area) => ({
    name: area,
    cases: results.filter(({ control }) => areaOf(control) === area).map(testCase),
  }));
  suites.push({
    name: "files",
    cases: problems.map(({ place, message }) =>
      element(
        "testcase",
        { classname: "files", name: place.file },
        element("failure", { message }, escaped(`${place.file}:${place.line} ${message}`)),
      ),
    ),
  });
  const body = suites
    .filter(({ cases }) => cases.length > 0)
    .map(({ name, cases }) => {
      const count = (mark: string): number => cases.filter((each) => each.includes(mark)).length;
      return element(
        "testsuite",
        {
          name,
          tests: String(cases.length),
          failures: String(count("<failure")),
          skipped: String(count("<skipped")),
        },
        cases.join("\n"),
      );
    });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element("testsuites", { name: "create-hardened-eks audit" }, body.join("\n"))}\n`;
}

function testCase({ control, status, reason, waiver, observations }: ControlResult): string {
  const names = { classname: areaOf(control), name: `${control.id}: ${control.title}` };
  if (status === "met") return element("testcase", names);
  if (status !== "not met")
    return element(
      "testcase",
      names,
      element("skipped", { message: `${status}: ${waiver?.reason ?? reason ?? ""}` }),
    );
  const text = observations
    .map(({ place, message }) => `${place.file}:${place.line} ${message}`)
    .join("\n");
  const [first] = observations;
  return element(
    "testcase",
    names,
    element(
      "failure",
      { message: first?.message ?? status, type: control.severity },
      escaped(text),
    ),
  );
}

function element(name: string, attributes: Record<string, string>, content?: string): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(value)}"`)
    .join("");
  return content === undefined ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

const escaped = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot hold them, not even escaped
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll(/\n/g, "&#10;");
