import data from "./data/charts.json" with { type: "json" };

export interface ChartPin {
  name: string;
  /** Repository URL, or the whole OCI reference of the chart. */
  repository: string;
  version: string;
  appVersion?: string;
}

const pins = new Map(data.charts.map((entry) => [entry.name, entry]));

/** The pinned version of a Helm chart. Throws `RangeError` for an unknown one. */
export function chart(name: string): ChartPin {
  const found = pins.get(name);
  if (found === undefined) throw new RangeError(`no chart ${name} in the catalog`);
  const { repository, version, appVersion } = found;
  return { name, repository, version, ...(appVersion === undefined ? {} : { appVersion }) };
}

/** Every chart of the catalog, sorted. */
export const chartNames: readonly string[] = [...pins.keys()];
