/** What carries a state over to a newer render, applied by terraform itself: its own provider needs no network. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { addressesOf } from "../../src/lifecycle/addresses.ts";
import { stateFiles, unanswered } from "../../src/lifecycle/migrations/index.ts";
import type { Migration } from "../../src/lifecycle/migrations/migration.ts";
import { scratch } from "../support/run.ts";
import { need } from "../support/tools.ts";

type Files = Record<string, string>;

const THING = 'resource "terraform_data" "thing" {\n  input = "kept"\n}\n';
const call = (name: string): string =>
  `module "${name}" {\n  source = "../../modules/${name}"\n}\n`;

const BEFORE: Files = {
  "environments/dev/main.tf": `${call("old")}\n${call("split")}\nresource "terraform_data" "handed_over" {}\n`,
  "modules/old/main.tf": THING,
  "modules/split/main.tf": THING,
};
const AFTER: Files = {
  "environments/dev/main.tf": `${call("renamed")}\n${call("split")}\nresource "terraform_data" "taken_over" {}\n`,
  "modules/renamed/main.tf": THING,
  "modules/split/main.other.tf": THING.replace("thing", "other"),
};

const MIGRATIONS: Migration[] = [
  {
    version: "2.0.0",
    summary: "a module has another name",
    moved: [{ root: "environments", from: "module.old", to: "module.between" }],
    removed: [
      { root: "environments", from: "terraform_data.handed_over", why: "Another team has it." },
      { root: "environments", from: "terraform_data.never_there", why: "Nobody had it." },
    ],
  },
  {
    version: "3.0.0",
    summary: "it has yet another, and what EKS made is managed",
    moved: [
      { root: "environments", from: "module.between", to: "module.renamed" },
      {
        root: "environments",
        from: "module.split.terraform_data.thing",
        to: "module.split.terraform_data.other",
      },
      { root: "accounts", from: "module.old", to: "module.nowhere" },
    ],
    imported: [
      {
        root: "environments",
        to: "terraform_data.taken_over",
        id: '"found-in-aws"',
        why: "EKS made it before.",
      },
      { root: "environments", to: "terraform_data.not_rendered", id: '"x"', why: "It is off." },
      { root: "bootstrap", to: "terraform_data.taken_over", id: '"x"', why: "Another root." },
    ],
  },
];

const treeOf = (files: Files) =>
  new Map(Object.entries(files).map(([path, contents]) => [path, { contents }]));
const [was, will] = [addressesOf(treeOf(BEFORE)), addressesOf(treeOf(AFTER))];

function write(directory: string, files: Iterable<readonly [string, string]>): void {
  for (const [path, contents] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), contents);
  }
}

/** What terraform would do by address, with where each came from. */
async function plan(root: string): Promise<Record<string, string>> {
  const terraform = (...args: string[]) => execa("terraform", args, { cwd: root });
  await terraform("init", "-input=false", "-no-color");
  await terraform("plan", "-input=false", "-no-color", "-out=tfplan");
  const { stdout } = await terraform("show", "-json", "tfplan");
  const { resource_changes: changes = [] } = JSON.parse(stdout) as {
    resource_changes?: {
      address: string;
      previous_address?: string;
      change: { actions: string[]; importing?: { id: string } };
    }[];
  };
  return Object.fromEntries(
    changes.map(({ address, previous_address: from, change }) => [
      address,
      [change.actions.join("+"), from && `from ${from}`, change.importing?.id]
        .filter(Boolean)
        .join(" "),
    ]),
  );
}

it("moves, forgets and imports, and destroys and makes nothing", async (test) => {
  await need(test, "terraform");
  const directory = await scratch();
  const root = join(directory, "environments/dev");
  write(directory, Object.entries(BEFORE));
  await plan(root);
  await execa("terraform", ["apply", "-input=false", "tfplan"], { cwd: root });

  const newer = await scratch();
  const target = join(newer, "environments/dev");
  write(newer, Object.entries(AFTER));
  await execa("cp", [join(root, "terraform.tfstate"), join(newer, "state")]);
  mkdirSync(target, { recursive: true });
  await execa("cp", [join(newer, "state"), join(target, "terraform.tfstate")]);
  // Without them terraform would destroy three things and make three.
  const bare = Object.values(await plan(target)).sort();
  expect(bare).toEqual(["create", "create", "create", "delete", "delete", "delete"]);

  const files = stateFiles(was, will, MIGRATIONS);
  expect([...files.keys()]).toEqual([
    "environments/dev/moved.2.0.0.tf",
    "environments/dev/moved.3.0.0.tf",
  ]);
  expect(unanswered(was, will, MIGRATIONS)).toEqual(new Map());
  write(newer, files);
  expect(await plan(target)).toEqual({
    "module.renamed.terraform_data.thing": "no-op from module.old.terraform_data.thing",
    "module.split.terraform_data.other": "no-op from module.split.terraform_data.thing",
    "terraform_data.handed_over": "forget",
    "terraform_data.taken_over": "no-op found-in-aws",
  });
  await execa("terraform", ["fmt", "-check", "-recursive"], { cwd: newer });
});

it("says nothing where the older render had nothing of it, and the newer one no more than before", () => {
  expect(stateFiles(will, will, MIGRATIONS)).toEqual(new Map());
  expect(stateFiles(new Map(), will, MIGRATIONS)).toEqual(new Map());
});

it("names what an apply would destroy where no migration answers for it", () => {
  const [first] = MIGRATIONS as [Migration];
  expect(unanswered(was, will, [{ ...first, removed: [] }])).toEqual(
    new Map([
      [
        "environments/dev",
        [
          "module.old.terraform_data.thing",
          "module.split.terraform_data.thing",
          "terraform_data.handed_over",
        ],
      ],
    ]),
  );
});
