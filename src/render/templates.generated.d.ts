import type { Program } from "./template.ts";

export declare const templates: Record<string, { executable: boolean; body: string | Program }>;
