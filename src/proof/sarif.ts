/** What every SARIF 2.1.0 log of ours has in common. */
import type { Location, Log, ReportingDescriptor, Result } from "sarif";

/** A log of one run. */
export const sarifLog = (
  version: string,
  rules: ReportingDescriptor[],
  results: Result[],
): Log => ({
  version: "2.1.0",
  $schema: "https://json.schemastore.org/sarif-2.1.0.json",
  runs: [
    {
      tool: { driver: { name: "create-hardened-eks", version, rules } },
      columnKind: "utf16CodeUnits",
      results,
    },
  ],
});

/** A place in a file of the repository. */
export const sarifLocation = ({
  file,
  line,
  column,
}: {
  file: string;
  line: number;
  column?: number | undefined;
}): Location => ({
  physicalLocation: {
    artifactLocation: { uri: file.split("/").map(encodeURIComponent).join("/") },
    region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) },
  },
});
