/** Machine code of the parser and its grammar; the build puts the files beside the program. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

export const runtime = (): Buffer =>
  readFileSync(require.resolve("web-tree-sitter/web-tree-sitter.wasm"));
export const grammar = (): Buffer =>
  readFileSync(require.resolve("@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm"));
