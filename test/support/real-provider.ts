/** The real provider over a whole repository at once: one root that calls every root as a module. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { execa } from "execa";

export const mirror = process.env.HARDENED_EKS_PROVIDER_MIRROR;

/** Roots of a generated repository. */
export async function rootsOf(repository: string): Promise<string[]> {
  const below = async (folder: string): Promise<string[]> =>
    (await readdir(join(repository, folder))).sort().map((name) => `${folder}/${name}`);
  const bootstrap = (await readdir(repository)).filter((name) => name === "bootstrap");
  return [...bootstrap, ...(await below("accounts")), ...(await below("environments"))];
}

/** Variables without a default, of a directory of formatted Terraform. */
async function required(directory: string): Promise<string[]> {
  const names: string[] = [];
  for (const file of await readdir(directory)) {
    if (!file.endsWith(".tf")) continue;
    const text = await readFile(join(directory, file), "utf8");
    for (const [, name, body] of text.matchAll(/^variable "(\w+)" \{\n([\s\S]*?)\n\}/gm))
      if (!/^ {2}default +=/m.test(body ?? "")) names.push(name as string);
  }
  return names;
}

/** Writes a CLI configuration that takes providers from the mirror only. */
export async function cliConfig(folder: string, registries: readonly string[]): Promise<string> {
  const path = join(folder, "cli.tfrc");
  await writeFile(
    path,
    `provider_installation {\n  filesystem_mirror {\n    path    = ${JSON.stringify(mirror)}\n    include = [${registries.map((host) => `"${host}/*/*"`).join(", ")}]\n  }\n}\ndisable_checkpoint = true\n`,
  );
  return path;
}

/** Errors of `terraform validate` over every root and every module, on the real provider. */
export async function validateWithRealProvider(
  repository: string,
  scratch: string,
): Promise<string[]> {
  const root = join(scratch, "everything");
  await mkdir(root);
  const calls: string[] = [];
  const modules = (await readdir(join(repository, "modules")))
    .sort()
    .map((name) => `modules/${name}`);
  for (const path of [...(await rootsOf(repository)), ...modules]) {
    const name = path.replaceAll("/", "_");
    const names = await required(join(repository, path));
    calls.push(
      ...names.map((variable) => `variable "${name}_${variable}" {\n  type = any\n}\n`),
      `module "${name}" {\n  source = "${relative(root, join(repository, path))}"\n${names.map((variable) => `  ${variable} = var.${name}_${variable}\n`).join("")}}\n`,
    );
  }
  await writeFile(join(root, "main.tf"), calls.join("\n"));
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: scratch,
    TF_CLI_CONFIG_FILE: await cliConfig(scratch, ["registry.terraform.io"]),
    TF_IN_AUTOMATION: "1",
    CHECKPOINT_DISABLE: "1",
  };
  const options = { cwd: root, env, extendEnv: false, reject: false } as const;
  const init = await execa(
    "terraform",
    ["init", "-input=false", "-no-color", "-backend=false"],
    options,
  );
  if (init.exitCode !== 0) return [init.stderr || init.stdout];
  const { stdout } = await execa("terraform", ["validate", "-json"], options);
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: {
      severity: string;
      summary: string;
      detail?: string;
      range?: { filename: string; start: { line: number } };
    }[];
  };
  return diagnostics
    .filter(
      ({ severity, summary }) =>
        severity === "error" || !/Backend configuration ignored/.test(summary),
    )
    .map(
      ({ severity, summary, detail, range }) =>
        `${severity}: ${range?.filename}:${range?.start.line}: ${summary} ${detail ?? ""}`,
    );
}
