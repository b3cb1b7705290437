/** What this build of the product is. */
import type { Maker } from "../lifecycle/lock.ts";
import { TEMPLATES_DIGEST } from "../render/render.ts";
import { VERSION } from "./version.ts";

export const maker = (): Maker => ({ version: VERSION, templates: TEMPLATES_DIGEST });
