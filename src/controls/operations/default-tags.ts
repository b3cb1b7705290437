import { control, terraform } from "../control.ts";
import { awsProviders } from "../evidence/providers.ts";
import { blocksOf, isObject, textsOf } from "../evidence/value.ts";

/** One of these says which part of the project it is. */
const PARTS = ["Environment", "Account", "Root"];

export default control({
  id: "operations.default-tags",
  title: "Every resource is tagged with its project and with the root that it belongs to",
  why: "In an incident nobody can tell what an untagged resource is part of, whom to ask, and whether it may be stopped.",
  severity: "low",
  mapping: { securityHub: ["EKS.6"] },
  evidence: [
    terraform((subject, probe) => {
      for (const { root, provider } of awsProviders(subject, probe)) {
        const [block] = blocksOf(provider.get("default_tags"));
        const tags = isObject(block?.tags) ? block.tags : {};
        const has = (name: string): boolean => textsOf(tags[name]).some((text) => text !== "");
        for (const [what, ok] of [
          ["Project", has("Project")],
          [PARTS.join(" or "), PARTS.some(has)],
        ] as const)
          probe.that(
            ok,
            provider.placeOf("default_tags"),
            `${root.path}: default_tags of ${provider.address} has no ${what}`,
            root.path,
          );
      }
    }),
  ],
  fix: "Set default_tags { tags = local.tags } in every provider.",
  mutants: [
    {
      title: "No default tags",
      edits: [
        {
          file: "environments/prod/providers.tf",
          replace: /\n {2}default_tags \{[^}]*\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "The tags do not say which environment",
      edits: [
        {
          file: "environments/prod/locals.tf",
          replace: '    Environment = "prod"\n',
          with: "",
        },
      ],
    },
  ],
});
