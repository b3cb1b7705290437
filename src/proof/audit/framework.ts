/** A framework's recommendations, each answered by Controls. */
import { cisEks } from "../../controls/frameworks/cis-eks.ts";
import type { ControlResult, Status } from "./run.ts";

export const FRAMEWORKS = ["cis-eks"] as const;
export type FrameworkName = (typeof FRAMEWORKS)[number];

export interface Answer {
  id: string;
  title: string;
  status: Status;
  results: ControlResult[];
}

/** From what decides: one Control that is not met spoils an answer, one that is met makes it. */
const ORDER: readonly Status[] = [
  "not met",
  "exception",
  "met",
  "provider's duty",
  "manual",
  "not applicable",
];

/** The answers of a framework, in its own order. */
export function answersOf(results: readonly ControlResult[]): Answer[] {
  return cisEks.map(({ id, title }) => {
    const own = results.filter(({ control }) => control.mapping.cisEks?.includes(id));
    const status = ORDER.find((wanted) => own.some((result) => result.status === wanted));
    return { id, title, status: status ?? "manual", results: own };
  });
}
