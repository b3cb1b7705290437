/** Says of an unknown type or argument that the other major has it. */
import type { Diagnostic } from "./diagnostics.ts";
import { hasType, type Kind, schemasFor } from "./provider/packs.ts";
import { fields, textOf } from "./provider/wire.ts";
import type { Finding, ProviderMajor } from "./types.ts";

/** Adds a hint where there is one. */
export function explain(finding: Finding, diagnostic: Diagnostic, major: ProviderMajor): Finding {
  const other = major === 5 ? 6 : 5;
  const { summary, detail = "", snippet } = diagnostic;
  const hint = (what: string): Finding => ({
    ...finding,
    fix:
      other === 6
        ? `${what} needs provider aws 6: remove it, or require version 6 of the provider.`
        : `${what} was removed in provider aws 6; its upgrade guide names the successor.`,
  });
  const missing =
    /does not support (resource|data source|ephemeral resource) (?:type )?"(\w+)"/.exec(detail);
  if (missing !== null) {
    const [, what, type] = missing as unknown as [string, string, string];
    const kind: Kind =
      what === "resource" ? "resource" : what === "data source" ? "data" : "ephemeral";
    return hasType(other, kind, type) ? hint(type) : finding;
  }
  if (!/^Unsupported (argument|block type|attribute)$/.test(summary)) return finding;
  const owner = /^(resource|data|ephemeral) "(\w+)"/.exec(snippet?.context ?? "");
  const name = /(?:named|type|of type) "(\w+)"/.exec(detail)?.[1];
  if (owner === null || name === undefined) return finding;
  const [, kind, type] = owner as unknown as [string, Kind, string];
  if (!hasType(other, kind, type)) return finding;
  const types = {
    resource: new Set<string>(),
    data: new Set<string>(),
    ephemeral: new Set<string>(),
  };
  types[kind].add(type);
  const schema = schemasFor(other, types).types[kind].get(type);
  return schema !== undefined && namesIn(schema).has(name) ? hint(`"${name}"`) : finding;
}

/** All names of arguments and blocks in a schema, at any depth. */
function namesIn(schema: Uint8Array): Set<string> {
  const names = new Set<string>();
  const block = (bytes: Uint8Array): void => {
    for (const each of fields(bytes)) {
      if (each.field !== 2 && each.field !== 3) continue;
      names.add(textOf(each.bytes, 1));
      if (each.field === 3)
        for (const inner of fields(each.bytes)) if (inner.field === 2) block(inner.bytes);
    }
  };
  for (const each of fields(schema)) if (each.field === 2) block(each.bytes);
  return names;
}
