/** hardened-eks.yaml keeps what its user wrote. */
import { diffLines } from "diff";
import { describe, expect, it } from "vitest";
import { parseAnswers } from "../../src/lifecycle/answers.ts";
import { editAnswers } from "../../src/lifecycle/edit-answers.ts";
import { type Data, removePath, setPath } from "../../src/options/paths.ts";

const NAME = "hardened-eks.yaml";

const TEXT = `# yaml-language-server: $schema=.hardened-eks/schema.json
# Ours: ask the platform team before you touch this.

name: acme-platform   # the brand
region: 'eu-west-1'
kubernetes: "1.35"

# Two of them, for now.
environments:
  dev:
    network: { cidr: 10.40.0.0/16, egress: nat } # cheap
  prod:
    # the auditors know this one
    accountId: "111122223333"
    network:
      cidr: 10.41.0.0/16
      egress: nat-per-az


addons:
  # detection first
  - guardduty
  - ebs-csi # databases
nodes:
  min: 2
  max: 10
namespaces: {production: {podSecurity: restricted}}
# the end
`;

const edit = (text: string, change: (data: Data) => Data, model?: Data): string =>
  editAnswers(text, NAME, change(parseAnswers(text, NAME)), model);

/** Lines that went and lines that came. */
function changed(before: string, after: string): { gone: string[]; come: string[] } {
  const parts = diffLines(before, after);
  const of = (key: "added" | "removed"): string[] =>
    parts.filter((part) => part[key]).flatMap(({ value }) => value.replace(/\n$/, "").split("\n"));
  return { gone: of("removed"), come: of("added") };
}

describe("only the lines concerned change", () => {
  it.each<[string, (data: Data) => Data, string[], string[]]>([
    [
      "a scalar keeps its quotes and its comment",
      (data) => setPath(data, "region", "eu-central-1"),
      ["region: 'eu-west-1'"],
      ["region: 'eu-central-1'"],
    ],
    [
      "a version stays a text",
      (data) => setPath(data, "kubernetes", "1.36"),
      ['kubernetes: "1.35"'],
      ['kubernetes: "1.36"'],
    ],
    [
      "a comment behind a value stays behind it",
      (data) => setPath(data, "name", "acme-eks"),
      ["name: acme-platform   # the brand"],
      ["name: acme-eks # the brand"],
    ],
    [
      "inside a flow map",
      (data) => setPath(data, "environments.dev.network.egress", "none"),
      ["    network: { cidr: 10.40.0.0/16, egress: nat } # cheap"],
      ["    network: { cidr: 10.40.0.0/16, egress: none } # cheap"],
    ],
    [
      "one more of a list",
      (data) => setPath(data, "addons", ["guardduty", "ebs-csi", "efs-csi"]),
      [],
      ["  - efs-csi"],
    ],
    [
      "one less of a list",
      (data) => setPath(data, "addons", ["guardduty"]),
      ["  - ebs-csi # databases"],
      [],
    ],
    ["a number", (data) => setPath(data, "nodes.max", 12), ["  max: 10"], ["  max: 12"]],
    [
      "a key that goes",
      (data) => removePath(data, "environments.prod.accountId"),
      ['    accountId: "111122223333"'],
      [],
    ],
  ])("%s", (_, change, gone, come) => {
    const after = edit(TEXT, change);
    expect(changed(TEXT, after)).toEqual({ gone, come });
    expect(parseAnswers(after, NAME)).toEqual(change(parseAnswers(TEXT, NAME)));
  });

  it("a new key comes where the order of the options wants it", () => {
    const model = { name: "", region: "", zones: [], kubernetes: "" };
    const after = edit(TEXT, (data) => setPath(data, "zones", ["euw1-az1", "euw1-az2"]), model);
    expect(changed(TEXT, after)).toEqual({
      gone: [],
      come: ["zones:", "  - euw1-az1", "  - euw1-az2"],
    });
    expect(after.indexOf("zones:")).toBeLessThan(after.indexOf("kubernetes:"));
    expect(after.indexOf("zones:")).toBeGreaterThan(after.indexOf("region:"));
  });

  it("a renamed key keeps its value, its place and its comment", () => {
    const text = "logs:\n  # a year\n  days: 365 # asked for\nci: github\n";
    expect(edit(text, ({ logs: _, ...data }) => ({ logs: { retentionDays: 365 }, ...data }))).toBe(
      "logs:\n  # a year\n  retentionDays: 365 # asked for\nci: github\n",
    );
  });
});

describe("what the file is written in stays", () => {
  it("the same data gives the same text", () => {
    expect(edit(TEXT, (data) => data)).toBe(TEXT);
  });

  it("there and back is the same text", () => {
    const there = edit(TEXT, (data) => setPath(data, "nodes.max", 12));
    expect(edit(there, (data) => setPath(data, "nodes.max", 10))).toBe(TEXT);
  });

  it("an indent of four", () => {
    const text = "nodes:\n    min: 2\n    max: 10\naddons:\n    - guardduty\n";
    expect(edit(text, (data) => setPath(data, "nodes.max", 12))).toBe(
      "nodes:\n    min: 2\n    max: 12\naddons:\n    - guardduty\n",
    );
  });

  it("lists that are not indented", () => {
    const text = "addons:\n- guardduty\n- ebs-csi\nnodes:\n  min: 2\n";
    expect(edit(text, (data) => setPath(data, "nodes.min", 3))).toBe(
      "addons:\n- guardduty\n- ebs-csi\nnodes:\n  min: 3\n",
    );
  });

  it("CR LF", () => {
    const text = TEXT.replaceAll("\n", "\r\n");
    const after = edit(text, (data) => setPath(data, "nodes.max", 12));
    expect(after).toBe(text.replace("max: 10", "max: 12"));
  });

  it("an anchor stays where nothing below it changes", () => {
    const text =
      "environments:\n  dev: &small { network: { egress: nat } }\n  test: *small\nnodes:\n  max: 10\n";
    expect(edit(text, (data) => setPath(data, "nodes.max", 12))).toBe(
      text.replace("max: 10", "max: 12"),
    );
  });
});

describe("refused with its place", () => {
  it.each([
    [
      "a conflict",
      "name: a\n<<<<<<< yours\nregion: b\n=======\nregion: c\n>>>>>>> theirs\n",
      /conflict/,
    ],
    ["no map", "- a\n- b\n", /map of options/],
    ["a key twice", "name: a\nname: b\n", /:2:1:/],
    ["an open quote", 'name: "a\n', /:\d+:\d+:/],
  ])("%s", (_, text, words) => {
    expect(() => parseAnswers(text, NAME)).toThrowError(
      expect.objectContaining({
        message: expect.stringMatching(/hardened-eks\.yaml/),
        mend: expect.any(String),
      }),
    );
    try {
      parseAnswers(text, NAME);
    } catch (error) {
      const { message, mend } = error as { message: string; mend: string };
      expect(`${message} ${mend}`).toMatch(words);
    }
  });
});
