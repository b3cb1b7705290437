/** The tools under comparison, each behind the same few calls. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { commitAll, environmentOf, git, layOut } from "./project.mjs";

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const INSTALL_LIMIT_MS = 300_000;
const OLD = "1.0.0";
const NEW = "2.0.0";

/**
 * @typedef {import("./template.mjs").Template} Template
 * @typedef {{ command: string, args: string[] }} Command
 */

/**
 * One tool.
 * @typedef {object} Tool
 * @property {string} id
 * @property {string} title with its version
 * @property {string} state the file in which it keeps what it rendered last
 * @property {string[]} [lacks] cases that its model does not have
 * @property {(at: { folder: string, directory: string }, before: Template) => void} make a project of the first version
 * @property {(at: { folder: string, directory: string }, after: Template, given: { history?: string, withoutDocker?: boolean, before: Template, same?: boolean }) => Command} update
 *   brings the second version to where the tool looks for it, and says what its user types
 * @property {(output: string, path: string) => boolean} names whether the output says that the path was left as it was
 */

/** Runs a command of a set-up; its failure is the bench's own. */
function must(command, args, cwd, env = environmentOf(cwd)) {
  return execFileSync(command, args, {
    cwd,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: INSTALL_LIMIT_MS,
  });
}

/** Runs an update as its user would, without a terminal. */
export function attempt({ command, args }, { folder, directory }) {
  const start = process.hrtime.bigint();
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: directory,
    env: environmentOf(folder),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw error;
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
  return { exitCode: status, output: `${stdout}${stderr}`, milliseconds };
}

const saysOf = (words) => (output, path) =>
  output.split("\n").some((line) => line.includes(path) && words.test(line));

async function product(scratch) {
  const bundle = join(scratch, "product.mjs");
  await build({
    entryPoints: [join(root, "test/bench/updates/product.ts")],
    outfile: bundle,
    bundle: true,
    format: "esm",
    platform: "node",
    minify: true,
    logLevel: "warning",
  });
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const command = (verb, { folder, directory }, files, named) => {
    const file = join(folder, `${named}.json`);
    writeFileSync(file, JSON.stringify(files));
    return { command: process.execPath, args: [bundle, verb, directory, file, named] };
  };
  return {
    id: "product",
    title: `create-hardened-eks ${version}`,
    state: ".hardened-eks/lock.json",
    names: saysOf(/^(open|user-deleted|renamed) /),
    make(at, before) {
      const { command: node, args } = command("make", at, before, OLD);
      must(node, args, at.directory);
    },
    update(at, after, { withoutDocker, same }) {
      const files = Object.fromEntries(
        Object.entries(after).filter(([, { docker }]) => !(withoutDocker && docker)),
      );
      return command("update", at, files, same ? OLD : NEW);
    },
  };
}

/** A template in a repository of its own, tagged as its authors would. */
function templateRepository({ before, after, history, same }, repository, write) {
  const tagged = (files, version) => {
    write(repository, files);
    commitAll(repository, version);
    git(repository, "tag", `v${version}`);
  };
  if (after === undefined) return tagged(before, OLD);
  if (history !== undefined) {
    rmSync(join(repository, ".git"), { recursive: true });
    const remade = Object.fromEntries(
      Object.entries(before).map(([path, file]) => [
        path,
        path === "README.md" ? { ...after[path] } : file,
      ]),
    );
    if (history === "remade") tagged(remade, OLD);
  }
  if (!same) tagged(after, NEW);
}

function copier(scratch, python) {
  const command = join(python, "copier");
  const version = must(command, ["--version"], scratch).trim().split(" ").at(-1);
  const write = (repository, files) =>
    layOut(repository, {
      ...Object.fromEntries(
        Object.entries(files).map(([path, file]) => [
          file.docker ? `{% if docker %}${path}{% endif %}` : path,
          file,
        ]),
      ),
      "copier.yml": {
        contents:
          "_exclude: [copier.yml, .git]\nname:\n  type: str\n  default: acme\ndocker:\n  type: bool\n  default: true\n",
      },
      "{{ _copier_conf.answers_file }}.jinja": {
        contents: "{{ _copier_answers|to_nice_yaml }}",
      },
    });
  return {
    id: "copier",
    title: `copier ${version}`,
    state: ".copier-answers.yml",
    names: saysOf(/error|reject|left as|not applied|does not exist in index/i),
    make({ folder, directory }, before) {
      const repository = join(folder, "template");
      templateRepository({ before }, repository, write);
      must(command, ["copy", "--defaults", "--quiet", repository, directory], folder);
    },
    update({ folder }, after, { history, withoutDocker, before, same }) {
      const repository = join(folder, "template");
      templateRepository({ before, after, history, same }, repository, write);
      const data = withoutDocker ? ["--data", "docker=false"] : [];
      return { command, args: ["update", "--defaults", ...data] };
    },
  };
}

function cruft(scratch, python) {
  const command = join(python, "cruft");
  const list = JSON.parse(
    must(join(python, "pip"), ["list", "--format", "json", "--disable-pip-version-check"], scratch),
  );
  const versionOf = (name) => list.find((entry) => entry.name === name).version;
  const write = (repository, files) =>
    layOut(repository, {
      ...Object.fromEntries(
        Object.entries(files).map(([path, file]) => [
          `{{cookiecutter.name}}/${file.docker ? `{% if cookiecutter.docker == 'yes' %}${path}{% endif %}` : path}`,
          file,
        ]),
      ),
      "cookiecutter.json": { contents: '{ "name": "acme", "docker": "yes" }\n' },
    });
  return {
    id: "cruft",
    title: `cruft ${versionOf("cruft")} with cookiecutter ${versionOf("cookiecutter")}`,
    state: ".cruft.json",
    names: saysOf(/error|reject|does not exist in index|patch does not apply|with conflicts/i),
    make({ folder, directory }, before) {
      const repository = join(folder, "template");
      templateRepository({ before }, repository, write);
      must(
        command,
        ["create", repository, "--no-input", "--output-dir", dirname(directory)],
        folder,
        environmentOf(folder),
      );
    },
    update({ folder }, after, { history, withoutDocker, before, same }) {
      const repository = join(folder, "template");
      templateRepository({ before, after, history, same }, repository, write);
      const variables = withoutDocker
        ? ["--variables-to-update", JSON.stringify({ docker: "no" })]
        : [];
      return { command, args: ["update", "-y", ...variables] };
    },
  };
}

/** In projen a template is a package: text is a managed file, a binary one a sample. */
function projen(scratch) {
  const folder = join(scratch, "projen");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  must(
    "npm",
    ["install", "--no-fund", "--no-audit", "--ignore-scripts", "projen"],
    folder,
    process.env,
  );
  const home = join(folder, "node_modules/projen");
  const { version } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const write = (directory, files) => {
    const place = join(directory, "node_modules/template");
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "files.json"), JSON.stringify(files));
    writeFileSync(
      join(place, "index.js"),
      [
        'const { Project, SampleFile, TextFile } = require("projen");',
        'const files = require("./files.json");',
        "exports.make = () => {",
        '  const project = new Project({ name: "acme" });',
        "  for (const [path, { contents, executable }] of Object.entries(files))",
        '    if (contents.includes("\\0")) new SampleFile(project, path, { contents });',
        '    else new TextFile(project, path, { lines: contents.split("\\n"), executable });',
        '  project.defaultTask.exec("node .projenrc.js");',
        "  project.synth();",
        "};",
        "",
      ].join("\n"),
    );
  };
  const command = { command: process.execPath, args: [join(home, "bin/projen"), "--no-post"] };
  return {
    id: "projen",
    title: `projen ${version}`,
    state: ".projen/files.json",
    // It reads an installed package: there is no history to rewrite.
    lacks: ["21", "21b"],
    names: () => false,
    make(at, before) {
      const { directory } = at;
      write(directory, before);
      symlinkSync(home, join(directory, "node_modules/projen"));
      writeFileSync(join(directory, ".projenrc.js"), 'require("template").make();\n');
      // The command itself wants a project that is one already.
      must(process.execPath, [".projenrc.js"], directory, environmentOf(at.folder));
    },
    update({ directory }, after, { withoutDocker }) {
      write(
        directory,
        Object.fromEntries(
          Object.entries(after).filter(([, { docker }]) => !(withoutDocker && docker)),
        ),
      );
      return command;
    },
  };
}

const reasonOf = (error) =>
  String(error.stderr || error.message)
    .trim()
    .split("\n")
    .at(-1)
    .slice(0, 200);

/**
 * All tools that can be had here, this product first, and those that cannot with the reason.
 *
 * @param {string} scratch
 * @returns {Promise<{ tools: Tool[], missing: { title: string, reason: string }[] }>}
 */
export async function installTools(scratch) {
  const tools = [await product(scratch)];
  const missing = [];
  const python = join(scratch, "python/bin");
  for (const [title, install] of [
    ["copier", () => copier(scratch, pythonTools(scratch, python))],
    ["cruft", () => cruft(scratch, pythonTools(scratch, python))],
    ["projen", () => projen(scratch)],
  ]) {
    try {
      tools.push(install());
    } catch (error) {
      missing.push({ title, reason: reasonOf(error) });
    }
  }
  return { tools, missing };
}

function pythonTools(scratch, python) {
  if (existsSync(join(python, "cruft"))) return python;
  must("python3", ["-m", "venv", dirname(python)], scratch, process.env);
  must(
    join(python, "pip"),
    ["install", "--quiet", "--disable-pip-version-check", "copier", "cruft", "cookiecutter"],
    scratch,
    process.env,
  );
  return python;
}

/** A project of the first version, committed; `folder` holds it and what the tool needs beside it. */
export function makeProject(tool, folder, before) {
  const at = { folder, directory: join(folder, "acme") };
  mkdirSync(at.directory, { recursive: true });
  chmodSync(folder, 0o755);
  if (tool.id === "cruft") rmSync(at.directory, { recursive: true });
  tool.make(at, before);
  commitAllButModules(at.directory);
  return at;
}

function commitAllButModules(directory) {
  git(directory, "init", "-q");
  writeFileSync(join(directory, ".git/info/exclude"), "node_modules\n");
  commitAll(directory, "as it was made");
}
