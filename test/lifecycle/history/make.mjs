/** Makes test/fixtures/history anew. Run by hand, and only where the history itself was wrong: the packs are frozen. */
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const folder = join(root, "node_modules/.cache/history");
mkdirSync(folder, { recursive: true });
const outfile = join(folder, "make.mjs");
await build({
  entryPoints: [join(root, "test/lifecycle/history/make.ts")],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  packages: "external",
  logLevel: "warning",
});
const { make } = await import(outfile);
await make(root);
