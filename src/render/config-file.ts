/** `hardened-eks.yaml` as the repository gets it. */
import { stringify } from "yaml";
import type { Config } from "../options/config.ts";

const HEADER = `# yaml-language-server: $schema=.hardened-eks/schema.json
# The answers this repository was made from. Change them with
# \`create-hardened-eks set\`, or here followed by \`create-hardened-eks upgrade\`.
`;

/** The Config as commented YAML, keys in the order of the declarations. */
export function renderConfigFile(config: Config): string {
  return HEADER + stringify(config, { lineWidth: 0, version: "1.2" });
}
