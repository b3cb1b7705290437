/**
 * `npm run bench`: our commands beside `node -e 0` and two peers, interleaved in one run.
 * Prints Markdown; `--json FILE` keeps the figures. It never fails on a time: machines differ, ratios are read.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { environment, measure } from "./measure.mjs";
import { filesIn, installPeers } from "./peers.mjs";
import { markdown } from "./report.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const node = process.execPath;
const HELP = `npm run bench -- [options]

  --runs N     rounds after the warm-up (default 15)
  --quick      3 rounds, without the peers and the real provider
  --json FILE  also write the figures as JSON
  --bin FILE   measure another build (default dist/bin.js)
`;

function options() {
  const { values } = parseArgs({
    options: {
      runs: { type: "string" },
      quick: { type: "boolean", default: false },
      json: { type: "string" },
      bin: { type: "string", default: join(root, "dist/bin.js") },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const runs = Number(values.runs ?? (values.quick ? 3 : 15));
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs ${values.runs}: give 1 or more`);
  const bin = resolve(values.bin);
  if (!existsSync(bin)) throw new Error(`${bin} does not exist: npm run build makes it`);
  return { ...values, runs, bin };
}

/** Our own commands. */
function ours(bin, repository) {
  const made = (folder) => filesIn(join(folder, "acme-platform")).length;
  const create = (...flags) => ({
    command: node,
    args: [bin, "acme-platform", "--yes", "--json", ...flags],
  });
  return [
    {
      id: "node",
      title: "`node -e 0`",
      command: () => ({ command: node, args: ["-e", "0"] }),
    },
    { id: "help", title: "help", command: () => ({ command: node, args: [bin, "--help"] }) },
    {
      id: "create",
      title: "create, without validation",
      command: () => create("--no-validate"),
      files: made,
    },
    {
      id: "create-validate",
      title: "create, instant validation",
      command: () => create(),
      files: made,
    },
    {
      id: "validate",
      title: "validate, both provider majors",
      command: () => ({ command: node, args: [bin, "validate", repository, "--json"] }),
      own: (stdout) => JSON.parse(stdout).durationMs,
    },
    {
      id: "audit",
      title: "audit, every Control",
      command: () => ({ command: node, args: [bin, "audit", repository, "--json"] }),
      own: (stdout) => JSON.parse(stdout).durationMs,
    },
  ];
}

/** checkov on the same tree, where it is installed. */
function checkov(repository) {
  const title = "checkov, the same repository";
  const found = (environment.PATH ?? "")
    .split(":")
    .some((folder) => folder !== "" && existsSync(join(folder, "checkov")));
  if (!found) return { subjects: [], missing: [{ title, reason: "checkov is not installed" }] };
  const args = ["--directory", repository, "--quiet", "--compact"];
  for (const name of ["terraform", "kubernetes", "github_actions"]) args.push("--framework", name);
  return {
    subjects: [{ id: "checkov", title, command: () => ({ command: "checkov", args }), runs: 3 }],
    missing: [],
  };
}

/** `init` and `validate` of every directory by hand on the real provider: what the instant check replaces. */
function realProvider(scratch, repository) {
  const mirror = process.env.HARDENED_EKS_PROVIDER_MIRROR;
  const skip = (reason) => ({
    subjects: [],
    missing: [{ title: "terraform validate on the real provider", reason }],
  });
  if (!mirror) return skip("HARDENED_EKS_PROVIDER_MIRROR names no provider mirror");
  const config = join(scratch, "mirror.tfrc");
  writeFileSync(
    config,
    `provider_installation {\n  filesystem_mirror {\n    path    = ${JSON.stringify(mirror)}\n    include = ["registry.terraform.io/*/*"]\n  }\n}\ndisable_checkpoint = true\n`,
  );
  const script = join(scratch, "real.sh");
  writeFileSync(
    script,
    [
      "set -eu",
      `export TF_CLI_CONFIG_FILE='${config}'`,
      `cp -R '${repository}' copy`,
      "for place in $(cd copy && find . -name '*.tf' -exec dirname {} + | sort -u); do",
      '  export TF_DATA_DIR="$PWD/data/$place"',
      '  terraform -chdir="copy/$place" init -backend=false -input=false -no-color >log 2>&1 || { cat log; exit 1; }',
      '  terraform -chdir="copy/$place" validate -no-color >log 2>&1 || { cat log; exit 1; }',
      "done",
      "",
    ].join("\n"),
  );
  return {
    subjects: [
      {
        id: "real",
        title: "terraform init and validate, real provider",
        command: () => ({ command: "sh", args: [script] }),
        runs: 1,
      },
    ],
    missing: [],
  };
}

/** Megabytes that an installation takes, as npm counts them. */
function installedSize() {
  const [{ unpackedSize }] = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  );
  return unpackedSize / 1e6;
}

const toolMissing = () =>
  !(environment.PATH ?? "")
    .split(":")
    .some((folder) => folder !== "" && existsSync(join(folder, "terraform")));

function main() {
  const { help, runs, quick, json, bin } = options();
  if (help) return process.stdout.write(HELP);
  const scratch = mkdtempSync(join(tmpdir(), "hardened-eks-bench-"));
  const say = (text) => process.stderr.write(`${text}\n`);
  try {
    execFileSync(node, [bin, "acme-platform", "--yes", "--no-validate"], {
      cwd: scratch,
      env: environment,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const repository = join(scratch, "acme-platform");
    const missing = [];
    let own = ours(bin, repository);
    if (toolMissing()) {
      own = own.filter(({ id }) => id !== "create-validate" && id !== "validate");
      missing.push({ title: "instant validation", reason: "terraform is not on PATH" });
    }
    let others = { subjects: [], missing: [] };
    let real = { subjects: [], missing: [] };
    const scanner = quick ? real : checkov(repository);
    if (quick) {
      const reason = "--quick leaves it out";
      missing.push(
        ...["create-vite", "copier", "terraform validate on the real provider"].map((title) => ({
          title,
          reason,
        })),
      );
    } else {
      say("installing the peers");
      mkdirSync(join(scratch, "peers"));
      others = installPeers(join(scratch, "peers"), repository);
      real = realProvider(scratch, repository);
    }
    const results = measure([...own, ...others.subjects, ...scanner.subjects, ...real.subjects], {
      runs,
      scratch,
      onRound: say,
    });
    const report = {
      machine: {
        node: `Node ${process.version}`,
        platform: `${process.platform} ${process.arch}`,
        cores: cpus().length,
        processor: cpus()[0]?.model.trim() ?? "unknown processor",
      },
      results,
      missing: [...missing, ...others.missing, ...scanner.missing, ...real.missing],
      // A development build elsewhere is not what npm would pack.
      installedMb: bin === join(root, "dist/bin.js") ? installedSize() : undefined,
    };
    process.stdout.write(markdown(report));
    if (json) writeFileSync(json, `${JSON.stringify(report, undefined, 2)}\n`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

try {
  main();
} catch (error) {
  // What was typed wrongly or what failed to run: the words are enough.
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.code?.startsWith("ERR_PARSE_ARGS") ? 2 : 1;
}
