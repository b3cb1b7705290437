/** `npm run mutate`: bundles the run and starts it. */
import { cpSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../support/bundle.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const program = await bundle(root, "mutate", "test/mutate/main.ts");
cpSync(join(root, "src/proof/schemas"), join(dirname(program), "schemas"), { recursive: true });
const { main } = await import(program);
process.exit(await main(root, process.argv.slice(2)));
