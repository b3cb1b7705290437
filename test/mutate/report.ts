/** Who caught what, in figures. */
import { COLUMNS, type ColumnId, type Verdicts } from "./tiers.ts";

export interface MutantResult {
  control: string;
  title: string;
  of: string;
  verdicts: Verdicts;
  /** Milliseconds of each tier that was run; absent where it was not. */
  ms: Partial<Record<ColumnId, number>>;
}

const isPeer = (id: ColumnId): boolean =>
  COLUMNS.some((column) => column.id === id && "peer" in column);
const needsProvider = (id: ColumnId): boolean =>
  COLUMNS.some((column) => column.id === id && "slow" in column);

const caughtBy = (results: readonly MutantResult[], ids: readonly ColumnId[]): number =>
  results.filter(({ verdicts }) => ids.some((id) => verdicts[id] !== undefined)).length;

const share = (part: number, whole: number): string =>
  whole === 0 ? "–" : `${Math.round((part / whole) * 1000) / 10} %`;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const ids = COLUMNS.map(({ id }) => id);
const own = ids.filter((id) => !isPeer(id));
const quick = own.filter((id) => !needsProvider(id));

/** For the end of a run. */
export function summary(results: readonly MutantResult[]): {
  text: string;
  survivors: number;
  withoutProvider: number;
} {
  const total = results.length;
  const all = caughtBy(results, own);
  const fast = caughtBy(results, quick);
  const lines = COLUMNS.filter(({ id }) => results.some(({ ms }) => ms[id] !== undefined)).map(
    ({ id, title }) => `${title.padEnd(30)} ${caughtBy(results, [id])} of ${total}`,
  );
  const survivors = results.filter(({ verdicts }) => own.every((id) => verdicts[id] === undefined));
  return {
    text: [
      ...lines,
      `all tiers together: ${all} of ${total} (${share(all, total)}); without the real provider: ${fast} (${share(fast, total)})`,
      ...survivors.map(({ control, title }) => `SURVIVED ${control}: ${title}`),
      "",
    ].join("\n"),
    survivors: survivors.length,
    withoutProvider: total === 0 ? 0 : fast / total,
  };
}

/** The document of the figures. */
export function markdown(results: readonly MutantResult[]): string {
  const total = results.length;
  const area = (control: string): string => control.slice(0, control.indexOf("."));
  const areas = [...new Set(results.map(({ control }) => area(control)))];
  const tools = COLUMNS.filter(({ id }) => results.some(({ ms }) => ms[id] !== undefined));
  const row = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  return [
    "# Who catches what",
    "",
    "Each Control brings mutants: edits of a generated repository that break the claim. `npm run mutate` applies them one by",
    "one; something has to turn red for each. The same mutants went to other tools, which were told nothing of the claims: a",
    "tool caught a mutant where it reported something that it does not report of the untouched repository.",
    "",
    `${total} mutants. All tiers together caught ${caughtBy(results, own)} (${share(caughtBy(results, own), total)}), without the real provider`,
    `${caughtBy(results, quick)} (${share(caughtBy(results, quick), total)}).`,
    "",
    row(["what", "caught", "of the mutants that it looks at", "median time"]),
    row(["---", "---:", "---:", "---:"]),
    ...tools.map(({ id, title }) => {
      const looked = results.filter(({ ms }) => ms[id] !== undefined);
      const caught = caughtBy(results, [id]);
      return row([
        title,
        `${caught} (${share(caught, total)})`,
        `${looked.length} (${share(caught, looked.length)})`,
        `${(median(looked.map(({ ms }) => ms[id] ?? 0)) / 1000).toFixed(1)} s`,
      ]);
    }),
    "",
    "## By area",
    "",
    row(["area", "mutants", ...tools.map(({ title }) => title)]),
    row(["---", "---:", ...tools.map(() => "---:")]),
    ...areas.map((name) => {
      const of = results.filter(({ control }) => area(control) === name);
      return row([name, of.length, ...tools.map(({ id }) => caughtBy(of, [id]))]);
    }),
    "",
    "## Every mutant",
    "",
    row(["Control", "mutant", "caught by"]),
    row(["---", "---", "---"]),
    ...results.map(({ control, title, verdicts }) =>
      row([
        `\`${control}\``,
        title.replaceAll("|", "\\|"),
        COLUMNS.filter(({ id }) => verdicts[id] !== undefined)
          .map(({ title: words }) => words)
          .join(", "),
      ]),
    ),
    "",
  ].join("\n");
}
