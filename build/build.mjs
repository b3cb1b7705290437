/** Bundles the published package into dist/: every dependency inside, chunks loaded where they are used. */

import { chmod, cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { generate, root } from "./generate.mjs";

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
  // grpc-js loads it only to read .proto files, which nothing here does.
  external: ["@grpc/proto-loader"],
  // Some dependencies are CommonJS and ask for node's own modules by require().
  banner: {
    js: 'import{createRequire as $cr}from"node:module";const require=$cr(import.meta.url);',
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
    js: 'import{createRequire as $cr}from"node:module";const require=$cr(import.meta.url);',
  },
});
await writeFile(
  join(root, "dist/hardened-eks.schema.json"),
  `${JSON.stringify(schema, undefined, 2)}\n`,
);
for (const folder of ["dist", "generators/dist"])
  await cp(join(root, "src/proof/schemas"), join(root, folder, "schemas"), { recursive: true });
await chmod(join(root, "dist/bin.js"), 0o755);
