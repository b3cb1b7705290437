/** The roots of a repository, evaluated: each with the values that its own files give. */
import type { ModuleFacts, RootKind, TerraformRoot } from "../../controls/evidence/subject.ts";
import type { Place, Resource } from "../../controls/evidence/value.ts";
import { evaluateSafely, type Scope } from "./evaluate.ts";
import type { ReadFile } from "./functions.ts";
import { ModuleInstance, type ModuleSource, type World } from "./module.ts";
import { mergeFiles } from "./source.ts";
import type { Attribute, Expression, ParsedFile, SyntaxProblem } from "./syntax.ts";

const directoryOf = (path: string): string => {
  const at = path.lastIndexOf("/");
  return at === -1 ? "." : path.slice(0, at);
};
const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** What the Terraform of a repository comes to. */
export interface Evaluated {
  roots: TerraformRoot[];
  modules: ModuleFacts[];
  problems: SyntaxProblem[];
  /** One root with values for its variables, as a plan names them. */
  withVariables(path: string, values: Readonly<Record<string, unknown>>): TerraformRoot | undefined;
}

/**
 * Evaluates every root. `files` are the configuration and tfvars files by their path; each root is taken as it
 * stands, and once more with each tfvars file that terraform does not read by itself.
 */
export function evaluateRoots(
  files: ReadonlyMap<string, ParsedFile>,
  read: ReadFile,
  environmentNames: readonly string[] = [],
): Evaluated {
  const problems: SyntaxProblem[] = [];
  const byDirectory = new Map<string, { file: string; parsed: ParsedFile }[]>();
  const values = new Map<string, Map<string, ParsedFile>>();
  for (const [file, parsed] of files) {
    const directory = directoryOf(file);
    if (/\.tfvars(\.json)?$/.test(file)) {
      problems.push(...parsed.problems);
      values.set(directory, (values.get(directory) ?? new Map()).set(nameOf(file), parsed));
    } else byDirectory.set(directory, [...(byDirectory.get(directory) ?? []), { file, parsed }]);
  }
  const sources = new Map<string, ModuleSource>();
  for (const [directory, parts] of byDirectory) {
    const { source, problems: found } = mergeFiles(directory, parts);
    sources.set(directory, source);
    problems.push(...found);
  }
  const world: World = { source: (path) => sources.get(path), read };
  const roots: TerraformRoot[] = [];
  const modules: ModuleFacts[] = [];
  for (const [path, source] of sources) {
    if (!isRoot(source)) {
      modules.push(moduleFacts(source, world));
      continue;
    }
    modules.push(moduleFacts(source, world));
    const given = values.get(path) ?? new Map<string, ParsedFile>();
    const automatic = [...given]
      .filter(([name]) => /^terraform\.tfvars(\.json)?$|\.auto\.tfvars(\.json)?$/.test(name))
      .sort(([a], [b]) => order(a) - order(b) || (a < b ? -1 : 1))
      .map(([, parsed]) => parsed);
    const named = [...given].filter(
      ([name]) => !/^terraform\.tfvars(\.json)?$|\.auto\.tfvars(\.json)?$/.test(name),
    );
    // What is bootstrapped once per account is never planned without the account's file.
    const scenarios =
      path === "bootstrap" && named.length > 0 && lacksValues(source, automatic)
        ? named
        : [undefined, ...named];
    for (const scenario of scenarios) {
      const sets = [...automatic, ...(scenario === undefined ? [] : [scenario[1]])];
      const root = evaluateRoot(world, source, sets, environmentNames);
      roots.push(scenario === undefined ? root : { ...root, values: scenario[0] });
    }
  }
  return {
    roots,
    modules,
    problems,
    withVariables: (path, given) => {
      const source = sources.get(path);
      if (source === undefined) return undefined;
      const attributes = Object.entries(given).map(([name, value]): [string, Attribute] => [
        name,
        { name, value: constant(value), file: path, at: { line: 1, column: 1 } },
      ]);
      const parsed = { body: { attributes: new Map(attributes), blocks: [] }, problems: [] };
      return evaluateRoot(world, source, [parsed], environmentNames);
    },
  };
}

/** Data as an expression; a string in it is no template. */
function constant(value: unknown): Expression {
  if (Array.isArray(value)) return { kind: "tuple", items: value.map(constant) };
  if (typeof value === "object" && value !== null)
    return {
      kind: "object",
      items: Object.entries(value).map(([key, each]) => ({
        key: { kind: "literal", value: key },
        value: constant(each),
        at: { line: 1, column: 1 },
      })),
    };
  return { kind: "literal", value: (value ?? null) as string | number | boolean | null };
}

/** Whether a variable has no value as the root stands. */
const lacksValues = ({ variables }: ModuleSource, given: readonly ParsedFile[]): boolean =>
  [...variables].some(
    ([name, { body }]) =>
      !body.attributes.has("default") && !given.some((file) => file.body.attributes.has(name)),
  );

/** terraform.tfvars comes before the automatic ones, which win. */
const order = (name: string): number => (name.startsWith("terraform.tfvars") ? 0 : 1);

/** A module has neither backend nor provider, and is called. */
const isRoot = (source: ModuleSource): boolean =>
  source.providers.some(
    (block) => block.body.attributes.has("region") || block.labels[0] === "aws",
  ) ||
  source.settings.some(({ body }) =>
    body.blocks.some(({ type }) => type === "backend" || type === "cloud"),
  ) ||
  /^(environments|accounts)\/[^/]+$|^bootstrap$/.test(source.path);

function evaluateRoot(
  world: World,
  source: ModuleSource,
  sets: readonly ParsedFile[],
  environmentNames: readonly string[],
): TerraformRoot {
  const bare: Scope = {
    resolve: () => undefined,
    read: world.read,
    locals: new Map(),
    file: source.path,
  };
  const given = new Map<string, { value: Attribute["value"]; scope: Scope; place: Place }>();
  for (const { body } of sets)
    for (const [name, { value, file, at }] of body.attributes)
      given.set(name, { value, scope: { ...bare, file }, place: { file, ...at } });
  const instance = new ModuleInstance(world, source, source.path, given);
  const resources = [...instance.resources()];
  const [anyBlock] = [...source.settings, ...source.providers, ...source.calls.values()];
  const place: Place =
    anyBlock === undefined
      ? { file: source.path, line: 1 }
      : { file: anyBlock.file, ...anyBlock.at };
  return {
    path: source.path,
    kind: kindOf(source.path, resources, environmentNames),
    name: nameOf(source.path),
    place,
    resources,
    settings: [...instance.settings(), ...instance.calls()],
  };
}

/** By its folder, and where that says nothing by what it makes. */
export function kindOf(
  path: string,
  resources: readonly Resource[],
  environmentNames: readonly string[],
): RootKind {
  const [head = "", name = ""] = path.split("/");
  if (head === "environments" || environmentNames.includes(name)) {
    if (head !== "accounts") return "environment";
  }
  if (head === "accounts") return "account";
  if (head === "bootstrap") return "bootstrap";
  const makes = (type: string): boolean => resources.some((resource) => resource.type === type);
  if (makes("aws_eks_cluster")) return "environment";
  if (makes("aws_guardduty_detector_feature")) return "account";
  return "other";
}

function moduleFacts(source: ModuleSource, world: World): ModuleFacts {
  const scope: Scope = {
    resolve: () => undefined,
    read: world.read,
    locals: new Map(),
    file: source.path,
  };
  const instance = new ModuleInstance(world, source, source.path, new Map());
  return {
    path: source.path,
    resources: () => [...instance.resources()],
    variables: [...source.variables].map(([name, block]) => {
      const constant = (key: string) => {
        const found = block.body.attributes.get(key);
        return found === undefined
          ? undefined
          : evaluateSafely(found.value, { ...scope, file: found.file });
      };
      return {
        name,
        place: { file: block.file, ...block.at },
        sensitive: constant("sensitive"),
        fallback: constant("default"),
      };
    }),
    calls: [...instance.calls()].filter(({ address }) => !address.includes(".module.")),
  };
}
