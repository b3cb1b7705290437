/** Puts answers from file, variables, flags and prompts on top of each other: flag > variable > file > default. */
import { nearest } from "../catalog/index.ts";
import type { OptionDeclaration } from "./declare.ts";
import {
  type Data,
  findDeclaration,
  mergeData,
  removePath,
  setPath,
  settablePaths,
} from "./paths.ts";

/** One answer to one declared option. */
export interface Assignment {
  /** Concrete Config path, such as `environments.prod.accountId`. */
  path: string;
  value: unknown;
  /** Where it was said: `--node-size`, `HARDENED_EKS_NODE_SIZE`, `--set nodes.size`. */
  origin: string;
  /** The value is merged into what is there: one label of a map. */
  merged?: true;
}

/** What is wrong with an answer, where, and how to mend it. */
export interface Problem {
  /** Config path. */
  path: string;
  message: string;
  mend: string;
  /** Flag, variable or file that said it. */
  origin?: string;
}

/** Thrown with every problem found in the answers; a usage error. */
export class InvalidConfigError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => `${problem.path}: ${problem.message}`).join("\n"));
    this.name = "InvalidConfigError";
    this.problems = problems;
  }
}

/** Environment variable of an option: `HARDENED_EKS_NODE_SIZE`. */
export function variableName(declaration: OptionDeclaration): string {
  const word = declaration.flag ?? declaration.path.replace(/[A-Z]/g, (c) => `-${c}`);
  return `HARDENED_EKS_${word.replace(/[.-]/g, "_").toUpperCase()}`;
}

/** Reads one answer given as text. Throws `InvalidConfigError` where the text does not parse. */
export function readAnswer(
  declaration: OptionDeclaration,
  text: string,
  origin: string,
): Assignment {
  try {
    return { path: declaration.path, value: declaration.parse(text), origin };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new InvalidConfigError([
      {
        path: declaration.path,
        message: `${JSON.stringify(text)} is not valid`,
        mend: `give ${error.message}`,
        origin,
      },
    ]);
  }
}

/** Reads the answers that environment variables give; unknown `HARDENED_EKS_*` names are an error. */
export function readVariables(
  declarations: readonly OptionDeclaration[],
  environment: Readonly<Record<string, string | undefined>>,
  /** Names that other parts of the tool read. */
  reserved: readonly string[] = [],
): Assignment[] {
  const byName = new Map(
    declarations
      .filter(
        (declaration) => declaration.path !== "accountId" && declaration.path !== "network.cidr",
      )
      .map((declaration) => [variableName(declaration), declaration]),
  );
  const assignments: Assignment[] = [];
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith("HARDENED_EKS_") || text === undefined || reserved.includes(name))
      continue;
    const declaration = byName.get(name);
    if (declaration === undefined) {
      const near = nearest(name, [...byName.keys()]);
      throw new InvalidConfigError([
        {
          path: name,
          message: "no option has this variable",
          mend: near === undefined ? "unset it" : `did you mean ${near}?`,
          origin: name,
        },
      ]);
    }
    // Pipelines export what is not set as empty text.
    if (text !== "") assignments.push(readAnswer(declaration, text, name));
  }
  return assignments;
}

/** Reads `path=value`. Throws `InvalidConfigError` for a path that nothing declares. */
export function readSetting(
  declarations: readonly OptionDeclaration[],
  setting: string,
): Assignment {
  const at = setting.indexOf("=");
  const path = at < 0 ? setting : setting.slice(0, at);
  const text = at < 0 ? "" : setting.slice(at + 1);
  const found = findDeclaration(declarations, path);
  const fail = (message: string, mend: string): never => {
    throw new InvalidConfigError([{ path, message, mend, origin: `--set ${setting}` }]);
  };
  if (at < 0) return fail("has no value", "write --set path=value");
  // A further node group that is as `nodes` says in everything.
  if (text === "{}" && /^(environments\.[^.]+\.)?nodes\.groups\.[^.]+$/.test(path))
    return { path, value: {}, origin: `--set ${setting}` };
  if (found === undefined) {
    const near = nearest(
      path.replace(/^environments\.[^.]+\./, "environments.<name>."),
      settablePaths(declarations),
    );
    return fail(
      "no option has this path",
      near === undefined ? "see `create-hardened-eks options`" : `did you mean ${near}?`,
    );
  }
  if (found.below.length === 0) {
    return { ...readAnswer(found.declaration, text, `--set ${setting}`), path };
  }
  // Below a map of names: labels and namespaces take text, everything deeper is declared by schema only.
  const leaf = found.below.at(-1) as string;
  if (found.declaration.path === "namespaces" && found.below.length === 2 && leaf === "podSecurity")
    return { path, value: text, origin: `--set ${setting}` };
  if (found.declaration.path === "nodes.labels" && found.below.length >= 1)
    return {
      path: path.split(".").slice(0, -found.below.length).join("."),
      value: { [found.below.join(".")]: text },
      origin: `--set ${setting}`,
      merged: true,
    };
  return fail("nothing can be set below this option", `set ${found.declaration.path} itself`);
}

const asData = (value: unknown): Data =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Data) : {};

/** The input with one answer applied on top. */
function applyAssignment(
  declarations: readonly OptionDeclaration[],
  input: Data,
  assignment: Assignment,
): Data {
  const found = findDeclaration(declarations, assignment.path);
  let under = withDefaultNames(declarations, input, assignment.path);
  if (
    found?.declaration.perEnvironment &&
    found.declaration.path === assignment.path &&
    !assignment.merged
  ) {
    // An answer for all environments replaces what a lower layer said for one of them.
    for (const name of Object.keys(asData(under.environments)))
      under = removePathKeepingName(under, name, assignment.path);
  }
  if (found?.declaration.kind === "names" && found.below.length === 0) {
    const path = assignment.path;
    if (path.endsWith("labels")) return setPath(under, path, mergeAt(under, path, assignment));
    const before = asData(under[path]);
    return {
      ...under,
      [path]: Object.fromEntries(
        Object.entries(asData(assignment.value)).map(([name, entry]) => [
          name,
          mergeData(asData(Object.hasOwn(before, name) ? before[name] : {}), asData(entry)),
        ]),
      ),
    };
  }
  return setPath(under, assignment.path, assignment.value);
}

/** `--set environments.prod.…` alone speaks of one of the default environments, it does not replace them. */
function withDefaultNames(
  declarations: readonly OptionDeclaration[],
  input: Data,
  path: string,
): Data {
  const [head, ...below] = path.split(".") as [string, ...string[]];
  const declaration = declarations.find((entry) => entry.path === head && entry.kind === "names");
  return declaration === undefined || below.length === 0 || input[head] !== undefined
    ? input
    : { ...input, [head]: declaration.default };
}

function mergeAt(under: Data, path: string, assignment: Assignment): Data {
  const at = path.split(".").reduce<Data>((data, key) => asData(data[key]), under);
  return assignment.merged ? mergeData(at, asData(assignment.value)) : asData(assignment.value);
}

function removePathKeepingName(input: Data, name: string, path: string): Data {
  const environments = asData(input.environments);
  return {
    ...input,
    environments: { ...environments, [name]: removePath(asData(environments[name]), path) },
  };
}

/** The input with all answers applied in order, the later on top. */
export function applyAssignments(
  declarations: readonly OptionDeclaration[],
  input: Data,
  assignments: readonly Assignment[],
): Data {
  return assignments.reduce(
    (data, assignment) => applyAssignment(declarations, data, assignment),
    input,
  );
}
