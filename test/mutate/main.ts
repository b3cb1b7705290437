/**
 * Every mutant through every tier. Something must turn red for each: a survivor is a defect of the proof, and the run fails.
 * `--all` runs the slow tiers and the peers too, `--every N` takes each Nth mutant, and `--record` keeps the figures in
 * docs/mutation.json.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { filesOf, mutants, mutate, type ProfileName } from "../support/mutants.ts";
import { profiles } from "../support/profiles.ts";
import { type MutantResult, markdown, summary } from "./report.ts";
import { COLUMNS, type Subject, tiers } from "./tiers.ts";

/** Two cores. */
const AT_ONCE = 2;

async function writeFiles(directory: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of files) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
}

/** An order in which every area comes early, the same in each run. */
const spread = (title: string): number =>
  [...title].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 100_003, 7);

/** The page, as the formatter of the repository wants it. */
async function writePage(root: string, results: readonly MutantResult[]): Promise<void> {
  const page = join(root, "docs/mutation.md");
  await writeFile(page, markdown([...results]));
  await execa(join(root, "node_modules/.bin/biome"), ["format", "--write", page]);
}

export async function main(root: string, argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      all: { type: "boolean", default: false },
      record: { type: "boolean", default: false },
      only: { type: "string" },
      every: { type: "string", default: "1" },
      report: { type: "boolean", default: false },
      again: { type: "string" },
      missing: { type: "boolean", default: false },
    },
  });
  const kept = join(root, "docs/mutation.json");
  if (values.report) {
    const results = JSON.parse(await readFile(kept, "utf8")) as MutantResult[];
    await writePage(root, results);
    return 0;
  }
  // `--again checkov,tflint`: these columns anew for the mutants that are on record.
  const again = values.again?.split(",");
  // `--missing`: only the mutants that are not on record; what is on record stays.
  const { missing } = values;
  const known =
    again !== undefined || missing
      ? (JSON.parse(await readFile(kept, "utf8")) as MutantResult[])
      : [];
  const scratch = await mkdtemp(join(tmpdir(), "hardened-eks-mutate-"));
  try {
    for (const profile of Object.keys(profiles) as ProfileName[])
      await writeFiles(join(scratch, profile), filesOf(profile));
    const recorded = (id: string, title: string): MutantResult | undefined =>
      known.find((each) => each.control === id && each.title === title);
    const queue = mutants
      .filter(({ control }) => values.only === undefined || control.id.startsWith(values.only))
      .filter((_, index) => again !== undefined || index % Number(values.every) === 0)
      .filter(
        ({ control, mutant }) =>
          (again === undefined || recorded(control.id, mutant.title) !== undefined) &&
          !(missing && recorded(control.id, mutant.title) !== undefined),
      )
      .sort((a, b) => spread(a.mutant.title) - spread(b.mutant.title))
      .map((each, index) => ({ ...each, index }));
    const results: MutantResult[] = [];
    const total = queue.length;
    const whole = (): MutantResult[] => [...(missing ? known : []), ...results.filter(Boolean)];
    const worker = async (): Promise<void> => {
      for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
        const { control, mutant, index } = job;
        const { of = "default" } = mutant;
        const files = mutate(mutant);
        const before = filesOf(of);
        const changed = [...new Set(mutant.edits.map(({ file }) => file))];
        const directory = join(scratch, `m${index}`);
        await writeFiles(directory, files);
        const subject: Subject = {
          directory,
          untouched: join(scratch, of),
          files,
          changed: changed.filter((path) => files.get(path) !== before.get(path)),
        };
        const result: MutantResult = recorded(control.id, mutant.title) ?? {
          control: control.id,
          title: mutant.title,
          of,
          verdicts: {},
          ms: {},
        };
        for (const tier of tiers) {
          if (again !== undefined && !tier.columns.some((column) => again.includes(column)))
            continue;
          if (again === undefined && tier.slow === true && !values.all) continue;
          if (!subject.changed.some(tier.concerns)) continue;
          for (const column of tier.columns) delete result.verdicts[column];
          const start = performance.now();
          Object.assign(result.verdicts, await tier.run(subject));
          const spent = Math.round(performance.now() - start);
          for (const column of tier.columns) result.ms[column] = spent;
        }
        results[index] = result;
        const caught = COLUMNS.filter(
          ({ id, ...rest }) => !("peer" in rest) && result.verdicts[id] !== undefined,
        );
        process.stderr.write(
          `${results.filter(Boolean).length}/${total} ${caught.length === 0 ? "SURVIVED " : ""}${control.id}: ${mutant.title}: ${caught.map(({ id }) => id).join(", ")}\n`,
        );
        await rm(directory, { recursive: true, force: true });
        // A run of hours is not lost with its last minute.
        if (values.record) await writeFile(kept, `${JSON.stringify(whole(), null, 1)}\n`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    if (values.record) {
      await writePage(root, whole());
    }
    const { text, survivors, withoutProvider } = summary(whole());
    process.stdout.write(text);
    return survivors === 0 && withoutProvider >= 0.95 ? 0 : 1;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
