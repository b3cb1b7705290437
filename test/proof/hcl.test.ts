import { describe, expect, it } from "vitest";
import { outline, outlineJson } from "../../src/proof/hcl.ts";
import { standIn } from "../../src/proof/stand-in.ts";

describe("the outline of a file", () => {
  it("finds blocks, labels, lines and arguments, whatever stands in strings and comments", () => {
    const { blocks } = outline(`\uFEFF# resource "a" "b" {}
/* resource "a" "b" {
*/
resource "aws_x" "y" { // }
  text   = "} \${"\${var.a}"} %{ if true }\\"%{ endif } $\${"
  here   = <<-EOT
    resource "aws_no" "no" {
    \${join(",", [for x in var.y : "}"])}
  EOT
  call   = jsonencode({
    a = [1, 2] # ]
    b = { c = "}" }
  })
  nested {
    inner = a == b ? 1 / 2 : 3
    deep "label" {}
  }
}
variable "one" { type = string }
terraform {
  backend "s3" {}
}
`);
    expect(blocks.map(({ type, labels, line }) => [type, labels, line])).toEqual([
      ["resource", ["aws_x", "y"], 4],
      ["variable", ["one"], 19],
      ["terraform", [], 20],
    ]);
    const [resource, variable, terraform] = blocks;
    expect([...(resource?.arguments.keys() ?? [])]).toEqual(["text", "here", "call"]);
    expect(resource?.arguments.get("call")).toMatchObject({ line: 10 });
    expect(resource?.blocks[0]?.arguments.get("inner")?.text).toBe("a == b ? 1 / 2 : 3");
    expect(resource?.blocks[0]?.blocks[0]?.labels).toEqual(["label"]);
    expect(variable?.arguments.get("type")?.text).toBe("string");
    expect(terraform?.blocks[0]).toMatchObject({ type: "backend", labels: ["s3"] });
  });

  it("ends on anything", () => {
    const sample = 'resource "a" "b" {\n  x = "${[<<EOT\n}"\n  y {\n';
    for (let end = 0; end <= sample.length; end += 1)
      expect(outline(sample.slice(0, end))).toBeDefined();
    for (const text of [
      "}}}}",
      "=",
      '"',
      "<<EOT",
      "a = <<EOT\nb",
      "/*",
      "{",
      "\\",
      "a b c {",
      "💥 = 1",
    ])
      expect(outline(text)).toBeDefined();
  });

  it("reads JSON syntax", () => {
    const body = outlineJson(
      JSON.stringify({
        resource: { aws_x: { a: { count: 1 }, b: [{}, {}] } },
        terraform: [
          { backend: { s3: {} }, required_providers: { aws: { source: "hashicorp/aws" } } },
        ],
        variable: { v: { default: 1 } },
      }),
    );
    expect(body?.blocks.map(({ type, labels }) => [type, ...labels])).toEqual([
      ["resource", "aws_x", "a"],
      ["resource", "aws_x", "b"],
      ["resource", "aws_x", "b"],
      ["terraform"],
      ["variable", "v"],
    ]);
    expect(body?.blocks[3]?.blocks.map(({ type, labels }) => [type, ...labels])).toEqual([
      ["backend", "s3"],
      ["required_providers"],
    ]);
    expect(outlineJson("[]")).toBeUndefined();
    expect(outlineJson("{")).toBeUndefined();
  });
});

describe("a stand-in", () => {
  it.each([
    ["account_id", "string", "111122223333"],
    ["name", "string", "stand-in"],
    ["size", "number", 1],
    ["enabled", "bool", false],
    ["vpc_cidr", "string", "10.0.0.0/16"],
    ["admin_role_arns", "set(string)", ["arn:aws:iam::111122223333:role/stand-in"]],
    ["things", "map(object({ a = string }))", {}],
    ["pair", "tuple([string, number])", ["stand-in", 1]],
    [
      "network",
      `object({
        cidr  = string           # the range
        zones = optional(list(object({ id = string })), [])
        "vpc_id" = string, sizes = list(number)
      })`,
      { cidr: "10.0.0.0/16", vpc_id: "vpc-0123456789abcdef0", sizes: [1] },
    ],
    ["whatever", "any", "stand-in"],
    ["broken", "object({", {}],
  ])("for %s of type %s", (name, type, value) => {
    expect(standIn(name, type)).toEqual(value);
  });
});
