import { control, terraform } from "../control.ts";
import { matches, shown } from "../evidence/require.ts";
import { blocksOf, isObject, placesOf, textsOf, type Value } from "../evidence/value.ts";

const atLeast = (text: string): boolean => /(^|,)\s*(>=?|~>|=)?\s*v?\d/.test(text);
/** Less than something, or a single version or line of them. */
const atMost = (text: string): boolean =>
  text.split(",").some((part) => /^\s*(<=?|~>|=)?\s*v?\d/.test(part));

const isBounded = (value: Value | undefined): boolean => {
  const texts = textsOf(value);
  return texts.length > 0 && texts.every((text) => atLeast(text) && atMost(text));
};

export default control({
  id: "operations.versions-bounded",
  title:
    "Every root says the oldest Terraform, and the oldest and newest major of each provider, that it runs with",
  why: "A new major changes defaults under an unchanged file, and an old Terraform passes over the lock of the state without a word.",
  severity: "low",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  evidence: [
    terraform((subject, probe) => {
      // A plan does not show its constraints.
      if (subject.from === "plan") return;
      for (const root of subject.roots) {
        const blocks = root.settings.filter(({ mode }) => mode === "terraform");
        const withVersion = blocks.filter((block) => block.get("required_version") !== undefined);
        if (withVersion.length === 0)
          probe.wrong(root.place, `${root.path}: required_version is not set`, root.path);
        // use_lockfile came with 1.10.
        for (const block of withVersion)
          probe.expect(
            block,
            "required_version",
            matches(/^\s*(>=|~>)\s*(1\.[1-9]\d|[2-9]\.)/, "begin at 1.10 or later"),
          );
        const providers = blocks.flatMap((block) =>
          blocksOf(block.get("required_providers")).flatMap((required) =>
            Object.entries(required).map(([name, wanted]) => ({ block, required, name, wanted })),
          ),
        );
        if (!providers.some(({ name }) => name === "aws"))
          probe.wrong(root.place, `${root.path}: required_providers does not name aws`, root.path);
        for (const { block, required, name, wanted } of providers) {
          const version = isObject(wanted) ? wanted.version : wanted;
          probe.that(
            isBounded(version),
            placesOf(wanted)?.arguments.get("version") ??
              placesOf(required)?.arguments.get(name) ??
              block.placeOf("required_providers"),
            `${root.path}: the version of provider ${name} is ${shown(version)}, it must have a lower and an upper bound`,
            root.path,
          );
        }
      }
    }),
  ],
  fix: 'Set required_version = ">= 1.11" and a version such as ">= 5.100, < 7" for each provider.',
  mutants: [
    {
      title: "Any newer provider will do",
      edits: [
        {
          file: "environments/prod/terraform.tf",
          replace: '">= 5.100, < 7"',
          with: '">= 5.100"',
        },
      ],
    },
    {
      title: "Any Terraform will do",
      edits: [
        {
          file: "accounts/prod/terraform.tf",
          replace: / {2}required_version = "[^"]*"\n\n/,
          with: "",
        },
      ],
    },
    {
      title: "A further provider of any version",
      edits: [
        {
          file: "environments/prod/terraform.tf",
          replace: "  required_providers {\n",
          with: '  required_providers {\n    random = {\n      source = "hashicorp/random"\n    }\n',
        },
      ],
    },
    {
      title: "A Terraform that knows no lock file",
      of: "government",
      edits: [{ file: "environments/prod/terraform.tf", replace: '">= 1.10"', with: '">= 1.5"' }],
    },
  ],
});
