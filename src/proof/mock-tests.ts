/**
 * The repository's own tests without its provider: each test file's provider becomes a mock over the bundled schema.
 * A mock renders no policy documents, so what is asserted of their JSON is left out, and said.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Scratch } from "../workspace/scratch.ts";
import { check, type Heading, Skip } from "./check.ts";
import { readDiagnostics, toFinding } from "./diagnostics.ts";
import { copyRepository } from "./offline.ts";
import { toolEnvironment } from "./prepare.ts";
import { closure, type Directory, type Repository } from "./repository.ts";
import { MOCKED_POLICY } from "./rules/policy.ts";
import { type Tool, ToolFailed } from "./tool.ts";
import type { Check, Finding } from "./types.ts";

/** Two cores, and each run of the tool keeps one busy. */
const AT_ONCE = 2;

/** Runs the tests of every directory that has some, on a schema provider that is being served. */
export async function mockTests(
  tool: Tool,
  repository: Repository,
  scratch: Scratch,
  reattach: string,
  only: readonly string[] | undefined,
  signal: AbortSignal | undefined,
): Promise<Check[]> {
  const directories = [...repository.directories.values()].filter(
    ({ tests, path }) => tests.length > 0 && (only === undefined || only.includes(path)),
  );
  if (directories.length === 0) return [];
  const copy = join(scratch.directory, "mocked");
  await copyRepository(repository.path, copy, signal);
  const env = await toolEnvironment(scratch, reattach);
  const checks: Check[] = [];
  const queue = directories.map((directory, index) => ({ directory, index }));
  const worker = async (): Promise<void> => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift())
      checks[job.index] = await testOne(tool, repository, copy, env, job.directory);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return checks;
}

async function testOne(
  tool: Tool,
  repository: Repository,
  copy: string,
  env: Record<string, string>,
  directory: Directory,
): Promise<Check> {
  const cwd = join(copy, directory.path);
  const heading: Heading = {
    id: `mock-test:${directory.path}`,
    tier: "instant",
    title: `${directory.path}: tests on a mocked provider`,
  };
  const needed = [...closure(repository, directory)];
  let left = 0;
  const result = await check(heading, async () => {
    if (needed.some(({ broken }) => broken))
      throw new Skip("a file that it needs cannot be read, see above");
    const other = needed.flatMap(({ otherProviders }) => otherProviders);
    if (other.length > 0) throw new Skip(`needs ${[...new Set(other)].sort().join(", ")}`);
    for (const file of directory.tests) {
      const path = join(copy, file);
      const mocked = mockProvider(await readFile(path, "utf8"));
      left += mocked.left;
      await writeFile(path, mocked.text);
    }
    const run = async (args: readonly string[]): Promise<Finding[]> => {
      const { exitCode, stdout, stderr } = await tool.run(args, { cwd, env });
      const origin = { cwd, repositories: [copy] };
      const findings = (readDiagnostics(stdout) ?? []).map((each) => toFinding(each, origin));
      if (exitCode !== 0 && !findings.some(({ severity }) => severity === "error"))
        throw new ToolFailed(
          "tool/broken",
          `"${args[0]}" ended with code ${exitCode}: ${(stderr || stdout).trim().slice(-500)}`,
        );
      return findings.filter(({ severity }) => severity === "error");
    };
    const init = await run(["init", "-backend=false", "-input=false", "-json", "-no-color"]);
    return init.length > 0 ? init : run(["test", "-json", "-no-color"]);
  });
  return left === 0 || result.status === "skipped"
    ? result
    : { ...result, title: `${result.title} (${left} assertions on rendered policies left out)` };
}

const MOCK = `mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = ${JSON.stringify(MOCKED_POLICY)} }
  }
}`;

/** What a mock cannot answer: the JSON of a policy document. */
const RENDERED =
  /jsondecode\(|\.(assume_role_)?policy\b|aws_iam_policy_document\.[a-z_]+(\[[^\]]*\])?\.json/;

/** The test file with its provider mocked; lines keep their numbers. */
function mockProvider(text: string): { text: string; left: number } {
  let left = 0;
  const blank = (block: string): string => "\n".repeat(block.split("\n").length - 1);
  const mocked = text
    .replaceAll(/^provider "aws" \{\n(?:.*\n)*?\}$/gm, (block) => {
      const spare = block.split("\n").length - MOCK.split("\n").length;
      return MOCK + "\n".repeat(Math.max(0, spare));
    })
    .replaceAll(/^ {2}assert \{\n(?:.*\n)*? {2}\}$/gm, (block) => {
      if (!RENDERED.test(block)) return block;
      left += 1;
      return blank(block);
    });
  return { text: mocked, left };
}
