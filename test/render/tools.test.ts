/** What other people's tools say of the golden repositories: nothing. */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { isMap, isSeq, parseAllDocuments, parseDocument } from "yaml";
import { profiles } from "../support/profiles.ts";
import { type Repository, repository, writeTree } from "../support/repository.ts";
import { scratch } from "../support/run.ts";
import {
  need,
  type Skippable,
  type Suppression,
  staleSuppressions,
  suppressionsIn,
  writeSchemas,
} from "../support/tools.ts";

interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
}

/** Kinds whose schemas come with the engine's chart, which no package client brings to this machine. */
const UNKNOWN_KINDS: Record<string, string[]> = {
  calico: [
    "operator.tigera.io/v1/APIServer",
    "operator.tigera.io/v1/Installation",
    "projectcalico.org/v3/GlobalNetworkPolicy",
  ],
  cilium: ["cilium.io/v2/CiliumClusterwideNetworkPolicy", "cilium.io/v2/CiliumNetworkPolicy"],
  "vpc-cni": [],
};

/** Of other kinds these rules say what they say of every object: see .trivyignore.yaml. */
const KIND_OF_RULE: Record<string, string> = {
  "AVD-KSV-0039": "LimitRange",
  "AVD-KSV-0040": "ResourceQuota",
};

interface TrivyResult {
  Type: string;
  Target: string;
  MisconfSummary?: { Successes: number };
  Misconfigurations?: { AVDID: string; Message: string }[];
}

async function trivy(directory: string, args: string[] = []): Promise<TrivyResult[]> {
  const { stdout } = await execa(
    "trivy",
    ["config", "--skip-check-update", "--quiet", "--format", "json", ...args, "."],
    { cwd: directory },
  );
  return (JSON.parse(stdout) as { Results?: TrivyResult[] }).Results ?? [];
}

const findings = (results: TrivyResult[]) =>
  results.flatMap(({ Target, Misconfigurations }) =>
    (Misconfigurations ?? []).map(({ AVDID, Message }) => ({
      rule: AVDID,
      path: Target,
      message: Message,
    })),
  );

/** Entries of .trivyignore.yaml, path by path. */
function ignoredByTrivy(path: string, contents: string): Suppression[] {
  const entries = parseDocument(contents).get("misconfigurations");
  if (!isSeq(entries)) throw new Error(`${path} has no list of misconfigurations`);
  return entries.items.flatMap((entry, index) => {
    const paths = isMap(entry) ? entry.get("paths") : undefined;
    if (!isMap(entry) || !isSeq(paths)) throw new Error(`${path}: entry ${index} names no paths`);
    return paths.items.map((_, position) => {
      const document = parseDocument(contents);
      document.deleteIn(["misconfigurations", index, "paths", position]);
      // An entry without paths is for all of them.
      if (paths.items.length === 1) document.deleteIn(["misconfigurations", index]);
      return {
        path,
        rule: String(entry.get("id")),
        reason: String(entry.get("statement") ?? ""),
        without: document.toString(),
      };
    });
  });
}

/** Suppressions in modules, which are the same for every repository, and whether a repository needs them. */
const inModules = new Map<string, boolean>();

/** Suppressions that suppress nothing; those in modules are judged when every repository was seen. */
async function stale(
  directory: string,
  suppressions: readonly Suppression[],
  report: (path: string) => Promise<readonly string[]>,
): Promise<string[]> {
  const key = ({ path, rule }: Suppression): string => `${rule} in ${path}`;
  const ofModule = ({ path }: Suppression): boolean => path.startsWith("modules/");
  const open = suppressions.filter((each) => inModules.get(key(each)) !== true);
  const found = await staleSuppressions(directory, open, report);
  for (const each of open.filter(ofModule)) inModules.set(key(each), !found.includes(each));
  return found.filter((each) => !ofModule(each)).map(key);
}

describe.each(Object.keys(profiles))("%s", (name) => {
  let made: Repository;
  let directory: string;
  let files: [path: string, contents: string][];
  const below = (start: string) => files.filter(([path]) => path.startsWith(start));
  const check = async (tool: string, args: string[], test: Skippable) => {
    await need(test, tool);
    const { exitCode, all } = await execa(tool, args, { cwd: directory, reject: false, all: true });
    expect(all).toMatch(/^(.*(No findings|no errors).*)?$/i);
    expect(exitCode).toBe(0);
  };

  beforeAll(async () => {
    made = repository(profiles[name]);
    files = [...made.tree].map(([path, { contents }]) => [path, contents]);
    directory = await scratch();
    await writeTree(directory, made.tree);
    // actionlint looks for the project's root.
    await execa("git", ["init", "--quiet"], { cwd: directory });
  });

  /** What kustomize makes: each overlay, and the engine's own objects where it has any. */
  const built = async (): Promise<
    { from: string; text: string; objects: KubernetesObject[] }[]
  > => {
    const overlays = (await readdir(join(directory, "kubernetes/overlays"))).map(
      (overlay) => `kubernetes/overlays/${overlay}`,
    );
    const engine = made.tree.has("kubernetes/engine/kustomization.yaml");
    return Promise.all(
      [...overlays, ...(engine ? ["kubernetes/engine"] : [])].map(async (from) => {
        const { stdout } = await execa("kubectl", ["kustomize", from], { cwd: directory });
        const objects = parseAllDocuments(stdout).map((document) => document.toJS());
        return { from, text: stdout, objects };
      }),
    );
  };

  it("yamllint", async (test) => {
    await check("yamllint", ["--strict", "."], test);
    expect(suppressionsIn(files, /# yamllint disable/)).toEqual([]);
  });

  it("tflint, and every exception of it is one", async (test) => {
    await need(test, "tflint");
    const lint = async (): Promise<string[]> => {
      const { exitCode, all } = await execa(
        "tflint",
        ["--recursive", "--config", join(directory, ".tflint.hcl"), "--format", "compact"],
        { cwd: directory, reject: false, all: true },
      );
      expect([0, 2], all).toContain(exitCode);
      return all.split("\n").filter((line) => /\.tf:\d+/.test(line));
    };
    expect(await lint()).toEqual([]);
    const suppressions = [
      ...suppressionsIn(files, /# tflint-ignore: (?<rules>[\w, ]*\w)(?: # (?<reason>.*))?$/),
      ...suppressionsIn(
        below(".tflint.hcl"),
        /^# (?<reason>.*)\nrule "(?<rules>\w+)" \{\n {2}enabled = false\n/,
        (text) => text.replace("false", "true"),
      ),
    ];
    expect(suppressions).not.toEqual([]);
    expect(
      await stale(directory, suppressions, async () =>
        (await lint()).map((line) => line.match(/\((\w+)\)$/)?.[1] ?? line),
      ),
    ).toEqual([]);
  });

  it("kubernetes-validate: the built overlays fit the API's schemas", async (test) => {
    await need(test, "kubernetes-validate", "kubectl");
    const folder = await scratch();
    for (const [index, { from, objects }] of (await built()).entries()) {
      const own = objects.filter(
        ({ apiVersion, kind }) =>
          !UNKNOWN_KINDS[made.config.networkPolicy]?.includes(`${apiVersion}/${kind}`),
      );
      expect(own.length, from).toBeGreaterThan(1);
      const file = join(folder, `${index}.yaml`);
      await writeFile(file, own.map((object) => JSON.stringify(object)).join("\n---\n"));
      const validate = await execa(
        "kubernetes-validate",
        ["--strict", "--kubernetes-version", made.config.kubernetes, file],
        { reject: false, all: true },
      );
      expect(validate.exitCode, validate.all).toBe(0);
    }
  });

  it("kubeconform: the same, without the kinds that the engine's chart brings", async (test) => {
    await need(test, "kubeconform", "kubernetes-validate", "kubectl");
    const everything = await built();
    const objects = everything.flatMap((each) => each.objects);
    const schemas = await writeSchemas(await scratch(), made.config.kubernetes, objects);
    const unknown = UNKNOWN_KINDS[made.config.networkPolicy] as string[];
    const conform = async (input: string) => {
      const { stdout } = await execa(
        "kubeconform",
        [
          ...["-strict", "-verbose", "-output", "json", "-schema-location", schemas],
          ...["-kubernetes-version", `${made.config.kubernetes}.0`, "-skip", unknown.join()],
        ],
        { input, reject: false },
      );
      return (
        JSON.parse(stdout) as {
          resources: { version: string; kind: string; name: string; status: string; msg: string }[];
        }
      ).resources;
    };
    const all = await conform(everything.map(({ text }) => text).join("\n---\n"));
    expect(all).toHaveLength(objects.length);
    expect(all.filter(({ status }) => !/^status(Valid|Skipped)$/.test(status))).toEqual([]);
    const skipped = all.filter(({ status }) => status === "statusSkipped");
    expect([...new Set(skipped.map(({ version, kind }) => `${version}/${kind}`))].sort()).toEqual(
      unknown,
    );
    // Schemas that let everything pass would prove nothing.
    const wrong = (everything[0]?.text ?? "").replaceAll("podSelector:", "podSelectors:");
    expect((await conform(wrong)).some(({ status }) => status === "statusInvalid")).toBe(true);
  });

  it("checkov finds nothing, and every skip suppresses something", async (test) => {
    await need(test, "checkov");
    const { stdout } = await execa(
      "checkov",
      [
        ...["--directory", ".", "--compact", "--output", "json"],
        ...[
          "--framework",
          "terraform",
          "--framework",
          "kubernetes",
          "--framework",
          "github_actions",
        ],
      ],
      { cwd: directory, reject: false },
    );
    interface Found {
      check_id: string;
      file_path: string;
      resource: string;
    }
    const reports = [JSON.parse(stdout)].flat() as {
      check_type: string;
      results: { passed_checks: Found[]; failed_checks: Found[]; skipped_checks: Found[] };
    }[];
    const failed = reports.flatMap(({ results }) => results.failed_checks);
    expect(
      failed.map(({ check_id, file_path, resource }) => `${check_id} ${file_path} ${resource}`),
    ).toEqual([]);
    const skipped = new Set(
      reports
        .flatMap(({ results }) => results.skipped_checks)
        .map(({ check_id, file_path }) => `${check_id} ${file_path.replace(/^\//, "")}`),
    );
    const written = [...made.tree].flatMap(([path, { contents }]) =>
      [...contents.matchAll(/#checkov:skip=(\w+):(.*)$/gm)].map(([, id, reason]) => {
        expect(reason?.trim().length, `${path} ${id}`).toBeGreaterThan(20);
        return `${id} ${path}`;
      }),
    );
    expect(written.filter((each) => !skipped.has(each))).toEqual([]);
    expect(skipped.size).toBeGreaterThan(0);
  }, 300_000);

  it("trivy finds nothing, and every exception is one", async (test) => {
    await need(test, "trivy");
    const results = await trivy(directory);
    expect(findings(results)).toEqual([]);
    // Nothing found is worth as much as what was looked at.
    for (const type of ["terraform", "kubernetes"])
      expect(
        results.filter(({ Type, MisconfSummary }) => Type === type && MisconfSummary?.Successes),
        type,
      ).not.toEqual([]);

    const ignoreFile = ".trivyignore.yaml";
    const report = (scanner: string) => async () =>
      findings(await trivy(directory, ["--misconfig-scanners", scanner])).map(({ rule }) => rule);
    const inline = suppressionsIn(files, /#trivy:ignore:(?<rules>[\w-]+)(?: (?<reason>.*))?$/);
    expect(inline).not.toEqual([]);
    expect([
      ...(await stale(directory, inline, report("terraform"))),
      ...(await stale(
        directory,
        ignoredByTrivy(ignoreFile, made.file(ignoreFile)),
        report("kubernetes"),
      )),
    ]).toEqual([]);
  }, 300_000);

  it("trivy on what kustomize builds", async (test) => {
    await need(test, "trivy", "kubectl");
    const folder = await scratch();
    for (const { from, objects } of await built())
      for (const object of objects) {
        const { kind, metadata } = object;
        await mkdir(join(folder, from, kind), { recursive: true });
        await writeFile(
          join(folder, from, kind, `${metadata.namespace ?? "-"}.${metadata.name}.json`),
          JSON.stringify(object),
        );
      }
    const accepted = new Set<string>();
    for (const { rule, path } of findings(await trivy(folder))) {
      const kind = path.split("/").at(-2) as string;
      if ((KIND_OF_RULE[rule] ?? kind) === kind) accepted.add(`${rule} ${kind}`);
    }
    // The reasons stand in .trivyignore.yaml.
    expect([...accepted].sort()).toEqual([
      "AVD-KSV-0040 ResourceQuota",
      ...(made.config.networkPolicy === "calico" ? ["AVD-KSV-0048 ClusterRole"] : []),
    ]);
  });

  it("shellcheck, and every exception of it is one", async (test) => {
    const scripts = made.paths.filter(
      (path) => path.startsWith("scripts/") && !path.endsWith(".tfvars"),
    );
    expect(scripts).not.toEqual([]);
    await check("shellcheck", ["--external-sources", ...scripts], test);
    const suppressions = suppressionsIn(
      files,
      /# shellcheck disable=(?<rules>[\w,]+)(?: # (?<reason>.*))?$/,
    );
    expect(suppressions).not.toEqual([]);
    expect(
      await stale(directory, suppressions, async (path) => {
        const { stdout } = await execa(
          "shellcheck",
          ["--external-sources", "--format", "json", path],
          { cwd: directory, reject: false },
        );
        return (JSON.parse(stdout) as { code: number }[]).map(({ code }) => `SC${code}`);
      }),
    ).toEqual([]);
  });

  it("actionlint and zizmor, and every exception of it is one", async (test) => {
    const workflows = made.paths.filter((path) => path.startsWith(".github/workflows/"));
    if (made.config.ci !== "github") {
      expect(workflows).toEqual([]);
      return;
    }
    expect(workflows.length).toBeGreaterThanOrEqual(3);
    await check("actionlint", ["-color=false", ...workflows].slice(1), test);
    await check("zizmor", ["--offline", "--no-progress", "--quiet", "."], test);
    const suppressions = [
      ...suppressionsIn(files, /# zizmor: ignore\[(?<rules>[\w, -]+)\](?: (?<reason>.*))?$/),
      ...suppressionsIn(
        below(".github/zizmor.yml"),
        /^ {2}# (?<reason>.*)\n {2}(?<rules>[\w-]+):\n {4}disable: true/,
        (text) => text.replace("true", "false"),
      ),
    ];
    expect(suppressions).not.toEqual([]);
    expect(
      await stale(directory, suppressions, async () => {
        const { stdout } = await execa(
          "zizmor",
          ["--offline", "--no-progress", "--quiet", "--format", "json", "."],
          { cwd: directory, reject: false },
        );
        return (JSON.parse(stdout) as { ident: string }[]).map(({ ident }) => ident);
      }),
    ).toEqual([]);
  });

  it("kustomize builds every overlay", async (test) => {
    await need(test, "kubectl");
    for (const { from, text } of await built()) {
      if (!from.startsWith("kubernetes/overlays/")) continue;
      for (const namespace of made.blueprint.platform.namespaces) {
        expect(text).toContain(`pod-security.kubernetes.io/enforce: ${namespace.podSecurity}`);
        expect(text).toContain(`namespace: ${namespace.name}`);
      }
      expect(text).toMatch(/kind: NetworkPolicy[\s\S]*name: default-deny/);
    }
  });
});

it("modules suppress what some repository needs suppressed", (test) => {
  const found = [...inModules].filter(([, needed]) => !needed).map(([key]) => key);
  expect(found).toEqual([]);
  if (inModules.size === 0) test.skip("no tool looked into modules: see above");
});

describe("what the checks above would miss if they saw nothing", () => {
  const write = async (contents: Record<string, string>) => {
    const directory = await scratch();
    for (const [path, text] of Object.entries(contents)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
    return directory;
  };
  const SHELL = /# shellcheck disable=(?<rules>[\w,]+)(?: # (?<reason>.*))?$/;

  it("a skip for shellcheck that suppresses nothing, beside one that does", async (test) => {
    await need(test, "shellcheck");
    const script = [
      "#!/usr/bin/env bash",
      "# shellcheck disable=SC2086,SC2154 # words are split here on purpose",
      "echo $1",
      "",
    ].join("\n");
    const directory = await write({ script });
    const report = async (path: string) => {
      const args = ["--format", "json", path];
      const { stdout } = await execa("shellcheck", args, { cwd: directory, reject: false });
      return (JSON.parse(stdout) as { code: number }[]).map(({ code }) => `SC${code}`);
    };
    const skips = suppressionsIn([["script", script]], SHELL);
    const found = await staleSuppressions(directory, skips, report);
    expect(found.map(({ rule }) => rule)).toEqual(["SC2154"]);
    const unexplained = suppressionsIn([["script", script.replace(/ # words.*/, "")]], SHELL);
    await expect(staleSuppressions(directory, unexplained, report)).rejects.toThrow("nobody says");
  });

  it("a skip for trivy that suppresses nothing, in Terraform and in its own file", async (test) => {
    await need(test, "trivy");
    const reason = "Written for this test and for nothing else.";
    const open = (skip: string) =>
      `#trivy:ignore:${skip} ${reason}\nresource "aws_security_group_rule" "a" {\n` +
      `  type = "egress"\n  cidr_blocks = ["0.0.0.0/0"]\n  from_port = 443\n  to_port = 443\n}\n`;
    const entry = (path: string) =>
      `  - id: AVD-KSV-0048\n    paths:\n      - ${path}\n    statement: ${reason}\n`;
    const role = [
      "apiVersion: rbac.authorization.k8s.io/v1",
      "kind: Role",
      "metadata: { name: a }",
      "rules: [{ apiGroups: [''], resources: [pods], verbs: [patch] }]",
      "",
    ].join("\n");
    const contents = {
      "needed.tf": open("AVD-AWS-0104"),
      "useless.tf": `#trivy:ignore:AVD-AWS-0107 ${reason}\nlocals {}\n`,
      "role.yaml": role,
      ".trivyignore.yaml": `misconfigurations:\n${entry("role.yaml")}${entry("gone.yaml")}`,
    };
    const directory = await write(contents);
    const report = async () =>
      findings(await trivy(directory, ["--ignorefile", ".trivyignore.yaml"])).map(
        ({ rule }) => rule,
      );
    const skips = [
      ...suppressionsIn(
        Object.entries(contents),
        /#trivy:ignore:(?<rules>[\w-]+)(?: (?<reason>.*))?$/,
      ),
      ...ignoredByTrivy(".trivyignore.yaml", contents[".trivyignore.yaml"]),
    ];
    expect(skips).toHaveLength(4);
    // Without the entry for gone.yaml nothing more is found; without the others, their rule.
    const found = await staleSuppressions(directory, skips, report);
    expect(found.map((each) => skips.indexOf(each))).toEqual([1, 3]);
  });

  it.for([
    ["yamllint", ["--strict", "."], "hardened-eks.yaml", "\nname: twice\n", "key-duplicates"],
    ["shellcheck", ["scripts/doctor"], "scripts/doctor", "\necho $1\n", "SC2086"],
    [
      "tflint",
      ["--recursive", "--format", "compact"],
      "modules/cluster/main.cluster.tf",
      "\nlocals {\n  unused = 1\n}\n",
      "terraform_unused_declarations",
    ],
    [
      "actionlint",
      ["-no-color"],
      ".github/workflows/pull-request.yml",
      "\n  odd:\n    runs-on: ubuntu-banana\n    steps: [{ run: true }]\n",
      "runner-label",
    ],
    [
      "zizmor",
      ["--offline", "--no-progress", "--quiet", "."],
      ".github/workflows/pull-request.yml",
      "\n  odd:\n    runs-on: ubuntu-24.04\n    steps: [{ uses: actions/checkout@main }]\n",
      "unpinned-uses",
    ],
    [
      "trivy",
      ["config", "--skip-check-update", "--quiet", "--format", "json", "."],
      "modules/keys/main.planted.tf",
      'resource "aws_kms_key" "planted" {\n  enable_key_rotation = false\n}\n',
      "AVD-AWS-0065",
    ],
  ] as [tool: string, args: string[], path: string, fault: string, rule: string][])(
    "a fault that %s is there to find",
    async ([tool, args, path, fault, rule], test) => {
      await need(test, tool);
      const { tree } = repository();
      const directory = await scratch();
      await writeTree(directory, tree);
      await execa("git", ["init", "--quiet"], { cwd: directory });
      const before = tree.get(path)?.contents ?? "";
      expect(before).not.toContain(fault);
      await writeFile(join(directory, path), before + fault);
      const { all } = await execa(tool, args, { cwd: directory, reject: false, all: true });
      expect(all).toContain(rule);
    },
  );
});
