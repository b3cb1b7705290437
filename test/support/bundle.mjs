/** Bundles a TypeScript file of the tests, so that plain node runs it. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/** Bundles `entry` (from the root) into a folder of its own below node_modules; the path of the result. */
export async function bundle(root, name, entry) {
  const folder = join(root, "node_modules/.cache", name);
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, "main.mjs");
  await build({
    entryPoints: [join(root, entry)],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "warning",
  });
  return outfile;
}
