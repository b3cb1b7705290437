/** Lists the Controls: every file in a folder of src/controls that is an area. Adding one touches no other file. */
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Folders beside the areas. */
const OTHER = new Set(["evidence", "frameworks"]);

/** Writes the list, sorted by path. */
export async function writeControls(folder) {
  const areas = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && !OTHER.has(entry.name))
    .map(({ name }) => name)
    .sort();
  const paths = [];
  for (const area of areas)
    for (const file of (await readdir(join(folder, area))).sort())
      if (file.endsWith(".ts")) paths.push(`./${area}/${file}`);
  const lines = paths.map((path, index) => `import c${index} from ${JSON.stringify(path)};`);
  const all = paths.map((_, index) => `c${index}`).join(", ");
  await writeFile(
    join(folder, "claims.generated.js"),
    `// Written by build/controls.mjs; the bundle has the same as JSON.\nexport { everyClaim as claims } from "./claim.ts";\n`,
  );
  await writeFile(
    join(folder, "catalogue.generated.js"),
    `// Written by build/controls.mjs.\n${lines.join("\n")}\nexport const all = [${all}];\n`,
  );
}
