import { control, files } from "../control.ts";
import { type Data, data, isData, items, strings } from "../evidence/kubernetes.ts";
import type { Subject } from "../evidence/subject.ts";
import type { Place } from "../evidence/value.ts";

/** Where Renovate looks, in its order; the first is the only one. */
const NAMES = [
  "renovate.json",
  "renovate.json5",
  ".github/renovate.json",
  ".github/renovate.json5",
  ".gitlab/renovate.json",
  ".gitlab/renovate.json5",
  ".renovaterc",
  ".renovaterc.json",
  ".renovaterc.json5",
];
const LEAST = 3;
const EVERYTHING = ["config:recommended", "config:best-practices"];
/** Presets that change when or how an update comes, not what is updated. */
const HARMLESS =
  /^(schedule:|group:|:semantic|:dependencyDashboard$|:timezone|:label|security:|helpers:|docker:pinDigests$|config:)/;

const days = (age: unknown): number => {
  const [, count = "0", unit = ""] = /^(\d+) (day|week|month)s?$/.exec(String(age)) ?? [];
  return Number(count) * ({ day: 1, week: 7, month: 30 }[unit] ?? 0);
};

/** Presets for what a pipeline pins by digest; without a pipeline nothing is. */
const digestsOf = ({ workflows, actions, gitlab }: Subject): string[] => [
  ...(workflows.length + actions.length > 0 ? ["helpers:pinGitHubActionDigests"] : []),
  ...(gitlab === undefined ? [] : ["docker:pinDigests"]),
];

export default control({
  id: "supply-chain.held-back-updates",
  title:
    "Renovate proposes newer providers, actions and images days after their release, and merges none",
  why: "Pins that nobody renews keep known holes; a release taken over by an attacker is usually found and pulled within days.",
  severity: "medium",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  evidence: [
    files((subject, probe) => {
      const path = NAMES.find((name) => subject.paths.includes(name));
      if (path === undefined) {
        probe.wrong(
          { file: "renovate.json", line: 1 },
          "renovate.json is missing: nothing renews what is pinned",
        );
        return;
      }
      const text = subject.file(path)?.text ?? "";
      const at = (word: string): Place => ({
        file: path,
        line:
          Math.max(
            text.split("\n").findIndex((line) => line.includes(`"${word}"`)),
            0,
          ) + 1,
      });
      let config: Data;
      try {
        config = data(JSON.parse(text));
      } catch {
        probe.unresolved({ file: path, line: 1 }, `${path} is no JSON that can be read`);
        return;
      }
      const presets = strings(config.extends);
      probe.that(
        presets.some((each) => EVERYTHING.includes(each)),
        at("extends"),
        `extends is ${presets.join(", ") || "not set"}, it must hold config:recommended`,
      );
      for (const digests of digestsOf(subject))
        probe.that(
          presets.includes(digests) || presets.includes("config:best-practices"),
          at("extends"),
          `extends does not hold ${digests}: updates of digests are not proposed`,
        );
      for (const preset of presets)
        if (!HARMLESS.test(preset))
          probe.unresolved(at(preset), `what the preset ${preset} changes is not known`);
      probe.that(
        days(config.minimumReleaseAge) >= LEAST,
        at("minimumReleaseAge"),
        `minimumReleaseAge is ${config.minimumReleaseAge ?? "not set"}, it must be at least ${LEAST} days`,
      );
      // Whatever depth it stands in: rules, managers, kinds of updates.
      const walk = (value: unknown, top: boolean): void => {
        if (Array.isArray(value)) for (const each of items(value)) walk(each, false);
        if (!isData(value)) return;
        for (const [key, each] of Object.entries(value)) {
          if (key === "minimumReleaseAge" && !top)
            probe.that(days(each) >= LEAST, at(key), `a rule sets minimumReleaseAge to ${each}`);
          if (key === "enabled" || key === "pinDigests")
            probe.that(
              each !== false,
              at(key),
              `${key} is false: something is not updated any more`,
            );
          if (["automerge", "platformAutomerge"].includes(key))
            probe.that(each !== true, at(key), "an update is merged without a review");
          if (["enabledManagers", "ignoreDeps", "ignorePaths", "includePaths"].includes(key))
            probe.wrong(at(key), `${key} leaves something out of the updates`);
          walk(each, false);
        }
      };
      walk(config, true);
    }),
  ],
  fix: 'Extend config:recommended and the pinning of digests, and set "minimumReleaseAge": "7 days".',
  mutants: [
    {
      title: "Updates on the day of their release",
      edits: [{ file: "renovate.json", replace: '  "minimumReleaseAge": "7 days",\n', with: "" }],
    },
    {
      title: "Digests of actions are left alone",
      edits: [{ file: "renovate.json", replace: ', "helpers:pinGitHubActionDigests"', with: "" }],
    },
    {
      title: "Actions are merged by themselves",
      edits: [
        {
          file: "renovate.json",
          replace: '"groupName": "actions",',
          with: '"groupName": "actions",\n      "automerge": true,',
        },
      ],
    },
    {
      title: "A rule takes the days back",
      of: "government",
      edits: [
        {
          file: "renovate.json",
          replace: '"dependencyDashboardApproval": true',
          with: '"minimumReleaseAge": "0 days"',
        },
      ],
    },
    { title: "No Renovate", edits: [{ file: "renovate.json", remove: true }] },
    {
      title: "No Renovate where no pipeline is either",
      of: "startup",
      edits: [{ file: "renovate.json", remove: true }],
    },
  ],
});
