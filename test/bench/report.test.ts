/** The figures are not tested; how they are put together is. */
import { describe, expect, it } from "vitest";

// The bench is plain JavaScript, run by node as it stands.
const { judge, markdown } = await import(new URL("report.mjs", import.meta.url).href);
const { measure, median, quantile } = await import(new URL("measure.mjs", import.meta.url).href);
const { scratch } = await import("../support/run.ts");

const result = (id: string, medianMs: number, more: object = {}): object => ({
  id,
  title: id,
  runs: 3,
  medianMs,
  p10Ms: medianMs,
  p90Ms: medianMs,
  ...more,
});

describe("the report", () => {
  const results = [
    result("node", 20),
    result("help", 25),
    result("create", 100, { files: 150, peakMb: 60 }),
    result("create-vite", 50, { files: 12 }),
  ];

  it("judges both kinds of limit, and says what was not measured", () => {
    const verdicts = Object.fromEntries(
      judge(results, undefined).map(({ title, verdict }: { title: string; verdict: string }) => [
        title,
        verdict,
      ]),
    );
    expect(verdicts).toMatchObject({
      "Help, over `node -e 0`": "within",
      "Create without terraform, over `node -e 0`": "over",
      "Files a second, over the fastest peer": "within",
      "Size installed": "not measured",
    });
  });

  it("is Markdown with a line for each subject and each gap", () => {
    const text = markdown({
      machine: { node: "Node", platform: "x", cores: 2, processor: "y" },
      results,
      missing: [{ title: "copier", reason: "no python3" }],
      installedMb: 2,
    });
    expect(text).toMatch(
      /^\| create +\| +3 \| +100 \| 100 to 100 \| +5\.00 \| +\| +150 \| +1500 \| +60 \|$/m,
    );
    expect(text).toMatch(/^- copier: not measured, no python3$/m);
  });
});

describe("measuring", () => {
  it("takes medians and quantiles", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(quantile([0, 10], 0.9)).toBe(9);
  });

  it("goes through the subjects in turn, warm-up first, each in an empty folder", async () => {
    const folder = await scratch();
    const order: string[] = [];
    const subject = (id: string, runs?: number): object => ({
      id,
      title: id,
      command: () => {
        order.push(id);
        return { command: process.execPath, args: ["-e", "require('fs').mkdirSync('new')"] };
      },
      ...(runs === undefined ? {} : { runs }),
    });
    const [a, , c] = measure([subject("a"), subject("b"), subject("c", 1)], {
      runs: 2,
      scratch: folder,
    });
    expect(order.slice(0, 7)).toEqual(["a", "b", "a", "b", "c", "a", "b"]);
    expect([a.runs, c.runs]).toEqual([2, 1]);
  });

  it("has no speed for a command that fails", async () => {
    const folder = await scratch();
    const failing = {
      id: "x",
      title: "x",
      command: () => ({ command: process.execPath, args: ["-e", "process.exit(3)"] }),
    };
    expect(() => measure([failing], { runs: 1, scratch: folder })).toThrow(/exited with 3/);
  });
});
