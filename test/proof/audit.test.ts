/** Statuses, exceptions, plans and reports of an audit. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { control, files, terraform } from "../../src/controls/control.ts";
import { is } from "../../src/controls/evidence/require.ts";
import { answersOf } from "../../src/proof/audit/framework.ts";
import { type AuditReport, auditPlan } from "../../src/proof/audit/index.ts";
import { auditJunit } from "../../src/proof/audit/junit.ts";
import { runControls } from "../../src/proof/audit/run.ts";
import { auditSarif } from "../../src/proof/audit/sarif.ts";
import { auditText } from "../../src/proof/audit/text.ts";
import type { PlanJson } from "../../src/proof/types.ts";
import { auditFiles, filesOf } from "../support/mutants.ts";
import { root } from "../support/run.ts";
import { quietTerminal } from "../support/terminal.ts";

const TEMPLATE = "modules/nodes/main.launch-templates.tf";
const ID = "nodes.imds-token";

/** The default repository with IMDSv1 on, and more answers in its hardened-eks.yaml. */
function weakened(answers = "", token = '"optional"'): Map<string, string> {
  const all = filesOf("default");
  const edit = (path: string, change: (text: string) => string): void => {
    all.set(path, change(all.get(path) ?? ""));
  };
  edit(TEMPLATE, (text) => text.replace('http_tokens   = "required"', `http_tokens   = ${token}`));
  edit("hardened-eks.yaml", (text) => text + answers);
  return all;
}

const exception = (expires: string, id = ID): string =>
  `exceptions:\n  ${id}:\n    reason: an old agent needs it\n    owner: platform\n    expires: "${expires}"\n`;

const resultOf = ({ results }: AuditReport, id = ID) =>
  results.find(({ control: each }) => each.id === id);

describe("exceptions", () => {
  it("hold until their day", async () => {
    const result = resultOf(await auditFiles(weakened(exception("2026-12-31"))));
    expect(result).toMatchObject({
      status: "exception",
      waiver: { reason: "an old agent needs it", owner: "platform", expires: "2026-12-31" },
    });
    expect(result?.observations.length).toBeGreaterThan(0);
  });

  it("hold on their day, and not the day after", async () => {
    const text = weakened(exception("2026-12-31"));
    expect(resultOf(await auditFiles(text, "2026-12-31"))?.status).toBe("exception");
    const after = resultOf(await auditFiles(text, "2027-01-01"));
    expect(after?.status).toBe("not met");
    expect(after?.reason).toBe("the exception of platform ended on 2026-12-31");
  });

  it("hold for a year at most", async () => {
    const longest = resultOf(await auditFiles(weakened(exception("2027-11-24"))));
    expect(longest?.status).toBe("exception");
    const longer = resultOf(await auditFiles(weakened(exception("2099-12-31"))));
    expect(longer?.status).toBe("not met");
    expect(longer?.reason).toMatch(/a year is the longest, 2027-11-24/);
  });

  it("need words and somebody", async () => {
    for (const text of [
      exception("2026-12-31").replace("an old agent needs it", '".........."'),
      exception("2026-12-31").replace("owner: platform", 'owner: "--"'),
    ]) {
      const { problems } = await auditFiles(weakened(text));
      expect(problems[0]?.message).toMatch(/exceptions/);
    }
  });

  it("are a finding where they except nothing", async () => {
    const idle = filesOf("default");
    idle.set("hardened-eks.yaml", idle.get("hardened-eks.yaml") + exception("2026-12-31"));
    const { problems } = await auditFiles(idle);
    expect(problems.map(({ message }) => message)).toEqual([
      `exceptions.${ID}: the Control is met, remove the exception`,
    ]);
    expect(problems[0]?.place.line).toBeGreaterThan(1);
    const unknown = await auditFiles(weakened(exception("2026-12-31", "nodes.imds-tokens")));
    expect(unknown.problems[0]?.message).toContain("there is no Control of this name");
  });

  it("need reason, owner and a day", async () => {
    const { problems } = await auditFiles(weakened(`exceptions:\n  ${ID}:\n    reason: short\n`));
    expect(problems[0]?.message).toMatch(/exceptions/);
  });

  it("of an answer hold only where it was given", async () => {
    const all = filesOf("startup");
    const path = "kubernetes/base/namespaces/web/namespace.yaml";
    all.set(path, (all.get(path) ?? "").replace("enforce: restricted", "enforce: baseline"));
    const result = resultOf(await auditFiles(all), "workloads.pod-security-restricted");
    expect(result?.status).toBe("not met");
  });
});

describe("what cannot be resolved", () => {
  it("is said, counts as not met, and names where the value comes from", async () => {
    const all = weakened("", "var.tokens");
    all.set(
      "modules/nodes/variables.tf",
      `${all.get("modules/nodes/variables.tf")}\nvariable "tokens" {\n  type = string\n}\n`,
    );
    const result = resultOf(await auditFiles(all));
    expect(result?.status).toBe("not met");
    expect(result?.observations[0]).toMatchObject({
      kind: "unresolved",
      place: { file: TEMPLATE },
    });
    expect(result?.observations[0]?.message).toContain("cannot be resolved");
  });
});

describe("nothing is met because nothing was found", () => {
  const subject = {
    from: "repository",
    roots: [],
    overlays: [],
    engine: [],
    workflows: [],
    actions: [],
    modules: [],
    paths: [],
    file: () => undefined,
    yaml: () => undefined,
    shipped: () => new Map(),
  } as const;
  const looked = (check: Parameters<typeof terraform>[0]) =>
    control({
      id: "nodes.test",
      title: "A test",
      why: "To see what happens when there is nothing to see.",
      severity: "low",
      mapping: {},
      evidence: [terraform(check)],
      mutants: [],
      fix: "Nothing.",
    });

  it("an Evidence that looks at nothing is not met", () => {
    const [result] = runControls(subject, [looked(() => undefined)], "2026-11-24");
    expect(result?.status).toBe("not met");
    expect(result?.observations[0]?.message).toBe("Nothing was found that could be checked");
  });

  it("one of two that looks at nothing spoils the other", () => {
    const both = {
      ...looked((_, probe) => probe.that(true, { file: "a", line: 1 }, "")),
    };
    const mixed = { ...both, evidence: [...both.evidence, files(() => undefined)] };
    expect(runControls(subject, [both], "2026-11-24")[0]?.status).toBe("met");
    expect(runControls(subject, [mixed], "2026-11-24")[0]?.status).toBe("not met");
  });
});

describe("requirements", () => {
  it.each([
    [is("required"), "required", true],
    [is("required"), "optional", false],
    [is("required"), undefined, false],
    [is(true), "true", true],
    [is(1), "1", true],
    [is(0), null, false],
    [is(0), "", false],
  ] as const)("%o of %o is %s", (requirement, value, expected) => {
    expect(requirement.test(value)).toBe(expected);
  });
});

describe("a plan", () => {
  const plan: PlanJson = {
    format_version: "1.2",
    planned_values: {
      root_module: {
        child_modules: [
          {
            address: "module.nodes",
            resources: [
              {
                address: 'module.nodes.aws_launch_template.node["default"]',
                mode: "managed",
                type: "aws_launch_template",
                name: "node",
                index: "default",
                values: { metadata_options: [{ http_tokens: "optional" }] },
              },
              {
                address: 'module.nodes.aws_eks_node_group.this["default"]',
                mode: "managed",
                type: "aws_eks_node_group",
                name: "this",
                index: "default",
                values: { launch_template: [{ version: null }] },
              },
            ],
          },
        ],
      },
    },
    resource_changes: [
      {
        address: 'module.nodes.aws_eks_node_group.this["default"]',
        change: { after_unknown: { launch_template: [{ id: true }] } },
      },
    ],
    configuration: {
      root_module: {
        module_calls: {
          nodes: {
            module: {
              resources: [
                {
                  mode: "managed",
                  type: "aws_eks_node_group",
                  name: "this",
                  expressions: {
                    launch_template: [
                      { id: { references: ["aws_launch_template.node", "each.key"] } },
                    ],
                  },
                },
              ],
            },
          },
        },
      },
    },
  };
  const all = filesOf("default");
  const audit = (given: PlanJson) =>
    auditPlan({
      directory: "/",
      today: "2026-11-24",
      plan: given,
      name: "plan.json",
      tree: { paths: [...all.keys()], problems: [], read: (path) => all.get(path) },
    });

  it("is found wrong at the line that made it, for the instance", async () => {
    const result = resultOf(await audit(plan));
    expect(result?.status).toBe("not met");
    expect(result?.observations.map(({ place, message }) => [place.file, message])).toEqual([
      [
        TEMPLATE,
        'module.nodes.aws_launch_template.node["default"]: metadata_options.http_tokens is "optional", it must be "required"',
      ],
    ]);
  });

  it("is met when the value is right, though AWS gives the id later", async () => {
    const right = JSON.parse(JSON.stringify(plan).replace('"optional"', '"required"')) as PlanJson;
    expect(resultOf(await audit(right))?.status).toBe("met");
  });

  it("does not speak of what it does not hold", async () => {
    const report = await audit(plan);
    expect(resultOf(report, "workloads.pod-security-restricted")).toMatchObject({
      status: "not applicable",
      reason: "a plan does not show it",
    });
  });
});

describe("reports", () => {
  const schema = JSON.parse(
    readFileSync(join(root, "test/fixtures/sarif-schema-2.1.0.json"), "utf8"),
  ) as Record<string, unknown>;
  // Draft 4, of which only the names of these two differ here.
  const { $schema: _draft, id: _id, ...body } = schema;
  const validate = new Ajv({
    strict: false,
    formats: { uri: true, "uri-reference": true, "date-time": true },
  }).compile(body);

  it.each([
    ["of a repository that is in order", filesOf("default")],
    ["with findings", weakened()],
    ["with an exception", weakened(exception("2026-12-31"))],
    [
      "with files that cannot be read",
      new Map([...filesOf("default"), [TEMPLATE, 'resource "a" {']]),
    ],
  ])("SARIF %s is valid", async (_, all) => {
    const log = auditSarif(await auditFiles(all), "0.0.0");
    expect(validate(log), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
  });

  it("the schema refuses what is no SARIF", () => {
    expect(validate({ version: "2.1.0", runs: [{ results: [] }] })).toBe(false);
  });

  it("SARIF names rule, file and line, and suppresses what is accepted", async () => {
    const [run] = auditSarif(await auditFiles(weakened()), "0.0.0").runs;
    const found = run?.results?.find(({ ruleId }) => ruleId === ID);
    expect(run?.tool.driver.rules?.[found?.ruleIndex ?? -1]?.id).toBe(ID);
    expect(found?.level).toBe("error");
    expect(found?.locations?.[0]?.physicalLocation).toMatchObject({
      artifactLocation: { uri: TEMPLATE },
      region: { startLine: 33 },
    });
    const [accepted] = auditSarif(
      await auditFiles(weakened(exception("2026-12-31"))),
      "0.0.0",
    ).runs;
    const other = accepted?.results?.find(({ ruleId }) => ruleId === ID);
    expect(other?.suppressions?.[0]?.justification).toBe(
      "an old agent needs it (platform, until 2026-12-31)",
    );
  });

  it("JUnit counts what it holds, and escapes", async () => {
    const all = weakened("", '"<&\\">"');
    const xml = auditJunit(await auditFiles(all));
    expect(xml).toContain("&lt;&amp;");
    expect(xml).not.toMatch(/message="[^"]*[<>]/);
    const [, tests, failures] =
      /<testsuite name="nodes" tests="(\d+)" failures="(\d+)"/.exec(xml) ?? [];
    const nodes = xml.slice(xml.indexOf('<testsuite name="nodes"')).split("</testsuite>")[0] ?? "";
    expect(nodes.match(/<testcase /g)?.length).toBe(Number(tests));
    expect(nodes.match(/<failure /g)?.length).toBe(Number(failures));
    expect(Number(failures)).toBeGreaterThan(0);
  });

  it("text says what, where and how to mend, once for all roots", async () => {
    const { outColors } = quietTerminal();
    const text = auditText(await auditFiles(weakened()), outColors, false);
    const lines = text.split("\n").filter((line) => line.includes(`${TEMPLATE}:33`));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("environments/dev, environments/prod");
    expect(text).toContain('fix: Set http_tokens = "required"');
  });

  it("a file cannot steer the terminal", async () => {
    const { outColors } = quietTerminal();
    const text = auditText(await auditFiles(weakened("", '"\\u001b[2Jx"')), outColors, false);
    expect(text).not.toContain("\u001b[2J");
  });

  it("CIS EKS has an answer to each of its 50", async () => {
    const answers = answersOf((await auditFiles(weakened())).results);
    expect(answers).toHaveLength(50);
    expect(answers.find(({ id }) => id === "5.4.2")?.status).toBe("met");
  });
});
