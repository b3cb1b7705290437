/** One declaration gives flag, variable, file and prompt, and all four give the same Config. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { flagAnswers, gatherAnswers } from "../../src/cli/answers.ts";
import { commandWords } from "../../src/cli/command-line.ts";
import { buildProgram } from "../../src/cli/program.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { questionsFor, withAnswers } from "../../src/cli/wizard.ts";
import { declarations } from "../../src/features/index.ts";
import type { OptionDeclaration } from "../../src/options/declare.ts";
import { fillDefaults } from "../../src/options/defaults.ts";
import { applyAssignments, readVariables, variableName } from "../../src/options/layers.ts";
import { ENVIRONMENT_ONLY, getPath, setPath } from "../../src/options/paths.ts";
import { configSchema } from "../../src/options/schema.ts";
import { checkSchema } from "../../src/options/validate.ts";
import { renderConfigFile } from "../../src/render/config-file.ts";
import { quietTerminal } from "../support/terminal.ts";

/** A value that is valid and not the default, as text. */
function otherText(declaration: OptionDeclaration): string {
  const special: Record<string, string> = {
    name: "other-name",
    region: "eu-west-1",
    zones: "use1-az1,use1-az2",
    environments: "test,live",
    kubernetes: "1.36",
    "nodes.instanceTypes": "m6i.large,m7a.large",
    "nodes.labels": "team=payments",
    "nodes.taints": "dedicated=batch:NO_SCHEDULE",
    "access.publicCidrs": "203.0.113.0/24",
    "access.admins": "arn:aws:iam::111122223333:role/admin",
    namespaces: "apps,tools=baseline",
    addons: "ebs-csi",
    repository: "acme/platform",
    contact: "team@acme.example",
  };
  const { path, kind, choices, default: usual } = declaration;
  if (special[path] !== undefined) return special[path];
  if (kind === "choice")
    return String((choices?.find(({ value }) => value !== usual) ?? choices?.[0])?.value);
  if (kind === "toggle") return String(usual !== true);
  if (kind === "integer") return String((usual as number) + 1);
  throw new Error(`no other value for ${path}`);
}

const common = declarations.filter(({ path }) => !ENVIRONMENT_ONLY.includes(path));
const config = (input: Record<string, unknown>) => fillDefaults(declarations, input, "my-cluster");

async function viaArgv(argv: string[], terminal: Terminal = quietTerminal()) {
  let flags: Record<string, unknown> = {};
  const program = buildProgram(terminal, () => undefined);
  program.action((_directory: unknown, options: Record<string, unknown>) => {
    flags = options;
  });
  await program.parseAsync(argv, { from: "user" });
  return config(await gatherAnswers(flags, terminal));
}

describe("every option", () => {
  it.each(common.map((entry) => [entry.path, entry] as const))(
    "%s: flag, variable, file and prompt agree",
    async (path, declaration) => {
      const text = otherText(declaration);
      const expected = config(setPath({}, path, declaration.parse(text)));
      if (declaration.choices?.length !== 1) expect(expected).not.toEqual(config({}));

      const terminal = quietTerminal({ env: { [variableName(declaration)]: text } });
      expect(await viaArgv([], terminal)).toEqual(expected);
      expect(await viaArgv(["--set", `${path}=${text}`])).toEqual(expected);
      if (declaration.flag !== undefined) {
        const argv =
          declaration.kind === "toggle"
            ? [`--${declaration.flag}`]
            : [`--${declaration.flag}`, text];
        expect(await viaArgv(argv)).toEqual(expected);
      }
      expect(config(parseYaml(renderConfigFile(expected)))).toEqual(expected);

      if ("message" in declaration.prompt) {
        const questions = questionsFor({}, "my-cluster", "2026-11-24");
        const question = questions.find((entry) => entry.name === path.replaceAll(".", "/"));
        expect(question, "the wizard asks it").toBeDefined();
        const answer = question?.type === "input" ? text : declaration.parse(text);
        const sofar = path === "access.publicCidrs" ? { "access/endpoint": "restricted" } : {};
        if (question?.validate) expect(question.validate(text, sofar)).toBe(true);
        expect(config(withAnswers({}, { [question?.name ?? ""]: answer }))).toEqual(expected);
      } else {
        expect(declaration.prompt.notAsked.length).toBeGreaterThan(5);
      }
    },
  );

  it("parses back what it formats", () => {
    for (const declaration of declarations) {
      const value = declaration.parse(
        declaration.path === "accountId"
          ? "111122223333"
          : declaration.path === "network.cidr"
            ? "10.9.0.0/16"
            : otherText(declaration),
      );
      expect(declaration.parse(declaration.format(value)), declaration.path).toEqual(value);
    }
  });

  it("has a prompt with a flag", () => {
    for (const { path, flag, prompt } of declarations)
      if ("message" in prompt) expect(flag, path).toBeDefined();
  });

  it("has a variable and a path of its own", () => {
    const names = common.map(variableName);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(declarations.map(({ path }) => path)).size).toBe(declarations.length);
  });

  it("stands in the schema with a description", () => {
    const schema = configSchema(declarations) as unknown as Record<string, unknown>;
    for (const { path } of common) {
      const at = path.split(".").join(".properties.");
      expect(getPath(schema, `properties.${at}.description`), path).toBeTypeOf("string");
    }
  });
});

describe("layers", () => {
  it("flag over variable over file over default", async () => {
    const input = { nodes: { size: "xlarge", os: "al2023" } };
    const variables = readVariables(declarations, {
      HARDENED_EKS_NODE_SIZE: "2xlarge",
      HARDENED_EKS_NODE_ARCH: "arm",
    });
    const flags = flagAnswers({ nodeSize: "4xlarge" });
    const merged = config(applyAssignments(declarations, input, [...variables, ...flags]));
    expect(merged.nodes).toMatchObject({ size: "4xlarge", arch: "arm", os: "al2023", min: 2 });
  });

  it("a flag for all environments beats a file's word for one", () => {
    const input = {
      environments: { prod: { network: { egress: "nat-per-az" }, accountId: "111122223333" } },
    };
    const merged = config(applyAssignments(declarations, input, flagAnswers({ egress: "none" })));
    expect(merged.environments.prod).toMatchObject({
      network: { egress: "none" },
      accountId: "111122223333",
    });
  });

  it("--environments keeps what the file says of the same names", () => {
    const input = { environments: { prod: { accountId: "111122223333" }, dev: {} } };
    const merged = config(
      applyAssignments(declarations, input, flagAnswers({ environments: "stage,prod" })),
    );
    expect(Object.keys(merged.environments)).toEqual(["stage", "prod"]);
    expect(merged.environments.prod?.accountId).toBe("111122223333");
  });

  it("gives environments ranges that do not meet", () => {
    const merged = config({
      environments: { a: { network: { cidr: "10.41.0.0/16" } }, b: {}, c: {} },
    });
    const cidrs = Object.values(merged.environments).map(({ network }) => network.cidr);
    expect(new Set(cidrs).size).toBe(3);
  });
});

const anyInput = fc.record(
  {
    iac: fc.constantFrom("terraform", "opentofu"),
    awsProvider: fc.constantFrom(5, 6),
    region: fc.constantFrom("us-east-1", "eu-west-1", "us-gov-west-1"),
    contact: fc.constantFrom("a@b.example", "platform+eks@acme.example"),
    environments: fc.dictionary(
      fc.constantFrom("dev", "prod", "stage"),
      fc.record(
        {
          accountId: fc.constantFrom("111122223333", "444455556666"),
          nodes: fc.record(
            { size: fc.constantFrom("large", "xlarge"), max: fc.integer({ min: 3, max: 9 }) },
            { requiredKeys: [] },
          ),
          network: fc.record(
            { egress: fc.constantFrom("nat", "none", "nat-per-az") },
            { requiredKeys: [] },
          ),
          addons: fc.constantFrom(["ebs-csi"], []),
          access: fc.constantFrom(
            { endpoint: "private" },
            { admins: ["arn:aws:iam::111122223333:role/a"] },
          ),
        },
        { requiredKeys: [] },
      ),
      { minKeys: 1, maxKeys: 3 },
    ),
    nodes: fc.record(
      {
        arch: fc.constantFrom("x86", "arm"),
        labels: fc.constantFrom({ team: "a" }, { team: "b", tier: "web" }),
        taints: fc.constantFrom([{ key: "dedicated", value: "x", effect: "NO_EXECUTE" }]),
        groups: fc.constantFrom(
          { batch: { size: "xlarge", capacity: "spot" } },
          { plain: {} },
          { plain: {}, batch: { taints: [{ key: "k", value: "", effect: "NO_SCHEDULE" }] } },
        ),
      },
      { requiredKeys: [] },
    ),
    namespaces: fc.constantFrom({
      apps: { podSecurity: "restricted" },
      tools: { podSecurity: "baseline" },
    }),
    state: fc.constantFrom({ backend: "local" }),
  },
  { requiredKeys: [] },
);

describe("the one-line command", () => {
  it("makes the same Config again", async () => {
    await fc.assert(
      fc.asyncProperty(anyInput, async (input) => {
        const wanted = config(input as Record<string, unknown>);
        expect(checkSchema(declarations, wanted)).toEqual([]);
        const [, , ...argv] = commandWords("my-cluster", wanted);
        expect(await viaArgv(argv)).toEqual(wanted);
      }),
      { numRuns: 150 },
    );
  });
});
