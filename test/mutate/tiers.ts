/** The tiers of the proof, and other people's tools, over one mutant. */
import { join } from "node:path";
import { execa } from "execa";
import { auditPlan } from "../../src/proof/audit/index.ts";
import { type Check, type PlanJson, validateFull, validateInstant } from "../../src/proof/index.ts";
import { auditFiles } from "../support/mutants.ts";

/** A mutant on disk and in memory. */
export interface Subject {
  directory: string;
  /** The same repository, untouched. */
  untouched: string;
  files: ReadonlyMap<string, string>;
  /** Paths that the mutant changed. */
  changed: readonly string[];
}

/** What found something, by column; nothing where a column is missing. */
export type Verdicts = Partial<Record<ColumnId, string>>;

export const COLUMNS = [
  { id: "schema", title: "`validate`" },
  { id: "audit", title: "`audit`" },
  { id: "mock-test", title: "`terraform test`, mocked" },
  { id: "workflows", title: "actionlint, zizmor" },
  { id: "test", title: "`terraform test`, real", slow: true },
  { id: "plan", title: "`audit --plan`", slow: true },
  { id: "terraform-validate", title: "plain `terraform validate`", slow: true, peer: true },
  { id: "checkov", title: "checkov", slow: true, peer: true },
  { id: "tflint", title: "tflint", slow: true, peer: true },
] as const;
export type ColumnId = (typeof COLUMNS)[number]["id"];

export interface Tier {
  /** Needs the real provider, or many seconds. */
  slow?: true;
  columns: readonly ColumnId[];
  /** Whether it looks at files like these. */
  concerns(path: string): boolean;
  run(subject: Subject): Promise<Verdicts>;
}

const TODAY = "2026-11-24";
const isTerraform = (path: string): boolean => /\.(tf|tfvars|hcl|toml|mime)$/.test(path);
const isWorkflow = (path: string): boolean => path.startsWith(".github/");

const directoryOf = (path: string): string =>
  path.slice(0, Math.max(0, path.lastIndexOf("/"))).replace(/\/(tests|user-data)$/, "");
/** Terraform directories that the change is in. */
const terraformDirectories = ({ changed }: Subject): string[] => [
  ...new Set(changed.filter(isTerraform).map(directoryOf)),
];
const withTests = ({ files }: Subject, directories: readonly string[]): string[] =>
  directories.filter((directory) =>
    [...files.keys()].some((path) => path.startsWith(`${directory}/tests/`)),
  );

/** A root that uses the directory: what a plan of it shows. */
function rootsOf({ files }: Subject, directories: readonly string[]): string[] {
  const roots = new Set(directories.filter((path) => !path.startsWith("modules/")));
  for (const directory of directories) {
    if (!directory.startsWith("modules/")) continue;
    const kind = /ci-identity|state-backend/.test(directory)
      ? "bootstrap"
      : /account-baseline|break-glass|guardduty/.test(directory)
        ? "accounts/prod"
        : "environments/prod";
    if ([...files.keys()].some((path) => path.startsWith(`${kind}/`))) roots.add(kind);
  }
  return [...roots];
}

const firstFailure = (checks: readonly Check[], step: RegExp): string | undefined =>
  checks
    .filter(({ id, status }) => step.test(id) && status === "failed")
    .flatMap(({ findings }) => findings)
    .find(({ severity }) => severity === "error")?.message;

const verdicts = (found: Partial<Record<ColumnId, string | undefined>>): Verdicts =>
  Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as Verdicts;

const baselines = new Map<string, Promise<ReadonlySet<string>>>();

async function lines(cwd: string, command: string, args: readonly string[]): Promise<string[]> {
  const { all, exitCode, code } = await execa(command, args, { cwd, reject: false, all: true });
  // A tool that is missing finds nothing, which would read as if there were nothing to find.
  if (exitCode === undefined) throw new Error(`${command} cannot be run (${code})`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
  return all.replaceAll(/\u001b\[[0-9;]*m/g, "").split("\n");
}

/**
 * The first line that a tool prints of the mutant and not of the untouched repository. Line numbers move with an edit,
 * so they do not count.
 */
async function news(
  { directory, untouched }: Subject,
  below: string,
  command: string,
  args: readonly string[],
  keep: RegExp,
): Promise<string | undefined> {
  const plain = (line: string): string => line.replaceAll(/\d+/g, "N");
  const key = `${command} ${untouched} ${below}`;
  let known = baselines.get(key);
  if (known === undefined) {
    known = lines(join(untouched, below), command, args).then(
      (all) => new Set(all.filter((line) => keep.test(line)).map(plain)),
    );
    baselines.set(key, known);
  }
  const before = await known;
  const said = await lines(join(directory, below), command, args);
  return said.find((line) => keep.test(line) && !before.has(plain(line)));
}

/** Ids of the Controls that plans do not meet. */
async function auditPlans(
  directory: string,
  plans: Readonly<Record<string, PlanJson>>,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const [name, plan] of Object.entries(plans)) {
    const { results } = await auditPlan({ directory, today: TODAY, plan, name });
    for (const { control, status } of results) if (status === "not met") found.add(control.id);
  }
  return found;
}

const plansBefore = new Map<string, Promise<ReadonlySet<string>>>();

/** The same of the untouched repository: its stand-ins for what is not known are no answers. */
function planFindings(directory: string, roots: readonly string[]): Promise<ReadonlySet<string>> {
  const key = `${directory} ${roots.join(" ")}`;
  let known = plansBefore.get(key);
  if (known === undefined) {
    known = validateFull({ directory, only: [...roots], keepPlans: true }).then(({ plans }) =>
      auditPlans(directory, plans ?? {}),
    );
    plansBefore.set(key, known);
  }
  return known;
}

export const tiers: readonly Tier[] = [
  {
    columns: ["schema", "mock-test"],
    concerns: isTerraform,
    run: async (subject) => {
      const tests = withTests(subject, terraformDirectories(subject));
      const { checks } = await validateInstant({ directory: subject.directory, tests });
      return verdicts({
        schema: firstFailure(checks, /^(schema-|files$)/),
        "mock-test": firstFailure(checks, /^mock-test:/),
      });
    },
  },
  {
    columns: ["audit"],
    concerns: () => true,
    run: async ({ files }) => {
      const { results, problems } = await auditFiles(files, TODAY);
      return verdicts({
        audit:
          problems[0]?.message ?? results.find(({ status }) => status === "not met")?.control.id,
      });
    },
  },
  {
    columns: ["workflows"],
    concerns: isWorkflow,
    run: async (subject) => {
      const workflows = [...subject.files.keys()].filter((path) =>
        path.startsWith(".github/workflows/"),
      );
      return verdicts({
        workflows:
          (await news(subject, ".", "actionlint", ["-oneline", "-no-color", ...workflows], /\S/)) ??
          (await news(
            subject,
            ".",
            "zizmor",
            ["--offline", "--no-progress", "--quiet", "--no-exit-codes", ".github"],
            /^(error|warning|help|note|info)\[/,
          )),
      });
    },
  },
  {
    slow: true,
    columns: ["terraform-validate", "test", "plan"],
    concerns: isTerraform,
    run: async (subject) => {
      const own = terraformDirectories(subject);
      const roots = rootsOf(subject, own);
      const { checks, plans } = await validateFull({
        directory: subject.directory,
        only: [...own, ...roots],
        keepPlans: true,
      });
      const before = await planFindings(subject.untouched, roots);
      const plan = [...(await auditPlans(subject.directory, plans ?? {}))].find(
        (id) => !before.has(id),
      );
      return verdicts({
        "terraform-validate": firstFailure(checks, /^(init|validate):/),
        test: firstFailure(checks, /^(plan|test):/),
        plan,
      });
    },
  },
  {
    slow: true,
    columns: ["checkov"],
    concerns: (path) => isTerraform(path) || isWorkflow(path) || path.startsWith("kubernetes/"),
    run: async (subject) => {
      const below = new Set(
        subject.changed.map((path) =>
          isWorkflow(path)
            ? "."
            : path.startsWith("kubernetes/")
              ? "kubernetes"
              : directoryOf(path),
        ),
      );
      let found: string | undefined;
      for (const path of below) {
        const framework =
          path === "." ? "github_actions" : path === "kubernetes" ? "kubernetes" : "terraform";
        const args = ["--directory", ".", "--framework", framework, "--compact", "--quiet"];
        found ??= await news(
          subject,
          path,
          "checkov",
          [...args, "--output", "cli"],
          /Check: CKV|File: /,
        );
      }
      return verdicts({ checkov: found });
    },
  },
  {
    slow: true,
    columns: ["tflint"],
    concerns: isTerraform,
    run: async (subject) => {
      let found: string | undefined;
      for (const path of terraformDirectories(subject))
        found ??= await news(
          subject,
          path,
          "tflint",
          ["--format", "compact", "--no-color"],
          /\.tf:/,
        );
      return verdicts({ tflint: found });
    },
  },
];
