/** A file of answers as YAML or JSON, which is YAML, too. The library is loaded only where such a file is read. */
import { type Document, LineCounter, parseDocument } from "yaml";

/** A text that is no plain YAML. */
export interface YamlFlaw {
  message: string;
  /** Where it is; absent where the whole does not become data. */
  at?: { line: number; column: number };
  cause: unknown;
}

/** The document of a text with its data, or what is wrong with it. A key twice is wrong, and so are endless aliases. */
export function parseYaml(
  text: string,
): { document: Document.Parsed; data: unknown } | { flaw: YamlFlaw } {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    uniqueKeys: true,
    logLevel: "error",
  });
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    const { line, col } = counter.linePos(error.pos[0]);
    const message = error.message.split("\n")[0] as string;
    return { flaw: { message, at: { line, column: col }, cause: error } };
  }
  try {
    return { document, data: document.toJS({ maxAliasCount: 20 }) };
  } catch (cause) {
    return { flaw: { message: (cause as Error).message, cause } };
  }
}
