/** What other people's tools say of the golden repositories: nothing. */
import { readdir } from "node:fs/promises";
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
    if (
      !(await has("kubectl").catch(() => false)) &&
      (
        await execa("kubectl", ["version", "--client"], { reject: false }).catch(() => ({
          exitCode: 1,
        }))
      ).exitCode !== 0
    )
      return test.skip("kubectl is not installed");
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
