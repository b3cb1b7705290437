/** Text as Markdown. */

/** Nothing to escape, as nearly every text: an underscore within a word is none either. */
const PLAIN = /^(?:[A-Za-z0-9 .,:;()'/@%=>+-]|(?<=[A-Za-z0-9])_(?=[A-Za-z0-9]))*$/;
const MARKUP = /(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|[\\`*{}[\]<>#|~]/g;

/** A text within a paragraph, with what Markdown would read as markup escaped. */
export const escapeMarkdown = (text: string): string =>
  PLAIN.test(text)
    ? text
    : text.replace(MARKUP, (character) => `\\${character}`).replace(/\s+/g, " ");

/** Markdown that the program wrote; no answer of a user can be one. */
export interface Markdown {
  markdown: string;
}
