import { distance } from "fastest-levenshtein";

/**
 * The candidate that a mistyped word probably meant: a third of its letters may be wrong, or it is the
 * beginning of exactly one candidate.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const steps = distance(wanted, candidate.toLowerCase());
    if (steps < least) [best, least] = [candidate, steps];
  }
  if (best !== undefined && least <= Math.floor(Math.max(wanted.length, best.length) / 3))
    return best;
  if (wanted.length < 3) return undefined;
  const begun = candidates.filter((candidate) => candidate.toLowerCase().startsWith(wanted));
  return begun.length === 1 ? begun[0] : undefined;
}

/** Whether two words differ by one letter. */
export const isOneSlipAway = (a: string, b: string): boolean => distance(a, b) === 1;
