/** What the command line gives a command, beside the answers. */
import type { OptionDeclaration } from "../options/declare.ts";

/** Flags of create that answer no question. */
export interface CreateFlags {
  yes?: boolean;
  input?: boolean;
  config?: string;
  set?: string[];
  json?: boolean;
  validate?: boolean;
  tool?: string;
  debug?: boolean;
}

export interface ValidateFlags {
  full?: boolean;
  test?: boolean;
  json?: boolean;
  tool?: string;
  provider?: string;
  debug?: boolean;
}

export interface AuditFlags {
  format?: string;
  json?: boolean;
  plan?: string;
  failOn?: string;
  control?: string[];
  framework?: string;
  all?: boolean;
  debug?: boolean;
}

/** Variables that are read but answer no question. */
export const RESERVED_VARIABLES = ["HARDENED_EKS_PROVIDER_MIRROR"];

/** How the default reads in help and docs. */
export function defaultWords(declaration: OptionDeclaration): string {
  if (declaration.defaultText !== undefined) return declaration.defaultText;
  if (declaration.default === undefined || declaration.kind === "toggle") return "";
  return declaration.format(declaration.default);
}
