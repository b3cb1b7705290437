/** The catalogue: every Control, in the order in which a report names them. */
import { all } from "./catalogue.generated.js";
import { AREAS, areaOf, type Control, SEVERITIES } from "./control.ts";

/** By area, then by what is worst, then by id. */
export const controls: readonly Control[] = [...all].sort(
  (a, b) =>
    AREAS.indexOf(areaOf(a)) - AREAS.indexOf(areaOf(b)) ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    (a.id < b.id ? -1 : 1),
);

export const findControl = (id: string): Control | undefined =>
  controls.find((control) => control.id === id);
