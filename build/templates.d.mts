import type { Program } from "../src/render/template.ts";

export declare function parseTemplate(name: string, source: string): Program;
