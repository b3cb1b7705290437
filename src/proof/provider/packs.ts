/** The bundled schemas (made by build/reduce-schema.ts), as the protocol buffers that terraform is sent. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import { closest, distance } from "fastest-levenshtein";
import type { ProviderMajor } from "../types.ts";

/** The kinds of types that a provider has. */
export const KINDS = ["resource", "data", "ephemeral"] as const;
export type Kind = (typeof KINDS)[number];

/** Names of types, by kind. */
export type Types = Readonly<Record<Kind, ReadonlySet<string>>>;

/** The schemas of some types of one major. */
export interface Schemas {
  major: ProviderMajor;
  version: string;
  provider: Uint8Array;
  types: Record<Kind, Map<string, Uint8Array>>;
}

type Place = [offset: number, length: number];
interface Pack {
  versions: Record<string, string>;
  index: Record<string, Record<string, Record<string, Place>>>;
  body: Uint8Array;
}

const loaded = new Map<string, Pack>();

function load(name: string): Pack {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  // Beside the sources, beside the bundle, and beside the folder of the bundle's chunks.
  const places = ["../schemas/", "./schemas/"].map((folder) =>
    fileURLToPath(new URL(folder + name, import.meta.url)),
  );
  const path = places.find((place) => existsSync(place));
  if (path === undefined) throw new Error(`the installation is incomplete: ${name} is missing`);
  const raw = brotliDecompressSync(readFileSync(path));
  const head = raw.indexOf(0x0a);
  const pack = {
    ...JSON.parse(raw.toString("utf8", 0, head)),
    body: raw.subarray(head + 1),
  } as Pack;
  loaded.set(name, pack);
  return pack;
}

const cut = ({ body }: Pack, [offset, length]: Place): Uint8Array =>
  body.subarray(offset, offset + length);

/** Versions of the provider that are bundled. */
export function bundledVersions(): Record<ProviderMajor, string> {
  const { versions } = load("core.pack");
  return { 5: versions["5"] as string, 6: versions["6"] as string };
}

/**
 * The schemas of the types that are asked for. Only a type outside of the core makes the large pack load.
 * For a type that does not exist the nearest one is added: terraform names it in its message.
 */
export function schemasFor(major: ProviderMajor, types: Types): Schemas {
  const core = load("core.pack");
  const coreIndex = core.index[major] ?? {};
  const schemas: Schemas = {
    major,
    version: core.versions[major] as string,
    provider: cut(core, coreIndex.provider?.aws as Place),
    types: { resource: new Map(), data: new Map(), ephemeral: new Map() },
  };
  for (const kind of KINDS)
    for (const name of types[kind]) {
      const place = coreIndex[kind]?.[name];
      if (place !== undefined) {
        schemas.types[kind].set(name, cut(core, place));
        continue;
      }
      const rest = load(`rest-${major}.pack`);
      const restIndex = rest.index[major]?.[kind] ?? {};
      const found = Object.hasOwn(restIndex, name) ? restIndex[name] : undefined;
      if (found !== undefined) {
        schemas.types[kind].set(name, cut(rest, found));
        continue;
      }
      const names = [...Object.keys(coreIndex[kind] ?? {}), ...Object.keys(restIndex)];
      const near = names.length === 0 ? undefined : closest(name, names);
      if (near === undefined || distance(name, near) > 3) continue;
      const nearPlace = coreIndex[kind]?.[near];
      schemas.types[kind].set(
        near,
        nearPlace === undefined ? cut(rest, restIndex[near] as Place) : cut(core, nearPlace),
      );
    }
  return schemas;
}

/** Whether a major has a type. */
export function hasType(major: ProviderMajor, kind: Kind, name: string): boolean {
  for (const pack of ["core.pack", `rest-${major}.pack`])
    if (Object.hasOwn(load(pack).index[major]?.[kind] ?? {}, name)) return true;
  return false;
}
