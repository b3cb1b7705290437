/** Line ends of a file that a user may have changed as a whole. */

/** Whether git would call it text. */
export const isText = (contents: Buffer): boolean => !contents.subarray(0, 8000).includes(0);

/** Whether every line ends with CR LF. */
export function isCrlf(contents: Buffer): boolean {
  let lines = 0;
  for (let at = contents.indexOf(10); at >= 0; at = contents.indexOf(10, at + 1)) {
    if (at === 0 || contents[at - 1] !== 13) return false;
    lines += 1;
  }
  return lines > 0 && isText(contents);
}

/** With LF for CR LF; every other byte as it was. */
export const toLf = (contents: Buffer): Buffer =>
  Buffer.from(contents.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
const toCrlf = (contents: Buffer): Buffer =>
  Buffer.from(contents.toString("latin1").replaceAll(/\r?\n/g, "\r\n"), "latin1");

/** With CR LF at the end of every line, where it is text. */
export const withCrlf = (contents: Buffer): Buffer =>
  isText(contents) ? toCrlf(contents) : contents;
