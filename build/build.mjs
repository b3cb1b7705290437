/** Bundles the published package into dist/: every dependency inside, chunks loaded where they are used. */

import { chmod, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire, isBuiltin } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { claimsFile, withoutMutants } from "./claims.mjs";
import { generate, root } from "./generate.mjs";

const common = {
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  legalComments: "none",
  chunkNames: "chunks/[name]-[hash]",
  logLevel: "warning",
  // Some dependencies are CommonJS and ask for node's own modules by require(); createRequire() would cost 7 ms per start.
  banner: { js: "const require=(id)=>process.getBuiltinModule(id);" },
};

// The catalog's data as JSON.parse("…"): the engine reads that faster than object literals.
const jsonData = {
  name: "json-data",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/catalog\/data\/.*\.json$/ }, async ({ path }) => {
      const text = JSON.stringify(JSON.parse(await readFile(path, "utf8")));
      return { contents: `export default JSON.parse(${JSON.stringify(text)});`, loader: "js" };
    }),
};

// A file of its own costs as much as thirty kilobytes more in another one, and esbuild cuts chunks by who needs a module. So
// every part says that it needs the whole of what it needs a piece of: what every start loads, what every repository is made
// of, and what every update does.
const importsOf = (paths) =>
  paths.map((path) => `import ${JSON.stringify(join(root, "src", path))};`).join("");
const start = importsOf([
  "cli/main.ts",
  "cli/progress.ts",
  "controls/control.ts",
  "lifecycle/paths.ts",
  "workspace/alive.ts",
]);
const repository = importsOf([
  "blueprint/check.ts",
  "cli/maker.ts",
  "cli/summary.ts",
  "lifecycle/render.ts",
  "render/render.ts",
  "workspace/write.ts",
]);
const updates = importsOf(["cli/commands/repository.ts", "cli/update/run.ts"]);
const UPDATING = /\/cli\/commands\/(adopt|change|check|eject|upgrade)\.ts$/;
const fewChunks = {
  name: "few-chunks",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /\.ts$/ }, ({ path, kind, resolveDir }) =>
      kind === "dynamic-import" || kind === "entry-point"
        ? { path: resolve(resolveDir, path), pluginData: kind }
        : undefined,
    );
    onLoad({ filter: /\.ts$/ }, async ({ path, pluginData }) => {
      if (pluginData === undefined) return undefined;
      const isStart = path === join(root, "src/cli/bin.ts");
      const needs = [start, isStart ? "" : repository, UPDATING.test(path) ? updates : ""];
      const text = await readFile(path, "utf8");
      const [shebang = ""] = /^#!.*\n/.exec(text) ?? [];
      const contents = `${shebang}${needs.join("")}\n${text.slice(shebang.length)}`;
      return { contents, loader: "ts" };
    });
  },
};

// The templates beside the program: as a part of it they would be decoded and scanned as a program at every start.
const templateFile = (folder) => ({
  name: "template-file",
  setup: ({ onLoad }) =>
    onLoad({ filter: /templates\.generated\.js$/ }, async ({ path }) => {
      const { templates, templatesDigest } = await import(pathToFileURL(path).href);
      // ASCII only: one wide character in it would double the text, and halve the speed of reading it.
      const text = JSON.stringify(templates()).replace(
        /[\u0080-\uffff]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
      await writeFile(join(folder, "templates.json"), text);
      return {
        // Chunks lie one folder below.
        contents: `import { readFileSync } from "node:fs";
          let parsed;
          export const templates = () =>
            (parsed ??= JSON.parse(readFileSync(new URL("../templates.json", import.meta.url), "utf8")));
          export const templatesDigest = ${JSON.stringify(templatesDigest)};`,
        loader: "js",
      };
    }),
});

// Inquirer's editor prompt, which no question here uses, brings half a megabyte of character sets.
const noEditor = {
  name: "no-editor",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^(iconv-lite|chardet)$/ }, ({ path }) => ({
      path,
      namespace: "left-out",
    }));
    onLoad({ filter: /.*/, namespace: "left-out" }, () => ({
      contents: "export default {}; export const detect = () => null;",
      loader: "js",
    }));
  },
};

// A provider only serves. What asks, two thirds of the library, hangs on it by two files: one that it never calls, and the
// metrics of a call, which it records and nobody wants.
const noClient = {
  name: "no-client",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^\.\/(make-client|orca)$/ }, ({ path, importer }) =>
      importer.includes("grpc-js") ? { path, namespace: "no-client" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "no-client" }, () => ({
      contents: "exports.PerRequestMetricRecorder = class {};",
      loader: "js",
    }));
  },
};

// Node's own modules by a plain call: an import of each resolves, links and copies its exports one by one.
const builtins = {
  name: "builtins",
  setup: ({ onResolve, onLoad }) => {
    // One for each module that asks: shared, it would be a chunk.
    onResolve({ filter: /^[a-z]/ }, ({ path, importer }) =>
      isBuiltin(path)
        ? { path: path.replace(/^node:/, ""), namespace: "builtin", suffix: `?${importer}` }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => {
      const load = `process.getBuiltinModule(${JSON.stringify(path)})`;
      // A function, whose properties an import of CommonJS does not see.
      if (path === "module")
        return {
          contents: `const module = ${load}; export const { createRequire } = module; export default module;`,
          loader: "js",
        };
      // Commander asks for it at once and needs it never; it loads a tenth of node's library.
      const lazy = path === "child_process";
      const names = lazy ? Object.keys(process.getBuiltinModule(path)) : [];
      const getters = names.map((name) => `get ${name}() { return ${load}.${name}; }`);
      return {
        contents: `module.exports = ${lazy ? `{ ${getters.join(", ")} }` : load};`,
        loader: "js",
      };
    });
  },
};

// Machine code of the HCL parser beside the program, packed: a quarter of a megabyte less to install.
const wasmFiles = (folder) => ({
  name: "wasm-files",
  setup: ({ onLoad }) =>
    onLoad({ filter: /terraform\/wasm\.ts$/ }, async ({ path }) => {
      const require = createRequire(path);
      await mkdir(folder, { recursive: true });
      const pack = async (name, file) =>
        writeFile(join(folder, name), brotliCompressSync(await readFile(require.resolve(file))));
      await pack("tree-sitter.wasm.br", "web-tree-sitter/web-tree-sitter.wasm");
      await pack(
        "terraform.wasm.br",
        "@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm",
      );
      return {
        contents: `import { readFileSync } from "node:fs";
          import { brotliDecompressSync } from "node:zlib";
          const read = (name) => brotliDecompressSync(readFileSync(new URL("../wasm/" + name, import.meta.url)));
          export const runtime = () => read("tree-sitter.wasm.br");
          export const grammar = () => read("terraform.wasm.br");`,
        loader: "js",
      };
    }),
});

const schemaText = await generate();
await rm(join(root, "dist"), { recursive: true, force: true });
await mkdir(join(root, "dist"), { recursive: true });
await build({
  ...common,
  entryPoints: { bin: join(root, "src/cli/bin.ts"), index: join(root, "src/index.ts") },
  outdir: join(root, "dist"),
  minify: true,
  plugins: [
    claimsFile(root, join(root, "dist")),
    withoutMutants,
    noEditor,
    noClient,
    jsonData,
    builtins,
    fewChunks,
    templateFile(join(root, "dist")),
    wasmFiles(join(root, "dist/wasm")),
  ],
  // grpc-js loads it only to read .proto files, which nothing here does.
  external: ["@grpc/proto-loader"],
});
// The Yeoman adapter carries the core inside and leaves Yeoman itself to its own package's dependencies.
await rm(join(root, "generators/dist"), { recursive: true, force: true });
await build({
  ...common,
  entryPoints: Object.fromEntries(
    ["app", "upgrade", "add"].map((name) => [
      `generators/${name}/index`,
      join(root, `generators/src/${name}/index.ts`),
    ]),
  ),
  outdir: join(root, "generators/dist"),
  external: ["yeoman-generator", "@grpc/proto-loader"],
});
await writeFile(join(root, "dist/hardened-eks.schema.json"), schemaText);
for (const folder of ["dist", "generators/dist"])
  await cp(join(root, "src/proof/schemas"), join(root, folder, "schemas"), { recursive: true });
await chmod(join(root, "dist/bin.js"), 0o755);
