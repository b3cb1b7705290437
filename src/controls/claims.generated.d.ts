import type { Claim } from "./applies.ts";

/** What every Control claims, in the order of the catalogue. */
export declare const claims: readonly Claim[];
