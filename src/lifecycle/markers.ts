/** Conflict markers, ours and everybody's. */

/** Label of the user's side. */
export const OURS = "yours";
const THEIRS = "create-hardened-eks";

/** Label of the new version's side: words that can be a branch's name. */
export const labelOf = ({ version }: { version: string }): string => `${THEIRS}-${version}`;

/** Whether a text has markers, whoever wrote them. */
export const hasMarkers = (text: string): boolean => /^(<<<<<<<|>>>>>>>) /m.test(text);

const BEGIN = new RegExp(`^<{7} ${OURS}`, "m");
const END = new RegExp(`^>{7} ${THEIRS}-`, "m");

/** Where the first marker stands that an update wrote. */
export const ourMarker = (text: string): number | undefined =>
  (BEGIN.exec(text) ?? END.exec(text))?.index;

/** Whether a text has markers that an update wrote. */
export const hasOurMarkers = (text: string): boolean => ourMarker(text) !== undefined;
