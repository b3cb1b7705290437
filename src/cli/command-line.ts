/** The one command that makes the same repository again. */
import { declarations } from "../features/index.ts";
import type { Config } from "../options/config.ts";
import { fillDefaults } from "../options/defaults.ts";
import { type Data, ENVIRONMENT_ONLY, findDeclaration, getPath } from "../options/paths.ts";

/** Text as one word of a shell. */
export const word = (text: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Settings of nested data as `path=text`, by the declarations on the way. */
function settings(prefix: string, data: unknown): string[] {
  if (data === undefined) return [];
  const found = findDeclaration(declarations, prefix);
  if (found?.below.length === 0) return [`${prefix}=${found.declaration.format(data)}`];
  if (Object.keys(data as Data).length === 0) return [`${prefix}={}`];
  return Object.entries(data as Data).flatMap(([key, value]) =>
    settings(`${prefix}.${key}`, value),
  );
}

/**
 * The shortest command line for a Config, as words.
 * Flags for what differs from the defaults, `--set` for what has no flag.
 */
export function commandWords(directory: string, config: Config): string[] {
  const words = [directory, "--yes"];
  const name = directory.split("/").at(-1) ?? "";
  const plain = fillDefaults(
    declarations,
    { environments: Object.fromEntries(Object.keys(config.environments).map((key) => [key, {}])) },
    name,
  ) as unknown as Data;
  for (const declaration of declarations) {
    const { path, flag } = declaration;
    if (ENVIRONMENT_ONLY.includes(path) || path === "environments" || path.startsWith("network."))
      continue;
    const value = getPath(config, path);
    if (value === undefined || same(value, getPath(plain, path))) continue;
    if (flag === undefined) words.push("--set", `${path}=${declaration.format(value)}`);
    else if (declaration.kind === "toggle") words.push(`--${flag}`);
    else words.push(`--${flag}`, declaration.format(value));
  }
  const names = Object.keys(config.environments);
  const usualNames = declarations.find(({ path }) => path === "environments")?.default as Data;
  if (!same(names, Object.keys(usualNames))) words.push("--environments", names.join(","));
  for (const setting of settings("nodes.groups", config.nodes.groups)) words.push("--set", setting);
  const common: string[] = [];
  for (const path of ["network.egress", "network.vpc"]) {
    const values = Object.values(config.environments).map((entry) => getPath(entry, path));
    const usual = names.map((key) => getPath(plain, `environments.${key}.${path}`));
    if (same(values, usual) || new Set(values).size > 1) continue;
    common.push(path);
    const found = findDeclaration(declarations, path);
    if (found) words.push(`--${found.declaration.flag}`, found.declaration.format(values[0]));
  }
  for (const [environment, entry] of Object.entries(config.environments)) {
    const before = (plain.environments as Data)[environment] as Data;
    for (const setting of settings(`environments.${environment}`, entry)) {
      const path = setting.slice(0, setting.indexOf("=")).split(".").slice(2).join(".");
      if (common.includes(path)) continue;
      // The range of a VPC that exists has no default.
      const isFact = path === "network.cidr" && entry.network.vpc === "existing";
      if (isFact || !same(getPath(entry, path), getPath(before, path)))
        words.push("--set", setting);
    }
  }
  return words;
}

/** The same as one line for a shell. */
export function commandLine(directory: string, config: Config): string {
  return `npx create-hardened-eks ${commandWords(directory, config).map(word).join(" ")}`;
}
