/** What other people's tools say of the golden repositories: nothing. */
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { profiles } from "../support/profiles.ts";
import { type Repository, repository, writeTree } from "../support/repository.ts";
import { scratch } from "../support/run.ts";

/** In CI a missing tool fails; elsewhere it is said. */
const required = process.env.REQUIRE_TOOLS === "1";

async function has(tool: string): Promise<boolean> {
  const { exitCode } = await execa(tool, ["--version"], { reject: false }).catch(() => ({
    exitCode: 1,
  }));
  if (exitCode !== 0 && required) throw new Error(`${tool} is not installed; .ci/run installs it`);
  return exitCode === 0;
}

/** kubectl has no \`--version\`. */
async function hasKubectl(): Promise<boolean> {
  const { exitCode } = await execa("kubectl", ["version", "--client"], { reject: false }).catch(
    () => ({ exitCode: 1 }),
  );
  return exitCode === 0;
}

describe.each(Object.keys(profiles))("%s", (name) => {
  let made: Repository;
  let directory: string;
  const check = async (tool: string, args: string[], test: { skip(words: string): void }) => {
    if (!(await has(tool))) return test.skip(`${tool} is not installed`);
    const { exitCode, all } = await execa(tool, args, { cwd: directory, reject: false, all: true });
    expect(all).toMatch(/^(.*(No findings|no errors).*)?$/i);
    expect(exitCode).toBe(0);
  };

  beforeAll(async () => {
    made = repository(profiles[name]);
    directory = await scratch();
    await writeTree(directory, made.tree);
    // actionlint looks for the project's root.
    await execa("git", ["init", "--quiet"], { cwd: directory });
  });

  it("yamllint", async (test) => {
    await check("yamllint", ["--strict", "."], test);
  });

  it("tflint", async (test) => {
    if (!(await has("tflint"))) return test.skip("tflint is not installed");
    const { exitCode, all } = await execa(
      "tflint",
      ["--recursive", "--config", join(directory, ".tflint.hcl"), "--format", "compact"],
      { cwd: directory, reject: false, all: true },
    );
    // Each module is read alone; that this one only passes on what it is given shows in its callers.
    const found = all
      .split("\n")
      .filter((line) => /\.tf:\d+/.test(line))
      .filter((line) => !/existing-network.*unused_required_providers/.test(line));
    expect(found).toEqual([]);
    expect([0, 2]).toContain(exitCode);
  });

  it("kubernetes-validate: the built overlays fit the API's schemas", async (test) => {
    if (!(await has("kubernetes-validate")))
      return test.skip("kubernetes-validate is not installed");
    if (!(await hasKubectl())) return test.skip("kubectl is not installed");
    for (const overlay of await readdir(join(directory, "kubernetes/overlays"))) {
      const { stdout } = await execa("kubectl", ["kustomize", `kubernetes/overlays/${overlay}`], {
        cwd: directory,
      });
      // Kinds of the policy engine have schemas of their own, which its chart brings.
      const own = stdout
        .split("\n---\n")
        .filter(
          (text) =>
            !/apiVersion: (projectcalico\.org|cilium\.io|networking\.k8s\.aws)\//.test(text),
        );
      expect(own.length).toBeGreaterThan(3);
      const file = join(directory, `${overlay}.built.yaml`);
      await writeFile(file, own.join("\n---\n"));
      const validate = await execa(
        "kubernetes-validate",
        ["--strict", "--kubernetes-version", made.config.kubernetes, file],
        { reject: false, all: true },
      );
      await rm(file);
      expect(validate.exitCode, validate.all).toBe(0);
    }
  });

  it("checkov finds nothing, and every skip suppresses something", async (test) => {
    if (!(await has("checkov"))) return test.skip("checkov is not installed");
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

  it("shellcheck", async (test) => {
    const scripts = made.paths.filter(
      (path) => path.startsWith("scripts/") && !path.endsWith(".tfvars"),
    );
    expect(scripts).not.toEqual([]);
    await check("shellcheck", ["--external-sources", ...scripts], test);
  });

  it("actionlint and zizmor", async (test) => {
    const workflows = made.paths.filter((path) => path.startsWith(".github/workflows/"));
    if (made.config.ci !== "github") {
      expect(workflows).toEqual([]);
      return;
    }
    expect(workflows.length).toBeGreaterThanOrEqual(3);
    await check("actionlint", ["-color=false", ...workflows].slice(1), test);
    await check("zizmor", ["--offline", "--no-progress", "--quiet", "."], test);
  });

  it("kustomize builds every overlay", async (test) => {
    if (!(await hasKubectl())) return test.skip("kubectl is not installed");
    for (const overlay of await readdir(join(directory, "kubernetes/overlays"))) {
      const { stdout } = await execa("kubectl", ["kustomize", `kubernetes/overlays/${overlay}`], {
        cwd: directory,
      });
      for (const namespace of made.blueprint.platform.namespaces) {
        expect(stdout).toContain(`pod-security.kubernetes.io/enforce: ${namespace.podSecurity}`);
        expect(stdout).toContain(`namespace: ${namespace.name}`);
      }
      expect(stdout).toMatch(/kind: NetworkPolicy[\s\S]*name: default-deny/);
    }
  });
});
