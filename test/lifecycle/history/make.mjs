/** Makes test/fixtures/history anew. Run by hand, and only where the history itself was wrong: the packs are frozen. */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../../support/bundle.mjs";

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const { make } = await import(await bundle(root, "history", "test/lifecycle/history/make.ts"));
await make(root);
