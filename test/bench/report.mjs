/** Figures to a Markdown report, with the budgets beside them. Over budget is said, never failed on. */

const times = (a, b) => (a === undefined || b === undefined ? undefined : a / b);

/** Budgets of the design: what is measured, in the unit of its limit. */
const budgets = [
  {
    title: "Help, over `node -e 0`",
    limit: 1.5,
    unit: "×",
    value: (at) => times(at("help")?.medianMs, at("node")?.medianMs),
  },
  {
    title: "Create without terraform, over `node -e 0`",
    limit: 4,
    unit: "×",
    value: (at) => times(at("create")?.medianMs, at("node")?.medianMs),
  },
  {
    title: "Files a second, over the fastest peer",
    limit: 1,
    least: true,
    unit: "×",
    value: (at) => {
      const peers = ["create-vite", "copier"].flatMap((id) => filesPerSecond(at(id)) ?? []);
      return peers.length === 0
        ? undefined
        : times(filesPerSecond(at("create")), Math.max(...peers));
    },
  },
  {
    title: "Instant validation of both majors, its own time",
    limit: 1000,
    unit: " ms",
    value: (at) => at("validate")?.ownMs,
  },
  {
    title: "Audit of the default repository, its own time",
    limit: 400,
    unit: " ms",
    value: (at) => at("audit")?.ownMs,
  },
  {
    title: "Instant validation, over the real provider",
    limit: 0.1,
    unit: "×",
    value: (at) => times(at("validate")?.medianMs, at("real")?.medianMs),
  },
  { title: "Peak memory of create", limit: 150, unit: " MB", value: (at) => at("create")?.peakMb },
  {
    title: "Peak memory of create with validation, terraform included",
    limit: 150,
    unit: " MB",
    value: (at) => at("create-validate")?.peakMb,
  },
  { title: "Size installed", limit: 3, unit: " MB", value: (_, size) => size },
];

/** Files that one second makes, where the subject makes files. */
export function filesPerSecond(result) {
  return result?.files === undefined ? undefined : result.files / (result.medianMs / 1000);
}

/** Budgets with what was measured. */
export function judge(results, installedMb) {
  const at = (id) => results.find((result) => result.id === id);
  return budgets.map(({ title, limit, least = false, unit, value }) => {
    const measured = value(at, installedMb);
    return {
      title,
      bound: `${least ? "at least" : "at most"} ${limit}${unit}`,
      unit,
      measured,
      verdict:
        measured === undefined
          ? "not measured"
          : (least ? measured >= limit : measured <= limit)
            ? "within"
            : "over",
    };
  });
}

const number = (value, digits = 0) => (value === undefined ? "" : value.toFixed(digits));

/** A table whose first `left` columns are words. */
export function table(header, rows, left = 1) {
  const widths = header.map((cell, column) =>
    Math.max(3, cell.length, ...rows.map((row) => row[column].length)),
  );
  const line = (row, fill = " ") =>
    `| ${row.map((cell, column) => (column < left ? cell.padEnd(widths[column], fill) : cell.padStart(widths[column], fill))).join(" | ")} |`;
  const rule = `| ${widths.map((width, column) => (column < left ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [line(header), rule, ...rows.map((row) => line(row))].join("\n");
}

/** The whole report as Markdown. */
export function markdown({ machine, results, missing, installedMb }) {
  const node = results.find(({ id }) => id === "node");
  const figures = table(
    ["What", "Runs", "Median ms", "p10 to p90", "× node", "Own ms", "Files", "Files/s", "Peak MB"],
    results.map((result) => [
      result.title,
      String(result.runs),
      number(result.medianMs),
      `${number(result.p10Ms)} to ${number(result.p90Ms)}`,
      number(result.medianMs / node.medianMs, 2),
      number(result.ownMs),
      number(result.files),
      number(filesPerSecond(result)),
      number(result.peakMb),
    ]),
  );
  const limits = table(
    ["Budget", "Limit", "Measured", "Verdict"],
    judge(results, installedMb).map(({ title, bound, unit, measured, verdict }) => [
      title,
      bound,
      measured === undefined ? "" : `${number(measured, unit === " ms" ? 0 : 2)}${unit}`,
      verdict,
    ]),
  );
  const gaps = missing.map(({ title, reason }) => `- ${title}: not measured, ${reason}`).join("\n");
  return `${[`${machine.node} on ${machine.platform}, ${machine.cores} × ${machine.processor}`, figures, limits, gaps].filter((part) => part !== "").join("\n\n")}\n`;
}
