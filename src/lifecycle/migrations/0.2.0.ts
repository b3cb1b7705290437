import { type Data, getPath, setPath } from "../../options/paths.ts";
import type { Migration } from "./migration.ts";

const MALWARE = "guardduty-malware";

const isList = (value: unknown): value is unknown[] => Array.isArray(value);

/** The add-on became an answer of GuardDuty; not to have had it was an answer, too. */
function foldMalware(data: Data): Data {
  const lists = [
    data.addons,
    ...Object.values((data.environments ?? {}) as Record<string, Data | null>).map(
      (entry) => entry?.addons,
    ),
  ];
  const wasChosen = lists.some((list) => isList(list) && list.includes(MALWARE));
  const isOld = getPath(data, "guardduty.ebsMalware") === undefined;
  let result = data;
  const without = (list: unknown): unknown =>
    isList(list) ? list.filter((entry) => entry !== MALWARE) : list;
  if (isList(data.addons) && data.addons.includes(MALWARE))
    result = { ...result, addons: without(data.addons) };
  for (const [name, entry] of Object.entries(
    (data.environments ?? {}) as Record<string, Data | null>,
  ))
    if (isList(entry?.addons) && entry.addons.includes(MALWARE))
      result = setPath(result, `environments.${name}.addons`, without(entry.addons));
  return isOld ? setPath(result, "guardduty.ebsMalware", wasChosen) : result;
}

export const migration: Migration = {
  version: "0.2.0",
  summary:
    "the module of workload identities is called irsa-role, the log group of the cluster has a file of its own, and the add-on guardduty-malware is the answer guardduty.ebsMalware",
  config: foldMalware,
  moved: [{ root: "environments", from: "module.irsa", to: "module.identity" }],
};
