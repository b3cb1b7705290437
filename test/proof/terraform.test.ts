/** What expressions and modules come to, from their text alone. */
import { describe, expect, it } from "vitest";
import { showValue } from "../../src/controls/evidence/value.ts";
import { parseJson } from "../../src/proof/terraform/json.ts";
import { terraformParser } from "../../src/proof/terraform/parse.ts";
import { evaluateRoots } from "../../src/proof/terraform/roots.ts";

const parse = await terraformParser();

/** The roots of files in memory. */
function roots(files: Record<string, string>) {
  const parsed = new Map(
    Object.entries(files)
      .filter(([path]) => /\.(tf|tfvars|tf\.json)$/.test(path))
      .map(([path, text]) => [
        path,
        path.endsWith(".json") ? parseJson(path, text, parse) : parse(path, text),
      ]),
  );
  return evaluateRoots(parsed, (path) => files[path]);
}

const PROVIDER = 'provider "aws" {\n  region = "eu-west-1"\n}\n';

/** What `value` of a resource comes to, as text. */
function worth(expression: string, more = ""): string {
  const { roots: found, problems } = roots({
    "main.tf": `${PROVIDER}${more}\nresource "x" "y" {\n  value = ${expression}\n}\n`,
  });
  expect(problems).toEqual([]);
  const resource = found[0]?.resources.find(({ type }) => type === "x");
  return showValue(resource?.get("value"));
}

/** What is short and plain is read from its text; what is long is walked through, and the tree says what it is. */
const LONG = 130;
const parsedAs = (text: string) =>
  parse("main.tf", `a = ${text}\n`).body.attributes.get("a")?.value;

it.each([
  '"text"',
  '"a-${var.name}-b.${local.x}-c"',
  '"100 %, $5"',
  String.raw`"a\tb"`,
  String.raw`"a\n\"b\""`,
  '"$${var.name}"',
  '"%%{if x}"',
  '"${var.list[0]}-x"',
])("%s is the same from its text and from its tree", (text) => {
  const pad = "x".repeat(LONG);
  const long = parsedAs(`${text.slice(0, -1)}${pad}"`);
  expect(JSON.stringify(long)).toContain(pad);
  expect(parsedAs(text)).toEqual(JSON.parse(JSON.stringify(long).replace(pad, "")));
});

it.each([
  "[]",
  '["a", "b"]',
  '[var.a, "${local.b}-c", true, null]',
  "[1, 2]",
  "[for each in var.list : each]",
])("%s is the same from its text and from its tree", (text) => {
  expect(parsedAs(text)).toEqual(parsedAs(text.replace("[", `[${" ".repeat(LONG)}`)));
});

it("a text that stands in two files is of each file", () => {
  const text = 'resource "a" "b" {\n  c = 1\n  d { e = 2 }\n}\n';
  const [first, second] = ["one.tf", "two.tf"].map((file) => parse(file, text));
  expect(JSON.stringify(second?.body.blocks)).toBe(
    JSON.stringify(first?.body.blocks).replaceAll("one.tf", "two.tf"),
  );
  expect(second?.body.blocks[0]?.body.attributes.get("c")?.file).toBe("two.tf");
  expect(parse("three.tf", "a = {").problems[0]?.file).toBe("three.tf");
  expect(parse("four.tf", "a = {").problems[0]?.file).toBe("four.tf");
});

describe("expressions", () => {
  it.each([
    ["1 + 2 * 3 - 4 / 2", "5"],
    ["(1 + 2) * 3", "9"],
    ["1 - 2 - 3", "-4"],
    ["!true || 2 >= 2 && 1 != 2", "true"],
    ["true ? 1 : 2", "1"],
    ["true ? 1 : true ? 2 : 3", "1"],
    ["false ? 1 : false ? 2 : 3", "3"],
    ["(true ? false : true) ? 2 : 3", "3"],
    ["false ? 1 : (false ? 2 : true) ? 4 : 5", "4"],
    ["false ? 1 : 2 == 3 || true ? 4 : 5", "4"],
    ['"a${1 + 1}b"', '"a2b"'],
    ['"$${x} %%{y}"', '"${x} %{y}"'],
    ['"a\\n\\u00e4\\"q\\""', JSON.stringify('a\nä"q"')],
    ['"%{ if true }yes%{ else }no%{ endif }"', '"yes"'],
    ['"%{ for x in [1, 2] }<${x}>%{ endfor }"', '"<1><2>"'],
    ["[for x in [1, 2, 3] : x * 2 if x > 1]", "[4, 6]"],
    ["{ for k, v in { a = 1, b = 2 } : v => k }", '{ 1 = "a", 2 = "b" }'],
    [
      '{ for x in ["a1", "a2", "b1"] : substr(x, 0, 1) => x... }',
      '{ a = ["a1", "a2"], b = ["b1"] }',
    ],
    ["[{ a = 1 }, { a = 2 }][*].a", "[1, 2]"],
    ["{ a = { b = [10, 20] } }.a.b[1]", "20"],
    ["try({}.a, 7)", "7"],
    ["can({}.a)", "false"],
    ['can(regex("^[0-9]+$", "12"))', "true"],
    ["null", "null"],
  ])("%s is %s", (expression, expected) => {
    expect(worth(expression)).toBe(expected);
  });

  it("reads heredocs with their indent taken off", () => {
    expect(worth('<<-EOT\n    one ${"two"}\n      three\n  EOT')).toBe(
      JSON.stringify("one two\n  three\n"),
    );
    expect(worth("<<EOT\n  kept\nEOT")).toBe(JSON.stringify("  kept\n"));
  });
});

describe("functions", () => {
  it.each([
    ['concat([1], ["a"])', '[1, "a"]'],
    ["contains([1, 2], 2)", "true"],
    ['distinct(["a", "b", "a"])', '["a", "b"]'],
    ["flatten([[1, [2]], [3]])", "[1, 2, 3]"],
    ['format("%s-%03d-%q", "a", 7, "q")', '"a-007-\\"q\\""'],
    ['join("-", ["a", "b"])', '"a-b"'],
    ['jsonencode({ a = [1, "x"] })', JSON.stringify('{"a":[1,"x"]}')],
    ['jsondecode("{\\"a\\":1}").a', "1"],
    ["keys({ b = 1, a = 2 })", '["a", "b"]'],
    ['length("äb")', "2"],
    ['lookup({ a = 1 }, "b", 9)', "9"],
    ["merge({ a = 1 }, { a = 2, b = 3 })", "{ a = 2, b = 3 }"],
    ["one([])", "null"],
    ["range(3)", "[0, 1, 2]"],
    ['regex("a(.)c", "abc")', '["b"]'],
    ['replace("a.b", "/[.]/", "-")', '"a-b"'],
    ['setsubtract(["a", "b"], ["b"])', '["a"]'],
    ["slice([1, 2, 3], 0, 2)", "[1, 2]"],
    ['split("/", "a/b")', '["a", "b"]'],
    ['startswith("abc", "ab")', "true"],
    ['toset(["b", "a", "b"])', '["a", "b"]'],
    ['trimprefix("https://x", "https://")', '"x"'],
    ["values({ b = 1, a = 2 })", "[2, 1]"],
    ["alltrue([true, false])", "false"],
    ['base64decode(base64encode("ä"))', '"ä"'],
    ['yamldecode("a: [1]").a[0]', "1"],
    ["coalesce(null, 3)", "3"],
  ])("%s is %s", (expression, expected) => {
    expect(worth(expression)).toBe(expected);
  });

  it("says that it does not know one", () => {
    expect(worth("timestamp()")).toBe("timestamp(…)");
  });
});

describe("what is not known", () => {
  const unknown = 'variable "x" {\n  type = string\n}\nvariable "xs" {\n  type = list(string)\n}\n';

  it.each([
    ['"a-${var.x}-b"', '"a-${var.x}-b"'],
    ["var.x == var.x", "true"],
    ['startswith("a-${var.x}", "a-")', "true"],
    ['startswith("a-${var.x}", "b-")', "false"],
    ["false && var.x", "false"],
    ["length(var.x) > 0 ? 1 : 1", "1"],
    ['contains(["a", var.x], "a")', "true"],
    ["jsonencode({ a = var.x })", "jsonencode({ a = var.x })"],
  ])("%s is %s", (expression, expected) => {
    expect(worth(expression, unknown)).toBe(expected);
  });

  it.each(["var.x", "upper(var.x)", 'var.x == "a"', 'contains(var.xs, "a")', "var.xs[0]"])(
    "%s is not guessed",
    (expression) => {
      expect(worth(expression, unknown)).toMatch(/var\.|comparison/);
    },
  );

  it("does not loop where something depends on itself", () => {
    expect(worth("local.a", "locals {\n  a = local.b\n  b = local.a\n}\n")).toContain("local.a");
  });
});

describe("modules", () => {
  const module = {
    "modules/m/variables.tf":
      'variable "tokens" {\n  type     = string\n  nullable = false\n  default  = "required"\n}\nvariable "groups" {\n  type = map(object({\n    size = optional(number, 100)\n    kind = string\n  }))\n  default = {}\n}\n',
    "modules/m/main.tf":
      'resource "t" "one" {\n  tokens = var.tokens\n}\nresource "t" "each" {\n  for_each = var.groups\n\n  name = "${each.key}-${each.value.kind}"\n\n  dynamic "disk" {\n    for_each = { a = each.value.size, b = 4 }\n\n    content {\n      name = disk.key\n      size = disk.value\n    }\n  }\n}\noutput "names" {\n  value = [for each in t.each : each.name]\n}\noutput "arn" {\n  value = t.one.arn\n}\n',
  };
  const call = (argument: string): string =>
    `${PROVIDER}module "m" {\n  source = "./modules/m"\n${argument}}\nresource "user" "of" {\n  names = module.m.names\n  arn   = module.m.arn\n}\n`;
  const show = (files: Record<string, string>, address: string, name: string): string =>
    showValue(
      roots(files)
        .roots[0]?.resources.find((each) => each.address === address)
        ?.get(name),
    );

  it("hands arguments down, and outputs up", () => {
    const files = {
      ...module,
      "main.tf": call('  tokens = "optional"\n  groups = { big = { kind = "x" } }\n'),
    };
    expect(show(files, "module.m.t.one", "tokens")).toBe('"optional"');
    expect(show(files, 'module.m.t.each["big"]', "disk")).toBe(
      '[{ name = "a", size = 100 }, { name = "b", size = 4 }]',
    );
    expect(show(files, "user.of", "names")).toBe('["big-x"]');
    expect(show(files, "user.of", "arn")).toBe("module.m.t.one.arn");
  });

  it("knows what AWS gives in a block that sets something else", () => {
    const files = {
      "main.tf": `${PROVIDER}resource "t" "a" {\n  inner {\n    set = 1\n  }\n}\nresource "t" "b" {\n  set   = t.a.inner[0].set\n  given = t.a.inner[0].given\n}\n`,
    };
    expect(show(files, "t.b", "set")).toBe("1");
    expect(show(files, "t.b", "given")).toBe("t.a.inner.0.given");
  });

  it("takes the default where null is handed to what cannot be null", () => {
    expect(
      show({ ...module, "main.tf": call("  tokens = null\n") }, "module.m.t.one", "tokens"),
    ).toBe('"required"');
  });

  it("merges override files as terraform does", () => {
    const files = {
      "main.tf": `${PROVIDER}resource "t" "a" {\n  kept = 1\n  set  = "first"\n\n  inner {\n    x = 1\n  }\n}\n`,
      "z_override.tf": 'resource "t" "a" {\n  set = "second"\n\n  inner {\n    x = 2\n  }\n}\n',
    };
    expect(show(files, "t.a", "set")).toBe('"second"');
    expect(show(files, "t.a", "kept")).toBe("1");
    expect(show(files, "t.a", "inner")).toBe("[{ x = 2 }]");
  });

  it("reads tfvars: those that terraform reads by itself, and each other one as a case of its own", () => {
    const files = {
      "bootstrap/main.tf": `${PROVIDER}variable "x" {\n  default = "none"\n}\nresource "t" "a" {\n  x = var.x\n}\n`,
      "bootstrap/dev.tfvars": 'x = "dev"\n',
      "bootstrap/prod.tfvars": 'x = "prod"\n',
    };
    const all = roots(files).roots.map(({ resources }) => showValue(resources[0]?.get("x")));
    expect(all).toEqual(['"none"', '"dev"', '"prod"']);
    const own = { ...files, "bootstrap/a.auto.tfvars": 'x = "auto"\n' };
    expect(showValue(roots(own).roots[0]?.resources[0]?.get("x"))).toBe('"auto"');
  });

  it("reads JSON syntax", () => {
    const files = {
      "main.tf.json": JSON.stringify({
        provider: { aws: { region: "eu-west-1" } },
        locals: { a: "x" },
        resource: { t: { a: { value: "${local.a}", text: "b-${local.a}", block: { y: 1 } } } },
      }),
    };
    expect(show(files, "t.a", "value")).toBe('"x"');
    expect(show(files, "t.a", "text")).toBe('"b-x"');
    expect(show(files, "t.a", "block")).toBe("{ y = 1 }");
  });

  it("counts, and says what it cannot count", () => {
    const files = {
      "main.tf": `${PROVIDER}variable "n" {\n  type = number\n}\nresource "t" "two" {\n  count = 2\n  i     = count.index\n}\nresource "t" "none" {\n  count = 0\n}\nresource "t" "some" {\n  count = var.n\n}\n`,
    };
    const found = roots(files).roots[0]?.resources ?? [];
    expect(found.map(({ address }) => address)).toEqual(["t.two[0]", "t.two[1]", "t.some[…]"]);
    expect(found[2]?.maybe?.name).toBe("var.n");
  });
});

describe("files that are no valid HCL", () => {
  it.each([
    ["half a block", 'resource "a" "b" {\n  x = 1\n', 1],
    ["a bracket too few", "locals {\n  a = [1,\n  b = 2\n}\n", 2],
    ["prose", "this is not terraform\n", 1],
  ])("%s: line of the problem, and the rest is read", (_, text, line) => {
    const { problems } = parse("x.tf", text);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]?.at.line).toBeGreaterThanOrEqual(line);
    expect(problems[0]?.at.line).toBeLessThanOrEqual(text.split("\n").length);
  });

  it("names a block that stands twice", () => {
    const { problems } = roots({ "main.tf": `${PROVIDER}${'resource "a" "b" {\n}\n'.repeat(2)}` });
    expect(problems[0]?.message).toContain("stands also at main.tf:4");
  });
});
