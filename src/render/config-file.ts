/** `hardened-eks.yaml` as the repository gets it. */
import type { Config } from "../options/config.ts";
import { formatYaml } from "./yaml.ts";

const HEADER = `# yaml-language-server: $schema=.hardened-eks/schema.json
# The answers this repository was made from. The same answers give the same files;
# docs/runbooks/upgrade-repository.md says how another answer gets into them.
`;

/** The Config as commented YAML, keys in the order of the declarations. */
export function renderConfigFile(config: Config): string {
  return HEADER + formatYaml(config);
}
