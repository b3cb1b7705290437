/** Holds an input against the schema and says what is wrong in the user's words. */
import { nearest } from "../catalog/index.ts";
import type { OptionDeclaration } from "./declare.ts";
import type { Problem } from "./layers.ts";
import { findDeclaration, getPath, settablePaths } from "./paths.ts";
import validate from "./validate.generated.js";

const decode = (key: string): string => key.replaceAll("~1", "/").replaceAll("~0", "~");

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
};

/** Every violation of the schema as a problem with path and mend; empty where the input is valid. */
export function checkSchema(declarations: readonly OptionDeclaration[], input: unknown): Problem[] {
  if (validate(input)) return [];
  const problems = new Map<string, Problem>();
  for (const error of validate.errors ?? []) {
    const keys = error.instancePath.split("/").slice(1).map(decode);
    const at = keys.join(".");
    if (error.keyword === "additionalProperties" || error.keyword === "unevaluatedProperties") {
      const key = String(error.params.additionalProperty);
      const path = [...keys, key].join(".");
      const near = nearestPath(declarations, path);
      problems.set(path, {
        path,
        message: "is not an option",
        mend: near === undefined ? "remove it" : `did you mean ${near}?`,
      });
      continue;
    }
    if (error.keyword === "propertyNames") {
      const key = String(error.params.propertyName);
      const found = findDeclaration(declarations, at);
      problems.set(`${at}.${key}`, {
        path: at,
        message: `${shown(key)} is not a valid name`,
        mend: `give ${found?.declaration.expects ?? "lower-case letters, digits and hyphens"}`,
      });
      continue;
    }
    if (error.params.propertyName !== undefined || "propertyName" in error) continue;
    const path = keys.filter((key) => !/^\d+$/.test(key)).join(".") || "the file";
    if (problems.has(path)) continue;
    problems.set(path, describe(declarations, path, getPathWithIndex(input, keys)));
  }
  return [...problems.values()];
}

function describe(
  declarations: readonly OptionDeclaration[],
  path: string,
  value: unknown,
): Problem {
  const found = findDeclaration(declarations, path);
  if (found === undefined)
    return {
      path,
      message: `${shown(value)} has the wrong shape`,
      mend: "see `create-hardened-eks schema`",
    };
  const { declaration } = found;
  const words =
    declaration.suggestions ?? declaration.choices?.map((entry) => String(entry.value)) ?? [];
  if (typeof value === "number" && declaration.schema.type === "string")
    return {
      path,
      message: `${shown(value)} is a number`,
      mend: `put it in quotes: "${value}" (${declaration.expects})`,
    };
  const near = typeof value === "string" ? nearest(value, words) : undefined;
  return {
    path,
    message: `${shown(value)} is not valid`,
    mend:
      near === undefined
        ? `give ${declaration.expects}`
        : `did you mean ${near}? (${declaration.expects})`,
  };
}

function nearestPath(declarations: readonly OptionDeclaration[], path: string): string | undefined {
  const generic = path.replace(/^environments\.[^.]+\./, "environments.<name>.");
  const paths = settablePaths(declarations);
  const known = [
    ...new Set([
      ...paths,
      ...paths.flatMap((entry) =>
        entry.split(".").map((_, index, keys) => keys.slice(0, index + 1).join(".")),
      ),
    ]),
  ];
  return nearest(generic, known);
}

function getPathWithIndex(data: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((at, key) => {
    if (Array.isArray(at)) return at[Number(key)];
    return getPath(at, key);
  }, data);
}
