/** The JSON Schema of `hardened-eks.yaml`, assembled from the declarations. */
import type { JsonSchema, OptionDeclaration } from "./declare.ts";
import { ENVIRONMENT_ONLY } from "./paths.ts";

function place(root: JsonSchema, path: string, schema: JsonSchema): void {
  const keys = path.split(".");
  let at = root;
  for (const key of keys.slice(0, -1)) {
    at.properties ??= {};
    at.properties[key] ??= { type: "object", additionalProperties: false, properties: {} };
    at = at.properties[key];
  }
  at.properties ??= {};
  at.properties[keys.at(-1) as string] = schema;
}

const described = (declaration: OptionDeclaration): JsonSchema => ({
  ...declaration.schema,
  description: `${declaration.summary}: ${declaration.expects}`,
  ...(declaration.default === undefined ? {} : { default: declaration.default }),
});

const emptyObject = (): JsonSchema => ({
  type: "object",
  additionalProperties: false,
  properties: {},
});

/** Schema of one environment, or of the whole file without environments. */
function assemble(
  declarations: readonly OptionDeclaration[],
  keep: (declaration: OptionDeclaration) => boolean,
): JsonSchema {
  const root = emptyObject();
  for (const declaration of declarations)
    if (keep(declaration)) place(root, declaration.path, described(declaration));
  const nodes = root.properties?.nodes;
  if (nodes?.properties !== undefined) {
    nodes.properties.groups = {
      type: "object",
      description: "Further node groups; what a group leaves out is as in nodes",
      propertyNames: { type: "string", pattern: "^[a-z][a-z0-9-]{0,19}$" },
      additionalProperties: {
        type: "object",
        additionalProperties: false,
        properties: Object.fromEntries(
          Object.entries(nodes.properties).filter(([key]) => key !== "groups"),
        ),
      },
    };
  }
  return root;
}

/** What is accepted for a time although it is not met: no question, but an entry that a review has to see. */
const exceptions: JsonSchema = {
  type: "object",
  description: "Controls that are not met and accepted until a day, by id: reason, owner, expires",
  propertyNames: { type: "string", pattern: "^[a-z-]+\\.[a-z0-9-]+$" },
  additionalProperties: {
    type: "object",
    additionalProperties: false,
    required: ["reason", "owner", "expires"],
    properties: {
      // Words, in whatever script: dots and dashes say nothing to the next reader.
      reason: { type: "string", minLength: 10, pattern: "([^\\W_]{2}|[^\\x00-\\x7F]).*\\s" },
      owner: { type: "string", minLength: 2, pattern: "[^\\W_]{2}|[^\\x00-\\x7F]" },
      expires: { type: "string", pattern: "^20\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$" },
    },
  },
};

/** JSON Schema (2020-12) of the Config file. */
export function configSchema(declarations: readonly OptionDeclaration[]): JsonSchema & {
  $schema: string;
  $id: string;
  title: string;
} {
  const root = assemble(declarations, (entry) => !ENVIRONMENT_ONLY.includes(entry.path));
  const environments = root.properties?.environments as JsonSchema;
  environments.additionalProperties = assemble(
    declarations,
    (entry) => entry.perEnvironment === true,
  );
  root.properties ??= {};
  root.properties.exceptions = exceptions;
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:create-hardened-eks:config",
    title: "hardened-eks.yaml",
    ...root,
  };
}
