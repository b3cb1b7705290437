/** The instant tier: every root and module through the real tool, against bundled schemas. */
import { performance } from "node:perf_hooks";
import { makeScratch, type Scratch } from "../workspace/scratch.ts";
import { check, type Heading, Skip, settled } from "./check.ts";
import { type Diagnostic, readDiagnostics } from "./diagnostics.ts";
import { checkFormat } from "./format.ts";
import { finding, type Preparation, prepare } from "./prepare.ts";
import { bundledVersions, KINDS, schemasFor, type Types } from "./provider/packs.ts";
import type { SchemaProvider } from "./provider/server.ts";
import { readChecked } from "./read-checked.ts";
import { declaredIac, declaredMajors, type Repository } from "./repository.ts";
import { explain } from "./schema-hints.ts";
import { select } from "./selection.ts";
import { findTool, productName, type Tool, ToolFailed } from "./tool.ts";
import type { Check, Finding, Iac, InstantOptions, ProviderMajor, Report } from "./types.ts";

const tier = "instant";

/** Runs the instant tier. */
export async function instant(options: InstantOptions): Promise<Report> {
  const start = performance.now();
  const majors = [...new Set(options.providers ?? (await declaredMajors(options.directory)))];
  const wanted = options.iac ?? (await declaredIac(options.directory)) ?? "terraform";
  const checks: Check[] = [];
  options.onProgress?.(`Validating with ${productName(wanted)}`);
  const scratch = await makeScratch();
  let tool: Tool | undefined;
  try {
    // The tool says its version and the server's library loads while the repository is read.
    const [[repository, files], found, { serve }] = await Promise.all([
      readChecked(options, tier),
      findTool(options, wanted, scratch).catch((error: unknown) => ({ error })),
      import("./provider/server.ts"),
    ]);
    checks.push(files);
    if ("error" in found) checks.push(...(await withoutTool(found.error, wanted, majors)));
    else {
      tool = found;
      checks.push(...(await withTool(tool, repository, majors, scratch, serve, options)));
    }
  } finally {
    await scratch.remove();
  }
  return {
    tier,
    ...(tool === undefined
      ? {}
      : { tool: { iac: tool.iac, version: tool.version, path: tool.path } }),
    durationMs: Math.round(performance.now() - start),
    checks,
  };
}

const formatHeading = (iac: Iac): Heading => ({
  id: "format",
  tier,
  title: `Formatting (${productName(iac)} fmt)`,
});
const schemaHeading = (iac: Iac, major: ProviderMajor): Heading => ({
  id: `schema-${major}`,
  tier,
  title: `${productName(iac)} on provider aws ${bundledVersions()[major]}`,
});

/** A tool that is missing is a reason to skip; one that is of no use is a failure as well. */
async function withoutTool(
  error: unknown,
  iac: Iac,
  majors: readonly ProviderMajor[],
): Promise<Check[]> {
  const works = await check({ id: "tool", tier, title: `${productName(iac)} works` }, () =>
    Promise.reject(error),
  );
  const reason = works.reason ?? `there is no usable ${productName(iac)}`;
  const skipped = [formatHeading(iac), ...majors.map((major) => schemaHeading(iac, major))].map(
    (heading) => check(heading, () => Promise.reject(new Skip(reason))),
  );
  return [...(works.status === "failed" ? [works] : []), ...(await Promise.all(skipped))];
}

async function withTool(
  tool: Tool,
  repository: Repository,
  majors: readonly ProviderMajor[],
  scratch: Scratch,
  serve: typeof import("./provider/server.ts").serve,
  options: InstantOptions,
): Promise<Check[]> {
  const types = allTypes(repository);
  const providers: SchemaProvider[] = [];
  try {
    for (const major of majors)
      providers.push(await serve(schemasFor(major, types), scratch.directory));
    const selection = select(repository);
    // Both majors share what is initialized: that does not depend on the schemas.
    // Started only where it is waited for: the scratch directory goes when the checks are done.
    const isEmpty = repository.directories.size === 0;
    const prepared =
      providers[0] && !isEmpty
        ? prepare(tool, repository, selection, scratch, providers[0].reattach)
        : undefined;
    const checks = await settled([
      check(formatHeading(tool.iac), () => checkFormat(tool, repository)),
      ...majors.map((major, index) =>
        check(schemaHeading(tool.iac, major), async () => {
          if (isEmpty) throw new Skip("there are no Terraform files");
          return validateAll(
            tool,
            repository,
            major,
            providers[index] as SchemaProvider,
            (await prepared) as Preparation,
          );
        }),
      ),
    ]);
    if (options.tests !== undefined && options.tests !== false && providers[0] !== undefined) {
      const { mockTests } = await import("./mock-tests.ts");
      const only = options.tests === true ? undefined : options.tests;
      checks.push(
        ...(await mockTests(
          tool,
          repository,
          scratch,
          providers[0].reattach,
          only,
          options.signal,
        )),
      );
    }
    if (selection.external.size === 0) return checks;
    const why = [...selection.external].map(([{ path }, reason]) => `${path} ${reason}`).join("; ");
    return [
      ...checks,
      await check({ id: "external", tier, title: "What the bundled schemas do not cover" }, () =>
        Promise.reject(new Skip(`${why}. Use --full`)),
      ),
    ];
  } finally {
    for (const provider of providers) provider.close();
  }
}

function allTypes({ directories }: Repository): Types {
  const types = {
    resource: new Set<string>(),
    data: new Set<string>(),
    ephemeral: new Set<string>(),
  };
  for (const directory of directories.values())
    for (const kind of KINDS) for (const name of directory.types[kind]) types[kind].add(name);
  return types;
}

async function validateAll(
  tool: Tool,
  repository: Repository,
  major: ProviderMajor,
  provider: SchemaProvider,
  preparation: Preparation,
): Promise<Finding[]> {
  const findings = [...preparation.findings];
  if (preparation.places.length === 0 && findings.length === 0)
    throw new Skip(
      repository.findings.length > 0
        ? "no directory can be read"
        : "no directory can be validated without the real provider; use --full",
    );
  for (const place of preparation.places) {
    const { exitCode, stdout, stderr } = await tool.run(["validate", "-json", "-no-color"], {
      cwd: place.cwd,
      env: { ...preparation.env, TF_REATTACH_PROVIDERS: provider.reattach },
    });
    const diagnostics = readDiagnostics(stdout);
    if (diagnostics === undefined || (exitCode !== 0 && diagnostics.length === 0))
      throw new ToolFailed(
        "tool/broken",
        `"validate" ended with code ${exitCode} and no result: ${(stderr || stdout).trim().slice(0, 500)}`,
      );
    for (const diagnostic of diagnostics) {
      if (isNoise(diagnostic)) continue;
      findings.push(explain(finding(diagnostic, place), diagnostic, major));
    }
  }
  return findings;
}

/** That a root's backend does not count is due to how we call it. */
const isNoise = ({ severity, summary }: Diagnostic): boolean =>
  severity === "warning" && /^(Backend|Cloud) configuration ignored$/.test(summary);
