/** Bundles the published package into dist/: every dependency inside, chunks loaded where they are used. */

import { chmod, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { generate, root } from "./generate.mjs";

// Some dependencies are CommonJS and ask for node's own modules by require(); createRequire() would cost 7 ms per start.
const builtinRequire = "const require=(id)=>process.getBuiltinModule(id);";

// The catalog's data as JSON.parse("…"): the engine reads that faster than object literals.
const jsonData = {
  name: "json-data",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/catalog\/data\/.*\.json$/ }, async ({ path }) => {
      const text = JSON.stringify(JSON.parse(await readFile(path, "utf8")));
      return { contents: `export default JSON.parse(${JSON.stringify(text)});`, loader: "js" };
    }),
};

const schema = await generate();
await rm(join(root, "dist"), { recursive: true, force: true });
await mkdir(join(root, "dist"), { recursive: true });
await build({
  entryPoints: { bin: join(root, "src/cli/bin.ts"), index: join(root, "src/index.ts") },
  outdir: join(root, "dist"),
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  minify: true,
  keepNames: false,
  legalComments: "none",
  chunkNames: "chunks/[name]-[hash]",
  logLevel: "warning",
  plugins: [jsonData],
  // grpc-js loads it only to read .proto files, which nothing here does.
  external: ["@grpc/proto-loader"],
  banner: {
    js: builtinRequire,
  },
});
// The Yeoman adapter carries the core inside and leaves Yeoman itself to its own package's dependencies.
await rm(join(root, "generators/dist"), { recursive: true, force: true });
await build({
  entryPoints: { "generators/app/index": join(root, "generators/src/app/index.ts") },
  outdir: join(root, "generators/dist"),
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  legalComments: "none",
  external: ["yeoman-generator", "@grpc/proto-loader"],
  chunkNames: "chunks/[name]-[hash]",
  logLevel: "warning",
  banner: {
    js: builtinRequire,
  },
});
await writeFile(
  join(root, "dist/hardened-eks.schema.json"),
  `${JSON.stringify(schema, undefined, 2)}\n`,
);
for (const folder of ["dist", "generators/dist"])
  await cp(join(root, "src/proof/schemas"), join(root, folder, "schemas"), { recursive: true });
await chmod(join(root, "dist/bin.js"), 0o755);
