import type { Program } from "./template.ts";

export declare const templates: Record<string, { executable: boolean; body: string | Program }>;
/** `sha256:<hex>` of all templates. */
export declare const templatesDigest: string;
