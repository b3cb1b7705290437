/** What pipelines run, whichever CI system they are for. */

import { type GitlabJob, gitlabJobs, gitlabLines, onMergeRequests, variablesOf } from "./gitlab.ts";
import { data, items } from "./kubernetes.ts";
import { blueprintOf, once, perObject } from "./once.ts";
import { type Command, commandsOf, linesOf, onlySays, wordsOf } from "./shell.ts";
import type { Subject, YamlFile } from "./subject.ts";
import type { Place } from "./value.ts";
import {
  actionOf,
  allJobs,
  allSteps,
  type Job,
  type Step,
  started,
  triggersOf,
} from "./workflow.ts";

/** A script that a pipeline runs. */
export interface Script {
  text: string;
  /** `apply-root.yml, job apply`. */
  name: string;
  place(line: number): Place;
  step?: Step;
  job?: GitlabJob;
}

const rowsOf = perObject(({ text }: YamlFile) => text.split("\n"));

/** Where a line of a script in YAML is. */
export function lineIn(file: YamlFile, key: Place, line: number): Place {
  const source = rowsOf(file)[key.line - 1] ?? "";
  return /[|>][+-]?\d?\s*(#.*)?$/.test(source)
    ? { file: file.path, line: key.line + 1 + line }
    : { ...key };
}

/** `run` of every step, and every line of GitLab's jobs. */
export const scriptsOf = once((subject): Script[] => [
  ...allSteps(subject).flatMap((step) =>
    typeof step.step.run === "string" ? [scriptOf(step, step.step.run)] : [],
  ),
  ...gitlabJobs(subject).flatMap((job) =>
    gitlabLines(job).map(({ text, place }) => ({
      text,
      job,
      name: `job ${job.name}`,
      place: (line: number) => lineIn(job.file, place, line),
    })),
  ),
]);

const scriptOf = (step: Step, text: string): Script => ({
  text,
  step,
  name: step.job === undefined ? "the action" : `job ${step.job.name}`,
  place: (line) => lineIn(step.file, step.file.placeOf(...step.path, "run"), line),
});

/** Scripts of the repository that a command runs. */
const calledScripts = (subject: Subject, command: string): string[] =>
  wordsOf(command)
    .map((word) =>
      word.replace(/^\.\//, "").replace(/^\$\{?(GITHUB_WORKSPACE|CI_PROJECT_DIR)\}?\//, ""),
    )
    .filter((word) => shellScripts(subject).includes(word));

/** Whether a file is a shell script: by its first line or its name. */
const isShell = (subject: Subject, path: string): boolean =>
  path.endsWith(".sh") ||
  /^#!.*\b(ba|da|k|z)?sh\b/.test(subject.file(path)?.text.slice(0, 100) ?? "");

/** Shell scripts of the repository. */
export const shellScripts = once((subject): string[] =>
  subject.paths.filter((path) => isShell(subject, path)),
);

/** A command of a pipeline that changes AWS or a cluster. */
export interface Change extends Command {
  script: Script;
  /** It applies the plan that was saved, and nothing else. */
  saved: boolean;
}

const SAVED =
  /^(terraform|tofu)( -chdir=\S+)? apply( -(input=false|no-color|lock-timeout=\w+|compact-warnings))* tfplan$/;
/** Words that make a command one that changes something, or may. */
const CHANGES = new Set([
  "apply",
  "destroy",
  "-auto-approve",
  "--auto-approve",
  "import",
  "force-unlock",
  "taint",
  "untaint",
  "refresh",
]);
const TOOL =
  /(^|[\s/"'])(terraform|tofu|kubectl|helm|terragrunt)(["'\s]|$)|\$\{?(IAC|TF|TERRAFORM)\}?/;
/** Targets of the Makefile that only look. */
const LOOKS = new Set([
  "validate",
  "test",
  "manifests",
  "lint",
  "plan-offline",
  "fmt",
  "check",
  "help",
]);

/** Commands of pipelines that change something, also in the scripts of the repository that they run. */
export const changesOf = once((subject): Change[] => {
  const changes: Change[] = [];
  for (const step of allSteps(subject)) {
    const { file, step: body, path } = step;
    const code = Object.values(data(body.with))
      .filter((value) => typeof value === "string")
      .join("\n");
    const tool = /\b(terraform|tofu)\b.*\b(apply|destroy)\b|-auto-approve/.exec(code)?.[0];
    const action = /(apply|destroy|deploy)[\w-]*$/.test(actionOf(body))
      ? actionOf(body)
      : undefined;
    if (tool !== undefined || action !== undefined)
      changes.push({
        text: tool ?? action ?? "",
        line: 0,
        saved: false,
        script: {
          ...scriptOf(step, code),
          place: () => file.placeOf(...path, tool === undefined ? "uses" : "with"),
        },
      });
  }
  for (const script of scriptsOf(subject))
    for (const command of commandsOf(script.text)) {
      const { text } = command;
      if (onlySays(text)) continue;
      const words = wordsOf(text);
      if (changesSomething(text))
        changes.push({ ...command, script, saved: SAVED.test(words.join(" ")) });
      else if (/^(g?make)$/.test(words[0] ?? "")) {
        const targets = words.slice(1).filter((word) => !/^-|=/.test(word));
        if (targets.some((target) => !LOOKS.has(target)))
          changes.push({ ...command, script, saved: false });
      } else
        for (const path of calledScripts(subject, text))
          if (
            commandsOf(subject.file(path)?.text ?? "").some(
              (each) => !onlySays(each.text) && changesSomething(each.text),
            )
          )
            changes.push({ ...command, script, saved: false });
    }
  return changes;
});

/** What comes after the tool is in a variable: it could be anything. */
const HIDDEN = /^(\S*\/)?(terraform|tofu|\$\{?IAC\}?)( -\S+)* \$/;

const changesSomething = (text: string): boolean =>
  HIDDEN.test(wordsOf(text).join(" ")) ||
  (TOOL.test(text) && wordsOf(text).some((word) => CHANGES.has(word))) ||
  /-auto-approve/.test(text) ||
  /\b(terraform|tofu|\$\{?IAC\}?)\b.*\sstate\s+(rm|mv|push|replace-provider)\b/.test(text) ||
  /\b(eksctl|boto3|botocore)\b/.test(text) ||
  changesAws(wordsOf(text)) ||
  /\bhelm\b.*\s(upgrade|install|uninstall)\b|\bkubectl\b.*\s(create|delete|patch|replace|scale|edit|set)\b/.test(
    text,
  );

/** Verbs of the AWS CLI that only look. */
const AWS_LOOKS =
  /^(describe|get|list|head|lookup|search|simulate|validate|wait|help|ls|filter|test)(-|$)|^(update-kubeconfig|assume-role-with-web-identity|start-session)$/;

/** Whether a command calls AWS for more than to look. */
function changesAws(words: readonly string[]): boolean {
  const at = words.findIndex((word) => /(^|\/)aws$/.test(word));
  if (at === -1) return false;
  const [service, verb] = words
    .slice(at + 1)
    .filter(
      (word, index, all) =>
        !word.startsWith("-") && !/^--(region|profile|output|query)$/.test(all[index - 1] ?? ""),
    );
  return service !== undefined && service !== "--version" && !AWS_LOOKS.test(verb ?? service);
}

/** A variable that a script sees, and where it is set. */
export interface Variable {
  name: string;
  value: string;
  place: Place;
}

/** Variables that a step, its job and its workflow set, or a GitLab job. */
export function variablesFor({ step, job }: Script): Variable[] {
  if (job !== undefined)
    return Object.entries(variablesOf(job)).map(([name, value]) => ({
      name,
      value,
      place: job.placeOf("variables", name),
    }));
  if (step === undefined) return [];
  const { file } = step;
  return [
    { env: data(file.data).env, path: [] },
    { env: step.job?.job.env, path: step.job?.path ?? [] },
    { env: step.step.env, path: step.path },
  ].flatMap(({ env, path }) =>
    Object.entries(data(env)).map(([name, value]) => ({
      name,
      value: String(value),
      place: file.placeOf(...path, "env", name),
    })),
  );
}

export { commandsOf, linesOf, onlySays, wordsOf };

/** Roots that pipelines apply, with the protected environment of each. */
export function stagesOf(subject: Subject): { root: string; environment: string }[] {
  if (subject.config !== undefined) return blueprintOf(subject.config).pipelines.stages;
  return subject.roots
    .filter(({ kind }) => kind === "environment" || kind === "account")
    .map(({ path, name }) => ({ root: path, environment: name }));
}

/** Paths of the roots that are there. */
export const rootPaths = (subject: Subject): string[] => [
  ...new Set(subject.roots.filter(({ kind }) => kind !== "other").map(({ path }) => path)),
];

/** Whether a text names a path as a whole word. */
export const names = (text: string, path: string): boolean =>
  text.split(/[\s"',[\]=;]+/).some((word) => word.replace(/\/$/, "") === path);

/** A job that changes AWS: it applies, or holds the role that may. */
export interface ApplyJob {
  name: string;
  place: Place;
  github?: Job;
  gitlab?: GitlabJob;
}

/** The roles that GitLab's script makes of its variables. */
export function gitlabRole(job: GitlabJob): string | undefined {
  const line = gitlabLines(job).find(({ text }) => /AWS_ROLE_ARN=/.test(text));
  if (line === undefined) return undefined;
  const variables = variablesOf(job);
  return /AWS_ROLE_ARN=["']?([^"'\s]+)/
    .exec(line.text)?.[1]
    ?.replaceAll(/\$\{?(\w+)\}?/g, (whole, name: string) => variables[name] ?? whole);
}

/** Every job that applies or may. */
export function applyJobs(subject: Subject): ApplyJob[] {
  const changes = changesOf(subject);
  const github = allJobs(subject)
    .filter(
      ({ file, name, job }) =>
        changes.some(
          ({ script: { step } }) => step?.job?.file === file && step.job.name === name,
        ) ||
        items(job.steps).some((step) =>
          /-ci-apply\b/.test(String(data(data(step).with)["role-to-assume"])),
        ),
    )
    .map((job) => ({ name: job.name, github: job, place: job.file.placeOf(...job.path) }));
  const gitlab = gitlabJobs(subject)
    .filter(
      (job) =>
        changes.some(({ script }) => script.job?.name === job.name) ||
        /-ci-apply$/.test(gitlabRole(job) ?? ""),
    )
    .map((job) => ({ name: job.name, gitlab: job, place: job.placeOf("script") }));
  return [...github, ...gitlab];
}

/** A script that every pull request runs, whatever it changes: nothing skips it, and its failure counts. */
export function pullRequestScripts(subject: Subject): Script[] {
  const files = started(subject, "pull_request").filter((file) => {
    const settings = data(triggersOf(file).pull_request);
    return Object.keys(settings).every((key) => key === "branches");
  });
  const always = (part: Record<string, unknown>): boolean =>
    part.if === undefined && String(part["continue-on-error"] ?? false) === "false";
  return scriptsOf(subject).filter(({ step, job }) =>
    step !== undefined
      ? files.includes(step.file) &&
        always(step.step) &&
        step.job !== undefined &&
        always(step.job.job)
      : job !== undefined && onMergeRequests(job) && job.job.allow_failure !== true,
  );
}

/** Recipes of a Makefile's targets. */
export function recipeOf(
  makefile: string,
  target: string,
): { text: string; line: number } | undefined {
  const lines = makefile.split("\n");
  const line = lines.findLastIndex((each) => new RegExp(`^${target}\\s*:(?!=)`).test(each));
  if (line < 0) return undefined;
  const rest = lines.slice(line + 1);
  const end = rest.findIndex((each) => !each.startsWith("\t") && each.trim() !== "");
  return { text: rest.slice(0, end < 0 ? undefined : end).join("\n"), line: line + 1 };
}

/** Words of the matrix of a job that runs a script: the roots among them. */
export function matrixTextOf({ step, job }: Script): string {
  if (job !== undefined)
    return JSON.stringify([items(data(job.job.parallel).matrix), variablesOf(job)]);
  const matrix = { ...data(data(step?.job?.job.strategy).matrix) };
  return JSON.stringify(matrix.exclude === undefined ? matrix : {});
}
