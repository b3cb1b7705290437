/** Other people's tools: whether they are here, and whether what a repository tells them to skip is still there. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";

/** In CI a missing tool fails; elsewhere it is said. */
const required = process.env.REQUIRE_TOOLS === "1";

export interface Skippable {
  skip(words: string): never;
}

const VERSION: Record<string, string[]> = {
  kubectl: ["version", "--client"],
  kubeconform: ["-v"],
  tofu: ["version"],
};

/** Skips the test, with the reason, where a tool is missing. */
export async function need(test: Skippable, ...tools: string[]): Promise<void> {
  for (const tool of tools) {
    const { exitCode } = await execa(tool, VERSION[tool] ?? ["--version"], { reject: false });
    if (exitCode === 0) continue;
    if (required) throw new Error(`${tool} is not on the PATH; .ci/run installs or expects it`);
    test.skip(`${tool} is not on the PATH`);
  }
}

/** A place of a repository where a tool is told to say nothing. */
export interface Suppression {
  path: string;
  rule: string;
  /** Why, in the words that stand beside it. */
  reason: string;
  /** The file as it would be without this. */
  without: string;
}

/**
 * The suppressions that a pattern finds: its group `rules` holds rules, its group `reason` what is said for them.
 * `without` makes of the match what stands there instead; the other rules of one comment stay.
 */
export function suppressionsIn(
  files: Iterable<readonly [path: string, contents: string]>,
  pattern: RegExp,
  without: (text: string) => string = () => "",
): Suppression[] {
  return [...files].flatMap(([path, contents]) =>
    [...contents.matchAll(new RegExp(pattern, "gm"))].flatMap((match) => {
      const [text] = match;
      const { rules = "", reason = "" } = match.groups ?? {};
      const all = rules.split(",").map((rule) => rule.trim());
      return all.map((rule) => {
        const others = all.filter((other) => other !== rule).join(",");
        const instead = others === "" ? without(text) : text.replace(rules, others);
        return {
          path,
          rule,
          reason: reason.trim(),
          without:
            contents.slice(0, match.index) + instead + contents.slice(match.index + text.length),
        };
      });
    }),
  );
}

/**
 * The suppressions that suppress nothing in a repository that the tool finds nothing in: each is taken out alone, and the
 * tool must then report its rule. Throws where one gives no reason.
 */
export async function staleSuppressions(
  directory: string,
  suppressions: readonly Suppression[],
  report: (path: string) => Promise<readonly string[]>,
): Promise<Suppression[]> {
  const stale: Suppression[] = [];
  for (const suppression of suppressions) {
    const { path, rule, reason, without } = suppression;
    if (reason.length < 20) throw new Error(`${path}: ${rule} is suppressed, nobody says why`);
    const file = join(directory, path);
    const before = await readFile(file, "utf8");
    await writeFile(file, without);
    const found = await report(path).finally(() => writeFile(file, before));
    if (!found.includes(rule)) stale.push(suppression);
  }
  return stale;
}

/** kubernetes-validate's schemas of a Kubernetes version, as kubeconform reads them: each file stands alone. */
export async function writeSchemas(
  directory: string,
  version: string,
  objects: Iterable<{ apiVersion: string; kind: string }>,
): Promise<string> {
  const { stdout: script } = await execa("sh", ["-c", "command -v kubernetes-validate"]);
  // The Python that has the package is the one that its command runs on.
  const python = (await readFile(script, "utf8")).match(/^#!(\S+)/)?.[1] ?? "python3";
  const { stdout: init } = await execa(python, [
    "-c",
    "import kubernetes_validate; print(kubernetes_validate.__file__)",
  ]);
  const source = join(dirname(init), `kubernetes-json-schema/v${version}.0-local-strict`);
  const plain = (text: string) => JSON.parse(text.replaceAll('"/api/_definitions.json#', '"#'));
  const { $defs } = plain(await readFile(join(source, "_definitions.json"), "utf8"));
  await mkdir(directory, { recursive: true });
  for (const { apiVersion, kind } of objects) {
    const [group, short] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
    const name = [kind.toLowerCase(), group?.split(".")[0], short].filter(Boolean).join("-");
    const text = await readFile(join(source, `${name}.json`), "utf8").catch(() => undefined);
    // A kind that has no schema here is for kubeconform to miss.
    if (text === undefined) continue;
    await writeFile(join(directory, `${name}.json`), JSON.stringify({ ...plain(text), $defs }));
  }
  return join(directory, "{{ .ResourceKind }}{{ .KindSuffix }}.json");
}
