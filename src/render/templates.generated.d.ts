import type { Program } from "./template.ts";

/** Every template by its name; read when it is asked for the first time. */
export declare function templates(): Record<
  string,
  { executable: boolean; body: string | Program }
>;
/** `sha256:<hex>` of all templates. */
export declare const templatesDigest: string;
