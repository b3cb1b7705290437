/**
 * `npm run bench:updates`: the update cases on this product and its peers, updates that are killed, and times.
 * Keeps what it measured in docs/updates.json and writes docs/updates.md from it.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { cases } from "./cases.mjs";
import { play } from "./judge.mjs";
import { kill } from "./kills.mjs";
import { document } from "./report.mjs";
import { times } from "./times.mjs";
import { installTools } from "./tools.mjs";

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const KEPT = join(root, "docs/updates.json");
const PAGE = join(root, "docs/updates.md");
const HELP = `npm run bench:updates -- [options]

  --only PART   cases, kills, times or page (default: all); the others stay as they were measured
  --case ID     one case; prints what every tool said, and keeps nothing
  --rounds N    rounds of the times after the warm-up (default 7)
  --tools DIR   keep the installed tools here for the next run
`;

const say = (text) => process.stderr.write(`${text}\n`);

function options() {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      case: { type: "string" },
      rounds: { type: "string", default: "7" },
      tools: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds ${values.rounds}: give 1 or more`);
  if (values.only !== undefined && !["cases", "kills", "times", "page"].includes(values.only))
    throw new Error(`--only ${values.only}: give cases, kills, times or page`);
  if (values.case !== undefined && !cases.some(({ id }) => id === values.case))
    throw new Error(`--case ${values.case}: give one of ${cases.map(({ id }) => id).join(", ")}`);
  return { ...values, rounds };
}

/** One cell of the table: what became of it, and what the command returned. */
function cell(tool, one, scratch) {
  if (tool.lacks?.includes(one.id)) return undefined;
  const { output, ...rest } = play(tool, one, scratch);
  return { ...rest, milliseconds: Math.round(rest.milliseconds), output };
}

function playAll(tools, scratch) {
  return cases.map((one) => {
    say(`case ${one.id}: ${one.title}`);
    const outcomes = Object.fromEntries(
      tools.flatMap((tool) => {
        const { output: _, ...kept } = cell(tool, one, scratch) ?? {};
        return "outcome" in kept ? [[tool.id, kept]] : [];
      }),
    );
    return { id: one.id, title: one.title, outcomes };
  });
}

async function killAll(tools, scratch) {
  const kills = {};
  for (const tool of tools) {
    say(`kills: ${tool.title}`);
    kills[tool.id] = await kill(tool, scratch);
  }
  return kills;
}

const kept = () => {
  try {
    return JSON.parse(readFileSync(KEPT, "utf8"));
  } catch {
    return {};
  }
};

async function main() {
  const { help, only, case: id, rounds, tools: keep } = options();
  if (help) return process.stdout.write(HELP);
  if (only === "page") return writeFileSync(PAGE, document(kept()));
  const scratch = mkdtempSync(join(tmpdir(), "hardened-eks-updates-"));
  try {
    const home = keep ?? join(scratch, "tools");
    mkdirSync(home, { recursive: true });
    say("installing the tools");
    const { tools, missing } = await installTools(home);
    if (id !== undefined) {
      const one = cases.find((entry) => entry.id === id);
      for (const tool of tools) {
        const { outcome, exitCode, output } = cell(tool, one, scratch) ?? {};
        process.stdout.write(`${tool.title}: ${outcome}, exit ${exitCode}\n${output}\n`);
      }
      return undefined;
    }
    const wanted = (part) => only === undefined || only === part;
    const before = kept();
    const results = {
      tools: tools.map(({ id: name, title }) => ({ id: name, title })),
      missing,
      cases: wanted("cases") ? playAll(tools, scratch) : before.cases,
      kills: wanted("kills") ? await killAll(tools, scratch) : before.kills,
      times: wanted("times")
        ? times({ scratch, tools, bundle: join(home, "product.mjs"), rounds, say })
        : before.times,
    };
    writeFileSync(KEPT, `${JSON.stringify(results, undefined, 2)}\n`);
    writeFileSync(PAGE, document(results));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  // What was typed wrongly or what failed to run: the words are enough.
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.code?.startsWith("ERR_PARSE_ARGS") ? 2 : 1;
}
