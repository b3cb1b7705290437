/** Writes the generated sources: compiled templates, the Config validator and the list of Controls. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeControls } from "./controls.mjs";
import { writeTemplates } from "./templates.mjs";
import { loadSchema, writeValidator } from "./validator.mjs";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Writes all; the text of the Config schema. */
export async function generate() {
  const { schema, text } = await loadSchema(root);
  const made = { "hardened-eks.schema.json": text };
  await writeTemplates(
    join(root, "templates"),
    join(root, "src/render/templates.generated.js"),
    made,
  );
  await writeValidator(schema, root, join(root, "src/options/validate.generated.js"));
  await writeControls(join(root, "src/controls"));
  return text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generate();
