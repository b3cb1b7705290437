/** The arrows of the house (DESIGN §2): data flows one way, and imports with it. */
const core = "^src/(options|catalog|features|blueprint|render|controls)/";
const only = (name, from, allowed) => ({
  name,
  severity: "error",
  comment: `${from} may import only: ${allowed.join(", ") || "itself"}`,
  from: { path: `^src/${from}/` },
  to: {
    path: "^src/",
    pathNot: [`^src/${from}/`, ...allowed.map((room) => `^src/${room}/`)].join("|"),
  },
});

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "pure-core",
      severity: "error",
      comment: "the core runs in a browser: no node: module",
      from: { path: core },
      to: { dependencyTypes: ["core"] },
    },
    only("catalog", "catalog", []),
    only("options", "options", ["catalog"]),
    only("features", "features", ["catalog", "options"]),
    only("blueprint", "blueprint", ["catalog", "options", "features"]),
    only("render", "render", ["catalog", "options", "features", "blueprint", "controls"]),
    only("controls", "controls", ["catalog", "options", "features", "blueprint"]),
    only("workspace", "workspace", []),
    only("proof", "proof", [
      "catalog",
      "options",
      "features",
      "blueprint",
      "render",
      "controls",
      "workspace",
    ]),
    only("lifecycle", "lifecycle", [
      "catalog",
      "options",
      "features",
      "blueprint",
      "render",
      "workspace",
    ]),
    {
      name: "no-orphans",
      severity: "error",
      from: { orphan: true, path: "^src", pathNot: "\\.d\\.ts$" },
      to: {},
    },
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
    },
  },
};
