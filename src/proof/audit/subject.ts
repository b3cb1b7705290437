/** A repository on disk as the subject of an audit. */
import { checkWhole } from "../../blueprint/check.ts";
import { blueprintOf } from "../../controls/evidence/once.ts";
import { GUARDED } from "../../controls/evidence/shipped-blocks.ts";
import type { Overlay, Subject, YamlFile } from "../../controls/evidence/subject.ts";
import type { Place } from "../../controls/evidence/value.ts";
import { declarations } from "../../features/index.ts";
import type { Config } from "../../options/config.ts";
import { fillDefaults } from "../../options/defaults.ts";
import { type Data, withoutNothing } from "../../options/paths.ts";
import { renderSome } from "../../render/render.ts";
import { parseFiles } from "../terraform/files.ts";
import { type Evaluated, evaluateRoots } from "../terraform/roots.ts";
import { overlayBuilder } from "./kustomize.ts";
import type { RepositoryTree } from "./tree.ts";
import { readYaml } from "./yaml.ts";

/** What is wrong with the files themselves. */
export interface SubjectProblem {
  place: Place;
  message: string;
}

/** Reads everything that a Control may ask for. */
export async function readSubject(
  tree: RepositoryTree,
  today: string,
): Promise<{
  subject: Subject;
  problems: SubjectProblem[];
  withVariables: Evaluated["withVariables"];
}> {
  const problems: SubjectProblem[] = [];
  const { config, ...rest } = readConfig(tree, today);
  if (rest.problem !== undefined) problems.push(rest.problem);

  const parsed = await parseFiles(tree.paths, tree.read);
  const evaluated = evaluateRoots(parsed, tree.read, Object.keys(config?.environments ?? {}));
  for (const { file, at, message } of evaluated.problems)
    problems.push({ place: { file, ...at }, message });

  const yamlFile = (path: string): YamlFile | undefined => {
    const text = tree.read(path);
    if (text === undefined) return undefined;
    const { documents, problems: found } = readYaml(path, text);
    problems.push(...found);
    const [first] = documents;
    return first === undefined
      ? undefined
      : { path, text, data: first.data, placeOf: first.placeOf };
  };
  const yamlFiles = (pattern: RegExp): YamlFile[] =>
    tree.paths.filter((path) => pattern.test(path)).flatMap((path) => yamlFile(path) ?? []);

  const folders = new Set(
    tree.paths.flatMap((path) => /^kubernetes\/overlays\/[^/]+(?=\/)/.exec(path)?.[0] ?? []),
  );
  const build = overlayBuilder(tree.read, problems);
  const overlays = [...folders].flatMap((path) => build(path) ?? []);
  const engine: Overlay | undefined = build("kubernetes/engine");
  const engineValues = yamlFile("kubernetes/engine/values.yaml");
  const gitlab = yamlFile(".gitlab-ci.yml");
  let shipped: ReadonlyMap<string, string> | undefined;
  const subject: Subject = {
    from: "repository",
    ...(config === undefined ? {} : { config }),
    roots: evaluated.roots,
    modules: evaluated.modules,
    overlays,
    engine: engine?.manifests ?? [],
    engineUnresolved: engine?.unresolved ?? [],
    ...(engineValues === undefined ? {} : { engineValues }),
    workflows: yamlFiles(/^\.github\/workflows\/[^/]+\.ya?ml$/),
    actions: yamlFiles(/^\.github\/actions\/.+\/action\.ya?ml$/),
    ...(gitlab === undefined ? {} : { gitlab }),
    paths: tree.paths,
    file: (path) => {
      const text = tree.read(path);
      return text === undefined ? undefined : { path, text };
    },
    shipped: () => {
      shipped ??= config === undefined ? new Map() : shippedFor(config);
      return shipped;
    },
    yaml: (text, path = "") => {
      const { documents, problems: found } = readYaml(path, text);
      if (found.length > 0) return undefined;
      return documents.map(({ data, placeOf }) => ({ path, text, data, placeOf }));
    },
  };
  problems.push(...tree.problems);
  return { subject, problems, withVariables: evaluated.withVariables };
}

/** What guards something by what it does, and not by what it says. */
const GUARDS =
  /^(scripts\/|\.github\/|\.gitlab-ci\.yml$|Makefile$|kubernetes\/engine\/|renovate\.json$|\.pre-commit-config\.yaml$|\.tflint\.hcl$|\.yamllint$|trivy\.yaml$|\.gitattributes$|\.gitignore$|CODEOWNERS$)/;

const isGuard = (path: string): boolean => GUARDS.test(path) || GUARDED.test(path);

const shippedFor = (config: Config): ReadonlyMap<string, string> =>
  new Map(
    [...renderSome(config, blueprintOf(config), isGuard)].map(([path, { contents }]) => [
      path,
      contents,
    ]),
  );

const FILE = "hardened-eks.yaml";

function readConfig(
  tree: RepositoryTree,
  today: string,
): { config?: Config; problem?: SubjectProblem } {
  const text = tree.read(FILE);
  if (text === undefined)
    return {
      problem: {
        place: { file: FILE, line: 1 },
        message: `${FILE} is missing: without the answers no Control can tell what does not apply`,
      },
    };
  const { documents, problems } = readYaml(FILE, text);
  const [problem] = problems;
  if (problem !== undefined) return { problem };
  const [document] = documents;
  const data = document?.data;
  if (typeof data !== "object" || data === null || Array.isArray(data))
    return {
      problem: { place: { file: FILE, line: 1 }, message: `${FILE} holds no map of answers` },
    };
  try {
    const config = fillDefaults(declarations, withoutNothing(data as Data), "unnamed");
    const [wrong] = checkWhole(config, today).problems;
    if (wrong === undefined) return { config };
    return {
      problem: {
        place: document?.placeOf(...wrong.path.split(".")) ?? { file: FILE, line: 1 },
        message: `${wrong.path}: ${wrong.message}`,
      },
    };
  } catch (error) {
    return { problem: { place: { file: FILE, line: 1 }, message: (error as Error).message } };
  }
}
