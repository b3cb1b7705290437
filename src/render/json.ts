/** JSON laid out as prettier does: objects over lines, lists of scalars on one line where they fit. */

const WIDTH = 80;

const isScalar = (value: unknown): boolean => typeof value !== "object" || value === null;

/** `room` is what the line has left, the comma that follows taken off. */
function lay(value: unknown, indent: string, room: number): string {
  if (isScalar(value)) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    if (value.every(isScalar)) {
      const line = `[${value.map((item) => JSON.stringify(item)).join(", ")}]`;
      if (line.length <= room) return line;
      if (value.every((item) => typeof item === "number")) return fill(value, indent);
    }
    const items = value.map(
      (item, index) => inner + lay(item, inner, roomAfter(inner, index === value.length - 1)),
    );
    return `[\n${items.join(",\n")}\n${indent}]`;
  }
  const entries = Object.entries(value as object).filter(([, item]) => item !== undefined);
  if (entries.length === 0) return "{}";
  const lines = entries.map(([key, item], index) => {
    const head = `${inner}${JSON.stringify(key)}: `;
    return head + lay(item, inner, roomAfter(head, index === entries.length - 1));
  });
  return `{\n${lines.join(",\n")}\n${indent}}`;
}

const roomAfter = (head: string, isLast: boolean): number => WIDTH - head.length - (isLast ? 0 : 1);

/** Numbers fill their lines; behind the last one there is no comma to leave room for. */
function fill(numbers: readonly number[], indent: string): string {
  const inner = `${indent}  `;
  const lines: string[] = [];
  for (const [index, number] of numbers.entries()) {
    const item = index === numbers.length - 1 ? `${number}` : `${number},`;
    const last = lines.at(-1);
    if (last !== undefined && `${inner}${last} ${item}`.length <= WIDTH)
      lines[lines.length - 1] = `${last} ${item}`;
    else lines.push(item);
  }
  return `[\n${lines.map((line) => inner + line).join("\n")}\n${indent}]`;
}

/** A JSON document with its last newline. */
export const formatJson = (value: unknown): string => `${lay(value, "", WIDTH)}\n`;
