import type { Control } from "./control.ts";

/** Every Control, by path of its file. */
export declare const all: readonly Control[];
