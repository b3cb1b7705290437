/** `npm run mutate`: bundles the run and starts it. */
import { cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = join(root, "node_modules/.cache/mutate");
mkdirSync(folder, { recursive: true });
const outfile = join(folder, "main.mjs");
await build({
  entryPoints: [join(root, "test/mutate/main.ts")],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  packages: "external",
  logLevel: "warning",
});
cpSync(join(root, "src/proof/schemas"), join(folder, "schemas"), { recursive: true });
const { main } = await import(outfile);
process.exit(await main(root, process.argv.slice(2)));
