/** Writes the generated sources: compiled templates and the Config validator. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeTemplates } from "./templates.mjs";
import { writeValidator } from "./validator.mjs";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export async function generate() {
  await writeTemplates(join(root, "templates"), join(root, "src/render/templates.generated.js"));
  return writeValidator(root, join(root, "src/options/validate.generated.js"));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generate();
