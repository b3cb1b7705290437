/** `set k=v…`, `add F…`, `remove F…`: other answers through the same merge. */
import { nearest } from "../../catalog/index.ts";
import { declarations } from "../../features/index.ts";
import { applyAssignments, readAnswer, readSetting } from "../../options/layers.ts";
import { type Data, getPath, removePath, setPath } from "../../options/paths.ts";
import { CliError, EXIT, type ExitCode } from "../exit.ts";
import type { Terminal } from "../terminal.ts";
import { type UpdateFlags, update } from "../update/run.ts";
import { repositoryAt } from "./repository.ts";

export interface ChangeFlags extends UpdateFlags {
  directory?: string;
}

/** Runs `set`. A name is a path of the file, or a flag of create. */
export async function set(
  settings: readonly string[],
  flags: ChangeFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const change = (data: Data): Data =>
    settings.reduce((now, setting) => applySetting(now, setting), data);
  return run(flags, change, terminal);
}

function applySetting(data: Data, setting: string): Data {
  const at = setting.indexOf("=");
  const name = setting.slice(0, at).replace(/^--/, "");
  const byFlag = at < 0 ? undefined : declarations.find(({ flag }) => flag === name);
  const assignment =
    byFlag === undefined
      ? readSetting(declarations, setting)
      : readAnswer(byFlag, setting.slice(at + 1), setting);
  return applyAssignments(declarations, data, [assignment]);
}

const run = async (
  flags: ChangeFlags,
  change: (data: Data) => Data,
  terminal: Terminal,
): Promise<ExitCode> =>
  update(await repositoryAt(flags.directory ?? ".", terminal), flags, change, terminal);

/** Maps of the answers whose names `add` and `remove` reach. */
const MAPS =
  /^(?:environments|namespaces|nodes\.groups|environments\.[^.]+\.nodes\.groups)\.[^.]+$/;

const addons = (): string[] =>
  (declarations.find(({ path }) => path === "addons")?.choices ?? []).map(({ value }) =>
    String(value),
  );

/** The add-on that a word means. Throws `CliError` for one that nothing knows. */
function addonOf(word: string): string {
  const known = addons();
  if (known.includes(word)) return word;
  const close = nearest(word, known);
  throw new CliError(
    `there is no add-on ${word}`,
    EXIT.usage,
    `${close === undefined ? `give one of ${known.join(", ")}` : `did you mean ${close}?`}, or a path such as environments.staging, namespaces.batch or nodes.groups.gpu`,
  );
}

const listOf = (data: Data): string[] => [...((data.addons as string[] | undefined) ?? [])];

/** Runs `add`: add-ons by name, environments, namespaces and node groups by path. */
export async function add(
  words: readonly string[],
  flags: ChangeFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const change = (data: Data): Data =>
    words.reduce<Data>((now, word) => {
      if (MAPS.test(word)) return getPath(now, word) === undefined ? setPath(now, word, {}) : now;
      const list = listOf(now);
      const addon = addonOf(word);
      return list.includes(addon) ? now : setPath(now, "addons", [...list, addon]);
    }, data);
  return run(flags, change, terminal);
}

/** Runs `remove`. What is not there is an error: it would be a spelling that nobody meant. */
export async function remove(
  words: readonly string[],
  flags: ChangeFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const change = (data: Data): Data =>
    words.reduce<Data>((now, word) => {
      const isThere = MAPS.test(word)
        ? getPath(now, word) !== undefined
        : listOf(now).includes(addonOf(word));
      if (!isThere)
        throw new CliError(
          `hardened-eks.yaml has no ${word}`,
          EXIT.usage,
          MAPS.test(word) ? "name one that is there" : `it has ${listOf(now).join(", ") || "none"}`,
        );
      return MAPS.test(word)
        ? removePath(now, word)
        : setPath(
            now,
            "addons",
            listOf(now).filter((entry) => entry !== word),
          );
    }, data);
  return run(flags, change, terminal);
}
