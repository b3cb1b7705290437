/** Installs the peers from their registries into a scratch folder; says why where one cannot be had. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const INSTALL_LIMIT_MS = 120_000;

const run = (command, args, cwd) =>
  execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: INSTALL_LIMIT_MS,
  });

/** Every file below a folder. */
export function filesIn(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

const reasonOf = (error) =>
  String(error.stderr || error.message)
    .trim()
    .split("\n")
    .at(-1)
    .slice(0, 200);

/** create-vite: what most people know as a fast generator, twelve files. */
function createVite(scratch) {
  const folder = join(scratch, "create-vite");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  run("npm", ["install", "--no-fund", "--no-audit", "--ignore-scripts", "create-vite"], folder);
  const home = join(folder, "node_modules/create-vite");
  const { version, bin } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const script = join(home, typeof bin === "string" ? bin : bin["create-vite"]);
  const node = process.execPath;
  return [
    {
      id: "create-vite-help",
      title: `create-vite ${version}: help`,
      command: () => ({ command: node, args: [script, "--help"] }),
    },
    {
      id: "create-vite",
      title: `create-vite ${version}: create`,
      command: () => ({
        command: node,
        args: [script, "app", "--template", "vanilla-ts", "--no-interactive"],
      }),
      files: (made) => filesIn(join(made, "app")).length,
    },
  ];
}

/**
 * copier: the generator with the best known update. Its template has as many files and bytes as our own
 * repository, each with one value to fill in, which is less than ours have.
 */
function copier(scratch, ours) {
  const folder = join(scratch, "copier");
  const template = join(folder, "template");
  mkdirSync(template, { recursive: true });
  writeFileSync(join(template, "copier.yml"), "project_name:\n  type: str\n  default: acme\n");
  for (const path of filesIn(ours)) {
    const target = join(template, `${relative(ours, path)}.jinja`);
    mkdirSync(dirname(target), { recursive: true });
    const text = readFileSync(path, "utf8");
    writeFileSync(target, `{% raw %}${text}{% endraw %}\n# {{ project_name }}\n`);
  }
  run("python3", ["-m", "venv", "python"], folder);
  run(join(folder, "python/bin/pip"), ["install", "--quiet", "copier"], folder);
  const command = join(folder, "python/bin/copier");
  const version = run(command, ["--version"], folder).trim().split(" ").at(-1);
  return [
    {
      id: "copier-help",
      title: `copier ${version}: help`,
      command: () => ({ command, args: ["--help"] }),
    },
    {
      id: "copier",
      title: `copier ${version}: create`,
      command: () => ({ command, args: ["copy", "--defaults", "--quiet", template, "app"] }),
      files: (made) => filesIn(join(made, "app")).length,
    },
  ];
}

/**
 * The peers as subjects, and those that could not be had.
 *
 * @param {string} scratch folder to install into
 * @param {string} ours a repository of our own, for a peer's template of the same size
 */
export function installPeers(scratch, ours) {
  const subjects = [];
  const missing = [];
  for (const [title, install] of [
    ["create-vite", createVite],
    ["copier", copier],
  ]) {
    try {
      subjects.push(...install(scratch, ours));
    } catch (error) {
      missing.push({ title, reason: reasonOf(error) });
    }
  }
  return { subjects, missing };
}
