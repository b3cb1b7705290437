/** Repositories of earlier versions, upgraded by the built binary. */
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative, sep } from "node:path";
import { describe, expect, it } from "vitest";
import { addressesOf, isBelow } from "../../src/lifecycle/addresses.ts";
import { migrateConfig, migrations } from "../../src/lifecycle/migrations/index.ts";
import type { MergeFile, MergeTree } from "../../src/lifecycle/pack.ts";
import { toMergeTree } from "../../src/lifecycle/render.ts";
import { validateInstant } from "../../src/proof/index.ts";
import { git, PROFILES, past, restore, VERSIONS } from "../support/history.ts";
import { profiles } from "../support/profiles.ts";
import { repository } from "../support/repository.ts";
import { run } from "../support/run.ts";

const MOVED = /\/moved\.\d+\.\d+\.\d+\.tf$/;

const hasTerraform = (() => {
  try {
    execFileSync("terraform", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

/** Files of a repository, without git's and what an update keeps for its undoing. */
function treeAt(directory: string): MergeTree {
  const tree = new Map<string, MergeFile>();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const full = join(entry.parentPath, entry.name);
    const path = relative(directory, full).split(sep).join("/");
    if (/^\.git\/|^\.hardened-eks\/(update|base|lock)/.test(path)) continue;
    tree.set(path, {
      contents: readFileSync(full),
      executable: (statSync(full).mode & 0o100) !== 0,
      owner: "merged",
    });
  }
  return tree;
}

const read = (directory: string, path: string): string =>
  readFileSync(join(directory, path), "utf8");

const upgrade = (directory: string, ...flags: string[]) =>
  run(["upgrade", directory, "--json", ...flags], { cwd: directory });

describe.each(VERSIONS)("from %s", (version) => {
  describe.each(PROFILES)("%s", (profile) => {
    it("without edits: the fresh render, and what carries the state over", async () => {
      const before = past(version, profile);
      const directory = await restore(before);
      const { exitCode, stdout, stderr } = await upgrade(directory);
      expect(exitCode, stderr).toBe(0);
      const after = treeAt(directory);
      // Without the add-on of 0.1.0 the answer that replaced it is no.
      const answers = { ...profiles[profile] };
      if (version === "0.1.0" && profile === "startup") answers.guardduty = { ebsMalware: false };
      const fresh = toMergeTree(repository(answers).tree);
      const texts = (tree: MergeTree): Record<string, string> =>
        Object.fromEntries(
          [...tree]
            .filter(([path]) => !MOVED.test(path))
            .map(([path, { contents, executable }]) => [path, `${executable}\n${contents}`]),
        );
      expect(texts(after)).toEqual(texts(fresh));
      expect(JSON.parse(read(directory, ".hardened-eks/lock.json")).version).toBe("0.3.0");
      expect(JSON.parse(stdout).destroyed).toEqual({});

      // Every address of the older render is in the newer one, or a block says where it went.
      const blocks = (at: string): [string, string][] =>
        [...after.keys()]
          .filter((path) => path.startsWith(`${at}/moved.`))
          .sort()
          .flatMap((path) =>
            [...read(directory, path).matchAll(/from = (\S+)\n {2}to {3}= (\S+)/g)].map(
              (match) => [match[1], match[2]] as [string, string],
            ),
          );
      let moved = 0;
      const reached = addressesOf(after);
      for (const [at, addresses] of addressesOf(before.tree)) {
        const now = reached.get(at) ?? [];
        for (const address of addresses) {
          const end = blocks(at).reduce(
            (here, [from, to]) => (isBelow(here, from) ? to + here.slice(from.length) : here),
            address,
          );
          if (end !== address) moved += 1;
          expect([...now], `${at}: ${address}`).toContain(end);
        }
      }
      expect(moved).toBeGreaterThan(0);
      // A second run has nothing to do.
      git(directory, "add", "-A");
      git(directory, "commit", "-qm", "upgraded");
      expect(JSON.parse((await upgrade(directory)).stdout)).toMatchObject({ ok: true, items: [] });
      expect(git(directory, "status", "--short")).toBe("");
    });

    it.skipIf(!hasTerraform)("passes the instant validation, moved blocks included", async () => {
      const directory = await restore(past(version, profile));
      expect((await upgrade(directory)).exitCode).toBe(0);
      const report = await validateInstant({
        directory,
        iac: "terraform",
        providers: [5],
        signal: new AbortController().signal,
        env: process.env,
      });
      expect(report.checks.flatMap(({ findings }) => findings ?? [])).toEqual([]);
      expect(report.checks.map(({ status }) => status)).not.toContain("failed");
    });
  });
});

it.skipIf(!hasTerraform).each(VERSIONS)("%s was valid Terraform", async (version) => {
  const directory = await restore(past(version, "default"));
  const report = await validateInstant({
    directory,
    iac: "terraform",
    providers: [5],
    signal: new AbortController().signal,
    env: process.env,
  });
  expect(report.checks.map(({ status }) => status)).not.toContain("failed");
});

it("edits follow a renamed module, a split file and renamed answers", async () => {
  const directory = await restore(past("0.1.0", "default"));
  const edit = (path: string, from: string, to: string): void => {
    const text = read(directory, path);
    expect(text, path).toContain(from);
    writeFileSync(join(directory, path), text.replace(from, to));
  };
  edit(
    "modules/irsa/main.role.tf",
    'resource "aws_iam_role" "this" {',
    '# reviewed by security, 2026-11\nresource "aws_iam_role" "this" {',
  );
  edit(
    "modules/cluster/main.cluster.tf",
    'resource "aws_eks_cluster" "this" {',
    '# our ticket: PLAT-42\nresource "aws_eks_cluster" "this" {',
  );
  edit("hardened-eks.yaml", "  days: 365", "  days: 365 # the auditors ask for a year");
  appendFileSync(
    join(directory, "docs/runbooks/rotate-keys.md"),
    "\nOurs: tell the on-call first.\n",
  );
  git(directory, "commit", "-qam", "ours");
  const { exitCode, stdout } = await upgrade(directory);
  // The document that no render has any more was edited: that one is for a person.
  expect(exitCode).toBe(5);
  expect(JSON.parse(stdout).conflicts).toEqual(["docs/runbooks/rotate-keys.md"]);
  expect(read(directory, "docs/runbooks/rotate-keys.md")).toContain("tell the on-call first");
  expect(existsSync(join(directory, "modules/irsa/main.role.tf"))).toBe(false);
  expect(read(directory, "modules/irsa-role/main.role.tf")).toContain(
    "# reviewed by security, 2026-11",
  );
  expect(read(directory, "modules/cluster/main.cluster.tf")).toContain("# our ticket: PLAT-42");
  expect(read(directory, "modules/cluster/main.logs.tf")).toContain("control_plane");
  expect(read(directory, "hardened-eks.yaml")).toMatch(
    /retentionDays: 365 # the auditors ask for a year/,
  );
  expect(read(directory, "hardened-eks.yaml")).toMatch(/ebsMalware: true/);
  expect(read(directory, "hardened-eks.yaml")).not.toContain("guardduty-malware");
  const lock = JSON.parse(read(directory, ".hardened-eks/lock.json"));
  expect(lock.version).toBe("0.1.0");
  expect(lock.pending.version).toBe("0.3.0");
  // Deciding it ends the update.
  git(directory, "rm", "-q", "docs/runbooks/rotate-keys.md");
  expect((await upgrade(directory)).exitCode).toBe(0);
  expect(JSON.parse(read(directory, ".hardened-eks/lock.json"))).toMatchObject({
    version: "0.3.0",
  });
});

it("`set` on an older repository upgrades it, and says so", async () => {
  const directory = await restore(past("0.2.0", "default"));
  const { exitCode, stdout } = await run(["set", "node-max=12", "-C", directory, "--json"], {
    cwd: directory,
  });
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ from: "0.2.0", to: "0.3.0" });
  expect(read(directory, "environments/dev/main.nodes.tf")).toMatch(/max_size\s+= 12/);
});

describe("migrations of answers", () => {
  const old = {
    addons: ["guardduty", "guardduty-malware"],
    environments: { dev: null, prod: { addons: ["guardduty-malware", "ebs-csi"] } },
    logs: { days: 400 },
  };
  const migrated = {
    addons: ["guardduty"],
    environments: { dev: null, prod: { addons: ["ebs-csi"] } },
    guardduty: { ebsMalware: true },
    logs: { retentionDays: 400 },
  };

  it("rename what was renamed", () => expect(migrateConfig(old, migrations)).toEqual(migrated));

  it.each(migrations.map((each) => [each.version, each] as const))(
    "%s changes nothing twice",
    (_, each) => {
      const once = each.config?.(old) ?? old;
      expect(each.config?.(once) ?? once).toEqual(once);
    },
  );

  it("leave answers of today alone", () => {
    const now = { guardduty: { ebsMalware: false }, logs: { retentionDays: 365 }, addons: [] };
    expect(migrateConfig(now, migrations)).toEqual(now);
  });

  it("not to have had the add-on was an answer", () =>
    expect(migrateConfig({ addons: ["guardduty"] }, migrations)).toMatchObject({
      guardduty: { ebsMalware: false },
    }));

  it("come in the order of their versions", () =>
    expect(migrations.map(({ version }) => version)).toEqual(["0.2.0", "0.3.0"]));
});
