/**
 * Every validation of every variable, and every condition of a resource, is seen to refuse: the repository's own tests
 * expect it to fail. That they fail for the reason they name is `terraform test`'s to say; here they are counted.
 */
import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { type HclBlock, outline } from "../../src/proof/hcl.ts";
import { profiles } from "../support/profiles.ts";
import { repository } from "../support/repository.ts";

/** What can be refused: `var.x`, `aws_x.y`, `check.z`, and how many ways it has to. */
type Refusals = Map<string, number>;

const add = (refusals: Refusals, address: string, count: number): void => {
  if (count > 0) refusals.set(address, (refusals.get(address) ?? 0) + count);
};

const count = (block: HclBlock, ...types: string[]): number =>
  block.blocks.filter(({ type }) => types.includes(type)).length;

/** Prefix of a block's address in `expect_failures`. */
const PREFIX: Record<string, string> = { variable: "var.", output: "output.", data: "data." };

/** Validations and conditions by address. */
function declared(source: string): Refusals {
  const refusals: Refusals = new Map();
  for (const block of outline(source).blocks) {
    const address = (PREFIX[block.type] ?? "") + block.labels.join(".");
    if (block.type === "check") add(refusals, `check.${address}`, count(block, "assert"));
    const conditions = [block, ...block.blocks.filter(({ type }) => type === "lifecycle")];
    for (const each of conditions)
      add(refusals, address, count(each, "validation", "precondition", "postcondition"));
  }
  return refusals;
}

/** How many runs of a test file expect each address to fail. */
function expected(source: string): Refusals {
  const refusals: Refusals = new Map();
  for (const run of outline(source).blocks.filter(({ type }) => type === "run")) {
    const list = run.arguments.get("expect_failures")?.text.replaceAll(/^\[|\]$/g, "") ?? "";
    const addresses = list.split(",").map((address) => address.trim());
    for (const address of new Set(addresses)) if (address !== "") add(refusals, address, 1);
  }
  return refusals;
}

/** What a directory declares and its tests do not see refused often enough. */
function unseen(declarations: Refusals, expectations: Refusals): string[] {
  return [...declarations]
    .filter(([address, ways]) => (expectations.get(address) ?? 0) < ways)
    .map(([address, ways]) => `${address}: ${expectations.get(address) ?? 0} of ${ways}`);
}

/** Declarations and expectations of every directory of Terraform in a repository. */
function directories(input: (typeof profiles)[string]): Map<string, [Refusals, Refusals]> {
  const found = new Map<string, [Refusals, Refusals]>();
  for (const [path, { contents }] of repository(input).tree) {
    const test = path.endsWith(".tftest.hcl");
    if (!test && !path.endsWith(".tf")) continue;
    const directory = dirname(path).replace(/\/tests$/, "");
    const sides = found.get(directory) ?? [new Map(), new Map()];
    found.set(directory, sides);
    const refusals = test ? expected(contents) : declared(contents);
    for (const [address, ways] of refusals) add(sides[test ? 1 : 0], address, ways);
  }
  return found;
}

/** The golden profiles, and the one file of variables that none of them has. */
const inputs: typeof profiles = {
  ...profiles,
  "existing detector": { guardduty: { detector: "existing" } },
};

describe("validations are seen to refuse", () => {
  const rendered = Object.entries(inputs).map(
    ([name, input]) => [name, directories(input)] as const,
  );

  describe.each(rendered)("%s", (_name, found) => {
    it.each([...found])("%s", (_directory, [declarations, expectations]) => {
      expect(unseen(declarations, expectations)).toEqual([]);
    });
  });

  it("is said of every module and every root", () => {
    const seen = new Set(rendered.flatMap(([, found]) => [...found.keys()]));
    const modules = readdirSync("templates/terraform/modules").map((name) => `modules/${name}`);
    expect(modules.filter((directory) => !seen.has(directory))).toEqual([]);
    for (const root of [/^accounts\//, /^bootstrap/, /^environments\//])
      expect([...seen].some((directory) => root.test(directory))).toBe(true);
  });

  it("notices one that is missing", () => {
    const source = `variable "a" {
  validation {}
  validation {}
}
resource "aws_x" "y" {
  lifecycle {
    precondition {}
    postcondition {}
  }
}
data "aws_x" "y" {
  lifecycle {
    postcondition {}
  }
}
output "o" {
  precondition {}
}
check "health" {
  assert {}
}`;
    const tests = `run "one" {
  expect_failures = [var.a, check.health]
}
run "two" {
  expect_failures = [
    aws_x.y,
    data.aws_x.y,
  ]
}`;
    expect(unseen(declared(source), expected(tests))).toEqual([
      "var.a: 1 of 2",
      "aws_x.y: 1 of 2",
      "output.o: 0 of 1",
    ]);
  });
});
