/**
 * What a create needs of the Controls, without what only an audit needs: the texts as JSON, and of the code no more than
 * what says why a Control does not apply. Loading all Evidence would cost as much as rendering the repository.
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse, print } from "@swc/core";
import { build } from "esbuild";

/** The claims of all Controls, made by the program's own code. */
async function claimTexts(root) {
  const outfile = join(root, "node_modules/.cache/claims.mjs");
  await build({
    stdin: {
      contents: `export { allClaims } from "./src/controls/claim.ts";`,
      resolveDir: root,
      loader: "ts",
    },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "warning",
  });
  const { allClaims } = await import(`${pathToFileURL(outfile).href}?${process.pid}`);
  await rm(outfile);
  return allClaims();
}

/** The source of a Control's file with some properties left out, and what only they need. */
async function reduced(path, keep) {
  const program = await parse(await readFile(path, "utf8"), {
    syntax: "typescript",
    target: "es2022",
  });
  for (const node of program.body) {
    if (node.type !== "ExportDefaultExpression") continue;
    const [argument] = node.expression.arguments;
    const { properties } = argument.expression;
    argument.expression.properties = properties.filter((property) =>
      keep((property.key ?? property).value),
    );
  }
  const items = await Promise.all(
    program.body.map(async (item) => ({
      names: namesOf(item),
      text: (await print({ ...program, body: [item] })).code,
    })),
  );
  // From the export on, what is named by what is kept is kept.
  const kept = new Set(items.filter(({ names }) => names.length === 0));
  for (let before = -1; before !== kept.size; ) {
    before = kept.size;
    const text = [...kept].map((item) => item.text).join("\n");
    for (const item of items)
      if (item.names.some((name) => new RegExp(`(?<!\\w)${name}\\b`).test(text))) kept.add(item);
  }
  return items
    .filter((item) => kept.has(item))
    .map(({ text }) => text)
    .join("\n");
}

/** What a statement of the top level declares or imports. */
function namesOf({ type, specifiers, identifier, declarations, id }) {
  switch (type) {
    case "ImportDeclaration":
      return specifiers.map(({ local }) => local.value);
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return [identifier.value];
    case "VariableDeclaration":
      return declarations.map((declaration) => declaration.id.value);
    case "TsInterfaceDeclaration":
    case "TsTypeAliasDeclaration":
      return [id.value];
    default:
      return [];
  }
}

/** Mutants are for our own tests: the program is shipped without them. */
export const withoutMutants = {
  name: "without-mutants",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/src\/controls\/[a-z-]+\/[a-z0-9-]+\.ts$/ }, async ({ path }) =>
      /\/(evidence|frameworks)\//.test(path)
        ? undefined
        : { contents: await reduced(path, (key) => key !== "mutants"), loader: "ts" },
    ),
};

/** Takes the place of src/controls/claims.generated.js in the bundle, and writes claims.json beside the program. */
export const claimsFile = (root, folder) => ({
  name: "claims-file",
  setup: ({ onLoad, onResolve }) => {
    const areas = join(root, "src/controls");
    onLoad({ filter: /claims\.generated\.js$/ }, async () => {
      const claims = await claimTexts(root);
      const conditional = claims.filter(({ conditional }) => conditional);
      const texts = claims.map(({ conditional: _, ...claim }) => claim);
      await writeFile(join(folder, "claims.json"), JSON.stringify(texts));
      const imports = conditional.map(
        ({ id }, index) => `import c${index} from "claim:${id.replace(".", "/")}.ts";`,
      );
      return {
        contents: `${imports.join("\n")}
          import { readFileSync } from "node:fs";
          export const claims = JSON.parse(readFileSync(new URL("../claims.json", import.meta.url), "utf8"));
          const byId = new Map(claims.map((claim) => [claim.id, claim]));
          for (const { id, notApplicable } of [${conditional.map((_, index) => `c${index}`).join(", ")}])
            byId.get(id).notApplicable = notApplicable;`,
        loader: "js",
        resolveDir: areas,
      };
    });
    onResolve({ filter: /^claim:/ }, ({ path }) => ({
      path: join(areas, path.slice("claim:".length)),
      namespace: "claim",
      sideEffects: false,
    }));
    onLoad({ filter: /.*/, namespace: "claim" }, async ({ path }) => ({
      contents: await reduced(path, (key) => ["id", "notApplicable"].includes(key)),
      loader: "ts",
      resolveDir: dirname(path),
    }));
    // What a reduced file no longer uses is dropped, though it makes tables when it is loaded.
    onResolve({ filter: /^\.\.?\/.*\.ts$/, namespace: "claim" }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path),
      sideEffects: false,
    }));
  },
});
