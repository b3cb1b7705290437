import Handlebars from "handlebars";
import { describe, expect, it } from "vitest";
import { parseTemplate } from "../../build/templates.mjs";
import { helpers } from "../../src/render/helpers.ts";
import { runTemplate } from "../../src/render/template.ts";

const reference = Handlebars.create();
for (const [name, helper] of Object.entries(helpers))
  reference.registerHelper(name, (...values: unknown[]) =>
    (helper as (...args: unknown[]) => string)(...values.slice(0, -1)),
  );

const context = {
  a: { b: { c: "deep" } },
  list: ["x", "y", "z"],
  map: { one: { v: 1 }, two: { v: 2 } },
  rows: [
    { items: ["p", "q"], name: "r1" },
    { items: [], name: "r2" },
  ],
  none: [],
  nothing: {},
  zero: 0,
  blank: "",
  yes: true,
};

describe("runs as Handlebars itself does", () => {
  it.each([
    "plain\n",
    "{{raw a.b.c}} and {{hcl list}}",
    "{{#each list}}{{raw this}}{{#unless @last}}, {{/unless}}{{/each}}",
    "{{#each list}}{{#if @first}}first {{/if}}{{number @index}}:{{raw this}};{{/each}}",
    "{{#each map}}{{raw @key}}={{number v}} {{raw ../a.b.c}} {{raw @root.a.b.c}}\n{{/each}}",
    "{{#each rows}}{{raw name}}:{{#each items}}{{raw this}}{{raw ../name}}{{raw ../../a.b.c}}{{else}}empty{{/each}}\n{{/each}}",
    "{{#each rows}}{{#if name}}{{#each items}}{{raw ../name}}{{/each}}{{/if}}{{/each}}",
    "{{#each none}}a{{else}}b{{/each}}{{#each nothing}}a{{else}}b{{/each}}{{#each absent}}a{{/each}}",
    "{{#if none}}1{{else}}2{{/if}}{{#if nothing}}1{{else}}2{{/if}}{{#if zero}}1{{else}}2{{/if}}{{#if blank}}1{{else}}2{{/if}}",
    "{{#if absent.x.y}}1{{else if yes}}2{{else}}3{{/if}}{{#unless absent}}4{{/unless}}{{#unless yes}}5{{/unless}}",
    "{{#with a.b}}{{raw c}}{{raw ../a.b.c}}{{/with}}{{#with absent}}x{{/with}}",
    "{{#if list.length}}own{{/if}}{{#if a.constructor}}inherited{{/if}}{{#if a.toString}}inherited{{/if}}",
    "  {{#if yes}}\n  standalone\n  {{/if}}\n{{~#if yes}}  trimmed  {{~/if}}\n{{!-- comment --}}\nend\n",
    "m = {{hclMap a 2}} {{json list}}",
  ])("%j", (source) => {
    expect(runTemplate(parseTemplate("t.hbs", source), context)).toBe(
      reference.compile(source, { noEscape: true, preventIndent: true })(context),
    );
  });
});

describe("a template may not", () => {
  it.each([
    ["{{a}}", /needs an escaping helper/],
    ["{{{raw a}}}", /not used here/],
    ["{{raw}}", /has no value/],
    ["{{raw a b=1}}", /key=value/],
    ["{{#each list as |x|}}{{/each}}", /one value/],
    ["{{#if (lookup a b)}}{{/if}}", /computed condition/],
    ["{{#eq a b}}{{/eq}}", /is a decision/],
    ["{{> partial}}", /not used here/],
    ["{{raw true}}", /not used here/],
  ])("%s", (source, message) => {
    expect(() => parseTemplate("t.hbs", source)).toThrow(message);
  });
});

it("says which helper cannot write what", () => {
  expect(() => runTemplate([["=", "raw", [0, "absent"]]], {})).toThrow(/raw: expected text/);
});
