/**
 * Block YAML for plain data. Own code, where a library would do, because loading and warming up the library took a tenth
 * of the time of `create`; test/render/yaml.test.ts holds it against that library.
 */

/** Plain words: no indicator where one would mean something, no `: ` and no ` #`. */
const PLAIN = /^[A-Za-z0-9/](?:[A-Za-z0-9_./@+ -]|:(?=[A-Za-z0-9/:]))*$/;
/** What some version of YAML reads as something else than text. */
export const YAML_WORD = /^(?:true|false|null|yes|no|on|off|y|n|e\d+)$/i;
const SEXAGESIMAL = /^\d[\d_]*(?::\d+)+(?:\.\d*)?$/;

function text(value: string): string {
  const isText = Number.isNaN(Number(value.replaceAll("_", "")));
  const isPlain = PLAIN.test(value) && !value.endsWith(" ");
  return isPlain && isText && !YAML_WORD.test(value) && !SEXAGESIMAL.test(value)
    ? value
    : JSON.stringify(value);
}

function scalar(value: unknown): string {
  if (typeof value === "string") return text(value);
  if (value === null || typeof value === "boolean" || Number.isFinite(value)) return String(value);
  throw new TypeError(`no YAML for ${String(value)}`);
}

/** The lines of a value, each without the indent of its place. */
function lines(value: unknown): string[] {
  if (Array.isArray(value))
    return value.length === 0
      ? ["[]"]
      : value.flatMap((item) =>
          lines(item).map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`)),
        );
  if (typeof value !== "object" || value === null) return [scalar(value)];
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (entries.length === 0) return ["{}"];
  return entries.flatMap(([key, item]) => {
    const below = lines(item);
    const isNested =
      typeof item === "object" && item !== null && !/^(?:\[\]|\{\})$/.test(below[0] ?? "");
    return isNested
      ? [`${text(key)}:`, ...below.map((line) => `  ${line}`)]
      : [`${text(key)}: ${below[0]}`];
  });
}

/** A YAML document with its last newline. Throws `TypeError` for what YAML cannot say (functions, NaN). */
export const formatYaml = (value: unknown): string => `${lines(value).join("\n")}\n`;
