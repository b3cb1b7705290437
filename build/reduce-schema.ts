/**
 * Packs provider schemas (`terraform providers schema -json`, plain or gzipped) into src/proof/schemas.
 * Each schema is stored as the protocol buffer that the plugin protocol sends, without descriptions.
 *
 *   npx esbuild build/reduce-schema.ts --bundle --platform=node --format=esm --outfile=/tmp/reduce.mjs
 *   node /tmp/reduce.mjs src/proof/schemas templates <schema of major 5> <schema of major 6> [core-types.txt]
 *
 * `core.pack` holds the types that the templates or the list of core types mention, `rest-<major>.pack` all others.
 * The same input gives the same bytes.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gunzipSync } from "node:zlib";
import { Message } from "../src/proof/provider/wire.ts";

interface Attribute {
  type: unknown;
  required?: boolean;
  optional?: boolean;
  computed?: boolean;
  sensitive?: boolean;
  deprecated?: boolean;
  write_only?: boolean;
}
interface Block {
  attributes?: Record<string, Attribute>;
  block_types?: Record<
    string,
    { block: Block; nesting_mode: string; min_items?: number; max_items?: number }
  >;
  deprecated?: boolean;
}
interface Schema {
  version?: number;
  block: Block;
}
interface Provider {
  provider: Schema;
  resource_schemas: Record<string, Schema>;
  data_source_schemas: Record<string, Schema>;
  ephemeral_resource_schemas?: Record<string, Schema>;
}

const NESTING: Record<string, number> = { single: 1, list: 2, set: 3, map: 4, group: 5 };
const byName = <T>(record: Record<string, T> | undefined): [string, T][] =>
  Object.entries(record ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));

function encodeBlock(block: Block): Message {
  const message = new Message();
  for (const [name, attribute] of byName(block.attributes)) {
    if (attribute.type === undefined) throw new Error(`${name} has no type`);
    message.bytes(
      2,
      new Message()
        .bytes(1, name)
        .bytes(2, JSON.stringify(attribute.type))
        .int(4, attribute.required)
        .int(5, attribute.optional)
        .int(6, attribute.computed)
        .int(7, attribute.sensitive)
        .int(9, attribute.deprecated)
        .int(10, attribute.write_only),
    );
  }
  for (const [name, nested] of byName(block.block_types)) {
    const nesting = NESTING[nested.nesting_mode];
    if (nesting === undefined) throw new Error(`${name}: unknown nesting ${nested.nesting_mode}`);
    message.bytes(
      3,
      new Message()
        .bytes(1, name)
        .bytes(2, encodeBlock(nested.block))
        .int(3, nesting)
        .int(4, nested.min_items)
        .int(5, nested.max_items),
    );
  }
  return message.int(6, block.deprecated);
}

const encodeSchema = (schema: Schema): Uint8Array =>
  new Message().int(1, schema.version).bytes(2, encodeBlock(schema.block)).finish();

/** Kind → type → [offset, length] in the body. */
type Index = Record<string, Record<string, [number, number]>>;

class Pack {
  readonly index: Record<string, Index> = {};
  readonly #parts: Uint8Array[] = [];
  readonly #seen = new Map<string, [number, number]>();
  #length = 0;

  add(major: string, kind: string, name: string, schema: Schema): void {
    const bytes = encodeSchema(schema);
    const key = Buffer.from(bytes).toString("latin1");
    let place = this.#seen.get(key);
    if (place === undefined) {
      place = [this.#length, bytes.length];
      this.#seen.set(key, place);
      this.#parts.push(bytes);
      this.#length += bytes.length;
    }
    this.index[major] ??= {};
    this.index[major][kind] ??= {};
    this.index[major][kind][name] = place;
  }

  finish(versions: Record<string, string>): Buffer {
    const head = JSON.stringify({ versions, index: this.index });
    const raw = Buffer.concat([Buffer.from(`${head}\n`), ...this.#parts]);
    return brotliCompressSync(raw, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_LGWIN]: 24,
        [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
      },
    });
  }
}

function* filesBelow(directory: string): Generator<string> {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

function read(path: string): { version: string; schema: Provider } {
  const raw = readFileSync(path);
  const text = (raw[0] === 0x1f ? gunzipSync(raw) : raw).toString("utf8");
  const schemas = JSON.parse(text).provider_schemas as Record<string, Provider>;
  const schema = Object.values(schemas)[0];
  const version = /(\d+\.\d+\.\d+)/.exec(path)?.[1];
  if (schema === undefined || version === undefined)
    throw new Error(`${path}: no provider in it, or no version in its name`);
  return { version, schema };
}

/**
 * The published collection of schemas of major 6 derives type names from Go names, and so splits
 * these, which the provider writes as one word.
 */
const ONE_WORD: readonly [RegExp, string][] = [
  [/^aws_lexv2_models_/, "aws_lexv2models_"],
  [/^aws_route53_(domains|profiles|recoverycontrolconfig|recoveryreadiness)_/, "aws_route53$1_"],
  [/^aws_s3_(control|files|outposts|tables|vectors)_/, "aws_s3$1_"],
];
/** These are too large for that collection. Major 6 has them, as 5 had, with a region. */
const CARRIED: Readonly<Record<string, readonly string[]>> = {
  resource: [
    "aws_quicksight_analysis",
    "aws_quicksight_dashboard",
    "aws_quicksight_template",
    "aws_wafv2_rule_group",
    "aws_wafv2_web_acl",
  ],
  data: ["aws_quicksight_analysis"],
  ephemeral: [],
};

const properName = (name: string): string =>
  ONE_WORD.reduce((text, [pattern, word]) => text.replace(pattern, word), name);

const withRegion = (schema: Schema): Schema => ({
  ...schema,
  block: {
    ...schema.block,
    attributes: {
      ...schema.block.attributes,
      region: { type: "string", optional: true, computed: true },
    },
  },
});

type Kinds = Record<"resource" | "data" | "ephemeral", Record<string, Schema>>;
const kindsOf = ({
  resource_schemas,
  data_source_schemas,
  ephemeral_resource_schemas = {},
}: Provider): Kinds => ({
  resource: resource_schemas,
  data: data_source_schemas,
  ephemeral: ephemeral_resource_schemas,
});

const [out, templates, five, six, list] = process.argv.slice(2);
if (out === undefined || templates === undefined || five === undefined || six === undefined)
  throw new Error("usage: reduce-schema <out> <templates> <schema 5> <schema 6> [core types]");

const core = new Set<string>();
for (const path of filesBelow(templates))
  for (const match of readFileSync(path, "utf8").matchAll(/"(aws_[a-z0-9_]+)"/g))
    core.add(match[1] as string);
if (list !== undefined)
  for (const match of readFileSync(list, "utf8").matchAll(/\baws_[a-z0-9_]+/g)) core.add(match[0]);

const sources = { "5": read(five), "6": read(six) };
const older = kindsOf(sources["5"].schema);
const corePack = new Pack();
const versions: Record<string, string> = {};
const rest = new Map<string, Pack>();
for (const [major, { version, schema }] of Object.entries(sources)) {
  versions[major] = version;
  const restPack = new Pack();
  rest.set(major, restPack);
  corePack.add(major, "provider", "aws", schema.provider);
  for (const [kind, given] of Object.entries(kindsOf(schema)) as [
    keyof Kinds,
    Record<string, Schema>,
  ][]) {
    const schemas: Record<string, Schema> = {};
    for (const [name, each] of Object.entries(given))
      schemas[major === "6" ? properName(name) : name] = each;
    if (major === "6")
      for (const name of CARRIED[kind] ?? [])
        schemas[name] ??= withRegion(older[kind][name] as Schema);
    for (const [name, each] of byName(schemas))
      (core.has(name) ? corePack : restPack).add(major, kind, name, each);
  }
}
const write = (name: string, pack: Pack): void => {
  const bytes = pack.finish(versions);
  writeFileSync(join(out, name), bytes);
  console.log(`${name}: ${bytes.length} bytes`);
};
write("core.pack", corePack);
for (const [major, pack] of rest) write(`rest-${major}.pack`, pack);
