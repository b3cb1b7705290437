/** What was measured of updates, as a page. */
import { table } from "../report.mjs";

const OUTCOMES = [
  ["ok", "both sides' changes are there"],
  [
    "conflict",
    "the index, markers, a `.rej` file or an exit code of its own show which file is open",
  ],
  [
    "named",
    "one side's change is left out, and the output names the file; no marker, no code shows it",
  ],
  ["silent", "the new version's change is left out, and the update says that it went well"],
  ["lost", "what the user did is gone from the tree, and nothing says so; a commit still has it"],
  ["lost!", "the same, and no commit has it: gone for good"],
  ["re-created", "a file that the user removed is back, unsaid"],
  ["refused", "nothing was changed, and the exit code is not 0"],
  ["torn", "the tree is half updated"],
];

/** Budgets. */
const OWN_MS = 150;
const LARGE_MS = 2000;
const OVER_COPIER = 10;

const percentile = (values, part) =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * part)];
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s`;

/** How many outcomes of a tool are what the filter takes. */
const count = (cases, id, takes) =>
  cases.filter(({ outcomes }) => outcomes[id] !== undefined && takes(outcomes[id])).length;

/** Figures of each tool over all cases. */
function summary(tools, cases, kills) {
  const torn = (id) => kills[id]?.filter((one) => one.torn).length;
  const unhealed = (id) => kills[id]?.filter((one) => !one.healed).length;
  const killed = (id) => kills[id]?.length;
  const rows = [
    ["cases played", (id) => count(cases, id, () => true)],
    [
      "edits lost without a word",
      (id) => count(cases, id, ({ outcome }) => /^(lost!?|re-created)$/.test(outcome)),
    ],
    ["of these in no commit", (id) => count(cases, id, ({ outcome }) => outcome === "lost!")],
    [
      "the new version's change left out without a word",
      (id) => count(cases, id, ({ outcome }) => outcome === "silent"),
    ],
    [
      "something open, and exit code 0",
      (id) =>
        count(
          cases,
          id,
          ({ outcome, exitCode }) => exitCode === 0 && /^(conflict|named)$/.test(outcome),
        ),
    ],
    ["torn without being killed", (id) => count(cases, id, ({ outcome }) => outcome === "torn")],
    ["killed while it writes: tree half updated", (id) => `${torn(id)} of ${killed(id)}`],
    ["and one more run does not mend it", (id) => `${unhealed(id)} of ${killed(id)}`],
    [
      "median time of a case",
      (id) =>
        seconds(
          percentile(
            cases.flatMap(({ outcomes }) => outcomes[id]?.milliseconds ?? []),
            0.5,
          ),
        ),
    ],
  ];
  return table(
    ["", ...tools.map(({ title }) => title)],
    rows.map(([title, value]) => [title, ...tools.map(({ id }) => String(value(id)))]),
  );
}

const everyCase = (tools, cases) =>
  table(
    ["Case", "", ...tools.map(({ id }) => id)],
    cases.map(({ id, title, outcomes }) => [
      id,
      title,
      ...tools.map((tool) => {
        const cell = outcomes[tool.id];
        return cell === undefined ? "–" : `${cell.outcome}/${cell.exitCode}`;
      }),
    ]),
    2,
  );

const everyKill = (tools, kills) =>
  table(
    ["Killed when so many files were written", ...tools.map(({ id }) => id)],
    (kills[tools[0].id] ?? []).map(({ point }, index) => [
      index === 0 ? "the first" : `${point * 100} %`,
      ...tools.map(({ id }) => {
        const { torn, lost, healed, lostAfter } = kills[id][index];
        const state = (bad, edits) =>
          `${bad ? "torn" : "whole"}${edits > 0 ? `, ${edits} lost` : ""}`;
        return `${state(torn, lost)} → ${state(!healed, lostAfter)}`;
      }),
    ]),
  );

/** What an update takes, with the budgets beside it. */
function timing({ subjects, files, edited, rounds, load }) {
  const at = (id) => subjects.find((subject) => subject.id === id);
  const node = at("node");
  const figures = table(
    ["What", "Median", "p10 to p90", "× node", "Processor time"],
    subjects.map(({ title, medianMs, p10Ms, p90Ms, processorMs }) => [
      title,
      seconds(medianMs),
      `${seconds(p10Ms)} to ${seconds(p90Ms)}`,
      (medianMs / node.medianMs).toFixed(1),
      processorMs === undefined ? "" : seconds(processorMs),
    ]),
  );
  const { ownMs, leastOwnMs } = at("ours");
  const verdict = (within) => (within ? "within" : "over");
  const limits = [
    [
      "own time of an update",
      `at most ${OWN_MS} ms`,
      `${ownMs} ms, at best ${leastOwnMs} ms`,
      verdict(ownMs <= OWN_MS),
    ],
    ...(at("memory") === undefined
      ? []
      : [
          [
            "the same, files in memory",
            `at most ${OWN_MS} ms`,
            `${at("memory").ownMs} ms, at best ${at("memory").leastOwnMs} ms`,
            verdict(at("memory").ownMs <= OWN_MS),
          ],
        ]),
    [
      "the same, large repository",
      `at most ${seconds(LARGE_MS)}`,
      seconds(at("large").ownMs),
      verdict(at("large").ownMs <= LARGE_MS),
    ],
    [
      "the whole command beyond `node -e 0`",
      "",
      `${(at("ours").medianMs - node.medianMs).toFixed(0)} ms`,
      "",
    ],
  ];
  const copier = at("copier");
  if (copier !== undefined)
    limits.push([
      "copier's time over the whole command's",
      `at least ${OVER_COPIER}×`,
      `${(copier.medianMs / at("ours").medianMs).toFixed(1)}×`,
      verdict(copier.medianMs >= OVER_COPIER * at("ours").medianMs),
    ]);
  return [
    `The default repository, ${files} files; the new version changes one line in each, and its user edited ${edited} of them.`,
    "For this product the built program runs `upgrade`: it renders the last answers and the new ones, merges, and writes. copier",
    `gets the same files, with nothing in them to fill in. In turn, ${rounds} rounds after a warm-up, each on a copy of the same`,
    "repository that was made before the first one.",
    "",
    ...(load > 1.5
      ? [
          `The machine was busy meanwhile, with ${load.toFixed(0)} processes for each core: ratios hold, seconds are too long, and processor time`,
          "is nearer to what an idle one takes.",
        ]
      : ["The machine had nothing else to do."]),
    "Own time is what the program says: from reading the answers and the last render to the last write, with both renders and the",
    "merge. Starting node and loading the program come on top of it. To write so many files takes a disk a while, which it takes",
    `from every tool${at("memory") === undefined ? "." : ": what is left without it is measured, too."}`,
    ...(at("memory") === undefined
      ? []
      : [
          "Temporary files of all of them lie in memory, and nothing is cleaned up on the disk from a minute before the first round on:",
          "where much was deleted just now, ext4 takes ten times as long for a new file.",
        ]),
    "",
    figures,
    "",
    table(["Budget", "Limit", "Measured", "Verdict"], limits),
  ];
}

/** The page. */
export function document({ tools, missing = [], cases = [], kills = {}, times }) {
  return `${[
    "# Updates, measured",
    "",
    "What an update leaves of the user's work, here and elsewhere. `npm run bench:updates` plays every case in fresh repositories",
    "with the real tools, and writes this page from `docs/updates.json`. All tools get the same template of 15 files (13 texts, one",
    "binary file, one script; one of them belongs to an option) in two versions; the second also changes a line of a file that",
    "nobody edited. The outcome is read from the tree, the index, the exit code and the output, by one rule for all.",
    "",
    ...tools.map(({ id, title }) => `- ${id}: ${title}`),
    ...missing.map(({ title, reason }) => `- ${title}: not measured, ${reason}`),
    "",
    "This product plans and applies by its own library, as the command does; its templates cannot be exchanged, so the command",
    "itself takes part in the times only. For projen a template is a package: texts are managed files, the binary one is a sample.",
    "That an edit of a managed file is overwritten is what projen means to do; its column shows what that costs.",
    "",
    summary(tools, cases, kills),
    "",
    "## Every case",
    "",
    "Outcome and exit code.",
    "",
    everyCase(tools, cases),
    "",
    ...OUTCOMES.map(([name, words]) => `- \`${name}\`: ${words}`),
    "",
    "Outcomes are about the edits and the changes of the case. A peer that refuses where this product merges and reports is on the",
    "safe side, too: 16 is such a case, and 15 is refused by all but one.",
    "",
    "## Killed",
    "",
    "150 files, one line changed in each, ten edited by the user; SIGKILL to the tool and all that it started. Left of the arrow the",
    "tree as it was found, right of it the tree after the same command once more. `lost` counts the user's edits that the tree does",
    "not have.",
    "",
    everyKill(tools, kills),
    "",
    ...(times === undefined ? [] : ["## Time", "", ...timing(times), ""]),
    "## Not measured",
    "",
    "Windows and macOS, loss of power instead of a kill, templates over a network, and tasks or hooks of a template.",
  ].join("\n")}\n`;
}
