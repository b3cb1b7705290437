/** Packs the package, installs it into an empty directory, and makes a repository with what was installed. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = mkdtempSync(join(tmpdir(), "hardened-eks-pack-"));
const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
const check = (holds, words) => {
  if (!holds) throw new Error(words);
  console.log(`ok: ${words}`);
};

try {
  const [{ filename, unpackedSize, files }] = JSON.parse(
    run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root),
  );
  check(unpackedSize < 3_000_000, `unpacked ${unpackedSize} bytes are below 3 MB`);
  check(
    files.every(({ path }) => !/^(src|test|build|templates|generators)\//.test(path)),
    "no sources in the package",
  );
  run("npm", ["init", "--yes"], folder);
  run("npm", ["install", "--ignore-scripts", join(folder, filename)], folder);
  const installed = readdirSync(join(folder, "node_modules")).filter(
    (name) => !name.startsWith("."),
  );
  check(installed.length === 1, `one package is installed: ${installed}`);
  const bin = join(folder, "node_modules/.bin/create-hardened-eks");
  check(existsSync(bin) && (statSync(bin).mode & 0o111) !== 0, "the binary is there");
  const version = run(bin, ["--version"], folder).trim();
  check(/^\d+\.\d+\.\d+$/.test(version), `version ${version}`);
  const result = JSON.parse(run(bin, ["acme-platform", "--yes", "--json"], folder));
  check(result.ok && result.files > 50, `a repository of ${result.files} files`);
  check(
    result.validation.every(({ status }) => status === "passed"),
    `validated: ${result.validation.map(({ id, status }) => `${id} ${status}`).join(", ")}`,
  );
  const api = run(
    process.execPath,
    [
      "--input-type=module",
      "--eval",
      'import { declarations } from "create-hardened-eks"; console.log(declarations.length)',
    ],
    folder,
  );
  check(Number(api) > 20, "the public API can be imported");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
