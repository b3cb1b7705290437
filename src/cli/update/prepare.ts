/** From a repository's own answers, and what is to change in them, to what it becomes. */
import { basename } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { buildBlueprint } from "../../blueprint/build.ts";
import { checkWhole } from "../../blueprint/check.ts";
import type { Blueprint } from "../../blueprint/types.ts";
import { declarations } from "../../features/index.ts";
import { parseAnswers } from "../../lifecycle/answers.ts";
import { migrateConfig, migrations, migrationsSince } from "../../lifecycle/migrations/index.ts";
import type { Migration } from "../../lifecycle/migrations/migration.ts";
import { ANSWERS } from "../../lifecycle/paths.ts";
import { readText, type State } from "../../lifecycle/state.ts";
import type { Target } from "../../lifecycle/update.ts";
import type { Config } from "../../options/config.ts";
import { fillDefaults } from "../../options/defaults.ts";
import { InvalidConfigError, type Problem } from "../../options/layers.ts";
import { type Data, isData, withoutNothing } from "../../options/paths.ts";
import { checkSchema } from "../../options/validate.ts";
import { renderRepository } from "../../render/render.ts";
import { UpdateError } from "../../workspace/journal/error.ts";
import { maker } from "../maker.ts";
import type { Terminal } from "../terminal.ts";

/** What an update needs to know before it looks at any file. */
export interface Prepared {
  target: Target;
  migrations: Migration[];
  warnings: readonly Problem[];
  blueprint: Blueprint;
  /** The last render; absent where its answers cannot be read. */
  last: Plan | undefined;
}

/** Answers that the file does not give, as they are now: a later version's defaults do not change them. */
function pinned(said: Data, full: Data, before: Data): Data {
  const result: Data = { ...said };
  for (const [key, value] of Object.entries(full)) {
    if (key === "environments") {
      const entries = isData(said.environments) ? said.environments : {};
      const old = isData(before.environments) ? before.environments : {};
      result.environments = Object.fromEntries(
        Object.entries(value as Data).map(([name, entry]) => [
          name,
          // What one environment says differently is its user's choice, and stays as short as it was written.
          Object.hasOwn(old, name) && isData(entries[name]) ? entries[name] : entry,
        ]),
      );
    } else if (!Object.hasOwn(said, key) || said[key] === null) result[key] = value;
    else if (isData(said[key]) && isData(value) && key !== "namespaces" && key !== "exceptions")
      result[key] = pinned(said[key] as Data, value, {});
  }
  return result;
}

/** The Config that a file of answers means. Throws `InvalidConfigError`. */
function configOf(data: Data, directory: string): Config {
  const input = withoutNothing(data);
  const problems = checkSchema(declarations, input);
  if (problems.length > 0)
    throw new InvalidConfigError(problems.map((problem) => ({ ...problem, origin: ANSWERS })));
  return fillDefaults(declarations, input, basename(directory));
}

/** What was, or is to be. */
interface Plan {
  config: Config;
  blueprint: Blueprint;
}

/** What answers become. Throws `InvalidConfigError` where they do not hold together. */
function renderOf(data: Data, directory: string, today: string) {
  const config = configOf(data, directory);
  const { problems, warnings } = checkWhole(config, today);
  if (problems.length > 0) throw new InvalidConfigError(problems);
  const blueprint = buildBlueprint(config);
  return { config, warnings, blueprint, tree: renderRepository(config, blueprint) };
}

/** The target where the lock cannot be read: from the answers alone. Throws `UpdateError` or `InvalidConfigError`. */
export function targetFrom(directory: string, { today }: Pick<Terminal, "today">): Target {
  const answers = readText(directory, ANSWERS);
  if (answers === undefined)
    throw new UpdateError(
      `${directory} has no ${ANSWERS}`,
      "name the directory of a repository that create-hardened-eks made",
    );
  const data = parseAnswers(answers, ANSWERS);
  const { config, tree } = renderOf(migrateConfig(data, migrations), directory, today);
  return { tree, config, answers, maker: maker() };
}

/**
 * What the last render was made of; answers in it that nobody can read any more only make the report say less.
 *
 * @param now the answers of the file, those that are wanted, and what they make: mostly the same again
 */
function lastOf(
  state: State,
  directory: string,
  since: readonly Migration[],
  now: { migrated: Data; wanted: Data; plan: Plan },
): Plan | undefined {
  const text = state.base.get(ANSWERS)?.contents.toString("utf8");
  if (text === undefined) return undefined;
  try {
    const data =
      text === state.answers ? now.migrated : migrateConfig(parseAnswers(text, ANSWERS), since);
    if (isDeepStrictEqual(withoutNothing(data), now.wanted)) return now.plan;
    const config = configOf(data, directory);
    return { config, blueprint: buildBlueprint(config) };
  } catch {
    return undefined;
  }
}

/**
 * Renders what the repository becomes.
 *
 * @param change what the command changes in the answers
 * @throws InvalidConfigError where the answers do not hold together; UpdateError where they cannot be read
 */
export async function prepare(
  directory: string,
  state: State,
  change: (data: Data) => Data,
  { today }: Pick<Terminal, "today">,
): Promise<Prepared> {
  const since = migrationsSince(state.lock.version);
  const data = parseAnswers(state.answers, ANSWERS);
  const migrated = migrateConfig(data, since);
  const said = withoutNothing(migrated);
  const wanted = change(said);
  const { config, tree, blueprint, warnings } = renderOf(wanted, directory, today);
  const full = config as unknown as Data;
  const isChanged = !isDeepStrictEqual(wanted, said);
  const next = pinned(isChanged ? wanted : migrated, full, migrated);
  let { answers } = state;
  if (!isDeepStrictEqual(next, data)) {
    const { editAnswers } = await import("../../lifecycle/edit-answers.ts");
    answers = editAnswers(answers, ANSWERS, next, full);
  }
  return {
    target: { tree, config, answers, maker: maker() },
    migrations: since,
    warnings,
    blueprint,
    last: lastOf(state, directory, since, { migrated, wanted, plan: { config, blueprint } }),
  };
}
