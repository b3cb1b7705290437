/**
 * This product as a child process, on any two versions of any files: `product.mjs make|update DIRECTORY FILES VERSION`.
 * The command line renders its own templates; the cases need others. `product.mjs age DIRECTORY` makes a repository look
 * as if it came from an older version, of which every file differs from this one's.
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Maker } from "../../../src/lifecycle/lock.ts";
import { ANSWERS } from "../../../src/lifecycle/paths.ts";
import { isOpen } from "../../../src/lifecycle/plan.ts";
import { sealOf } from "../../../src/lifecycle/render.ts";
import { readState } from "../../../src/lifecycle/state.ts";
import {
  applyUpdate,
  finishCutOff,
  planUpdate,
  unfinished,
} from "../../../src/lifecycle/update.ts";
import type { Config } from "../../../src/options/config.ts";
import type { FileTree } from "../../../src/render/tree.ts";
import { GitError } from "../../../src/workspace/git/run.ts";
import { UpdateError } from "../../../src/workspace/journal/error.ts";

// Only its digest counts here.
const config = { name: "acme" } as Config;
const answers = "name: acme # kept by hand\n";

const makerOf = (version: string): Maker => ({ version, templates: `sha256:${"0".repeat(64)}` });

const treeOf = (file: string): FileTree =>
  new Map(
    Object.entries(
      JSON.parse(readFileSync(file, "utf8")) as Record<
        string,
        { contents: string; executable?: boolean }
      >,
    )
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, { contents, executable }]) => [
        path,
        { contents, mode: executable ? 0o755 : 0o644, owner: "merged" },
      ]),
  );

async function make(directory: string, tree: FileTree, maker: Maker): Promise<void> {
  const files = [
    ...tree,
    ...(await sealOf(tree, config, maker)),
    [ANSWERS, { contents: answers, mode: 0o644 }] as const,
  ];
  for (const [path, { contents, mode }] of files) {
    const full = join(directory, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, contents);
    chmodSync(full, mode);
  }
}

/** As `upgrade` does, with its exit codes; a line for each path that a person has to know of. */
async function update(directory: string, tree: FileTree, maker: Maker): Promise<number> {
  if (unfinished(directory, maker.version)?.kind === "cut-off") {
    finishCutOff(directory);
    return unfinished(directory, maker.version) === undefined ? 0 : 5;
  }
  const scratch = mkdtempSync(join(tmpdir(), "hardened-eks-bench-merge-"));
  try {
    const plan = await planUpdate({ tree, config, answers, maker }, { directory, scratch });
    const { open } = await applyUpdate(plan);
    for (const item of plan.items)
      if (isOpen(item)) process.stdout.write(`open ${item.path}\n`);
      else if (item.note !== undefined) process.stdout.write(`${item.class} ${item.path}\n`);
    return open.length > 0 ? 5 : 0;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Each file with a line at its end that this version does not have. */
async function age(directory: string): Promise<void> {
  const { base, lock } = readState(directory, "999.0.0");
  const tree: FileTree = new Map(
    [...base].map(([path, { contents, executable, owner }]) => [
      path,
      {
        contents: `${contents}${path === ANSWERS ? "" : "# a line of the last version\n"}`,
        mode: executable ? 0o755 : 0o644,
        owner,
      },
    ]),
  );
  for (const [path, { contents }] of tree)
    if (path !== ANSWERS) writeFileSync(join(directory, path), contents);
  for (const [path, { contents }] of await sealOf(tree, config, lock))
    writeFileSync(join(directory, path), contents);
}

const [verb, directory, file, version] = process.argv.slice(2) as [string, string, string, string];
try {
  if (verb === "age") await age(directory);
  else {
    const work = verb === "make" ? make : update;
    process.exitCode = (await work(directory, treeOf(file), makerOf(version))) ?? 0;
  }
} catch (error) {
  if (!(error instanceof UpdateError || error instanceof GitError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
