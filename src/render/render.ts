/** Blueprint to FileTree: a pure function of its arguments and the compiled templates. */
import { needsMirror } from "../blueprint/files.ts";
import type { Blueprint, FileSpec } from "../blueprint/types.ts";
import { actionPin } from "../catalog/index.ts";
import { postureDocument, postureOf } from "../controls/posture.ts";
import type { Config } from "../options/config.ts";
import { renderConfigFile } from "./config-file.ts";
import { RenderError } from "./helpers.ts";
import { opentofu, terraform } from "./targets/hcl.ts";
import type { Target } from "./targets/target.ts";
import { type Program, runTemplate } from "./template.ts";
import { templates, templatesDigest } from "./templates.generated.js";
import type { FileTree, TreeFile } from "./tree.ts";

const targets: Record<Config["iac"], Target> = { terraform, opentofu };

/** Keys of the actions that workflow templates may use. */
const ACTIONS = {
  checkout: "actions/checkout",
  configureAwsCredentials: "aws-actions/configure-aws-credentials",
  uploadArtifact: "actions/upload-artifact",
  downloadArtifact: "actions/download-artifact",
  githubScript: "actions/github-script",
  cache: "actions/cache",
  setupPython: "actions/setup-python",
} as const;

function actionsFor(target: Target): Record<string, { uses: string; version: string }> {
  return Object.fromEntries(
    Object.entries({ ...ACTIONS, setupTool: target.setupAction }).map(([key, action]) => {
      const pin = actionPin(action);
      return [key, { uses: `${action}@${pin.sha}`, version: pin.version }];
    }),
  );
}

/** Answers as presence, for templates that say one thing or the other: `choices.identity.irsa`. */
function choicesOf(config: Config, blueprint: Blueprint): Record<string, Record<string, true>> {
  const present = (...words: readonly string[]): Record<string, true> =>
    Object.fromEntries(words.map((word) => [word, true]));
  const { environments } = blueprint;
  return {
    ci: present(config.ci),
    identity: present(config.identity),
    state: present(config.state.backend),
    target: present(config.iac),
    endpoint: present(
      ...environments.map(({ controlPlane }) =>
        controlPlane.publicEndpoint ? "restricted" : "private",
      ),
    ),
    vpc: present(...environments.map(({ network }) => network.kind)),
    egress: present(...environments.map(({ network }) => network.egress)),
    mirror: present(...(needsMirror(blueprint) ? ["engine"] : [])),
    os: present(
      ...environments.flatMap(({ nodeGroups }) => nodeGroups.map((group) => group.operatingSystem)),
    ),
  };
}

/** Features as a template tests them. */
function presence(ids: readonly string[], { project }: Blueprint): Record<string, true> {
  return Object.fromEntries([
    ...ids.map((id) => [id, true]),
    ...(project.awsProviderMajor === 6 ? [["deletionProtection", true]] : []),
  ]);
}

/** The instances that a placeholder in a path stands for, with what the template sees of each. */
function instancesOf(
  blueprint: Blueprint,
  path: string,
  only: readonly string[] | undefined,
): { path: string; extra: object }[] {
  const wanted = ({ name }: { name: string }): boolean => only === undefined || only.includes(name);
  if (path.includes("__environment__"))
    return blueprint.environments.filter(wanted).map((environment) => ({
      path: path.replaceAll("__environment__", environment.name),
      extra: {
        environment,
        features: presence(environment.features, blueprint),
        account: blueprint.accounts.find((entry) => entry.name === environment.account),
      },
    }));
  if (path.includes("__account__"))
    return blueprint.accounts.filter(wanted).map((account) => ({
      path: path.replaceAll("__account__", account.name),
      extra: { account },
    }));
  if (path.includes("__namespace__"))
    return blueprint.platform.namespaces.map((namespace) => ({
      path: path.replaceAll("__namespace__", namespace.name),
      extra: { namespace },
    }));
  return [{ path, extra: {} }];
}

/** Digest of all templates: the same digest and Config give the same files. */
export const TEMPLATES_DIGEST: string = templatesDigest;

/** Names of all compiled templates. */
export const templateNames = (): string[] => Object.keys(templates());

/** Template names and target paths that one entry of the list means. */
function expand(spec: FileSpec): { template: string; path: string }[] {
  if (!spec.template.endsWith("/")) {
    if (templates()[spec.template] === undefined)
      throw new RenderError(`no template ${spec.template}`);
    return [spec];
  }
  const left = (name: string): boolean =>
    (spec.except ?? []).some((entry) =>
      entry.endsWith("/") ? name.startsWith(entry) : name === entry,
    );
  return templateNames()
    .filter((name) => name.startsWith(spec.template))
    .map((name) => ({ template: name, below: name.slice(spec.template.length) }))
    .filter(({ below }) => !left(below))
    .map(({ template, below }) => ({
      template,
      path: (spec.path + below).replace(/(^|\/)dot-/g, "$1."),
    }));
}

function contentsOf(name: string, body: string | Program, context: object): string {
  if (typeof body === "string") return body;
  try {
    return runTemplate(body, context);
  } catch (error) {
    throw new RenderError(`${name}: ${(error as Error).message}`, { cause: error });
  }
}

/** The posture as documents say it; Controls speak of the file of answers, which a repository that leaves has not. */
function documentOf(config: Config, blueprint: Blueprint): ReturnType<typeof postureDocument> {
  const document = postureDocument(postureOf(config, blueprint));
  return blueprint.product
    ? document
    : JSON.parse(JSON.stringify(document).replaceAll("hardened-eks.yaml", "the answers"));
}

/** Renders the files whose paths are wanted, of those that say nothing about the posture: one of these throws `RenderError`. */
export const renderSome = (
  config: Config,
  blueprint: Blueprint,
  isWanted: (path: string) => boolean,
): FileTree => renderTemplates(config, blueprint, {}, isWanted);

function renderTemplates(
  config: Config,
  blueprint: Blueprint,
  documents: object,
  isWanted: (path: string) => boolean = () => true,
): Map<string, TreeFile> {
  const target = targets[config.iac];
  const base = {
    blueprint,
    target,
    actions: actionsFor(target),
    choices: choicesOf(config, blueprint),
    features: presence(blueprint.features, blueprint),
    ...documents,
  };
  const files = new Map<string, TreeFile>();
  for (const spec of [...blueprint.files, ...target.files(blueprint)]) {
    for (const { template: name, path: pattern } of expand(spec)) {
      const { body, executable } = templates()[name] as ReturnType<typeof templates>[string];
      for (const { path, extra } of instancesOf(blueprint, pattern, spec.only)) {
        if (!isWanted(path)) continue;
        if (files.has(path)) throw new RenderError(`${name}: ${path} is already there`);
        files.set(path, {
          contents: contentsOf(name, body, { ...base, ...extra }),
          mode: executable ? 0o755 : 0o644,
          owner: spec.owner,
          template: name,
        });
      }
    }
  }
  return files;
}

/**
 * Renders the whole repository.
 * Throws `RenderError` where a template asks for what the Blueprint does not have, or two specs want one path.
 */
export function renderRepository(config: Config, blueprint: Blueprint): FileTree {
  const files = renderTemplates(config, blueprint, { posture: documentOf(config, blueprint) });
  files.set("hardened-eks.yaml", {
    contents: renderConfigFile(config),
    mode: 0o644,
    owner: "user",
  });
  files.set(".hardened-eks/schema.json", {
    // Made by the build: the schema is the same for every repository.
    contents: templates()["hardened-eks.schema.json"]?.body as string,
    mode: 0o644,
    owner: "managed",
    template: "hardened-eks.schema.json",
  });
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}
