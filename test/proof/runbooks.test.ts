/** What the generated documents tell people to write is no finding of ours. */
import { describe, expect, it } from "vitest";
import { auditFiles, filesOf, type ProfileName } from "../support/mutants.ts";
import { profiles } from "../support/profiles.ts";

/** Manifests that a document shows, with what the reader fills in. */
const manifestsIn = (markdown: string): string[] =>
  [...markdown.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)]
    .map(([, yaml]) => (yaml as string).replaceAll("<intra subnet>", "10.40.255.0/26"))
    .filter((yaml) => /^apiVersion:[\s\S]*^kind:/m.test(yaml));

describe.each(Object.keys(profiles) as ProfileName[])("%s", (name) => {
  const files = filesOf(name);
  const [namespace] = [...files.keys()].flatMap(
    (path) => /^kubernetes\/base\/namespaces\/([^/]+)\/kustomization\.yaml$/.exec(path)?.[1] ?? [],
  );
  const shown = [...files].flatMap(([path, text]) =>
    path.startsWith("docs/") ? manifestsIn(text).map((yaml) => ({ path, yaml })) : [],
  );

  it("shows manifests", () => {
    expect(shown.map(({ path }) => path)).toContain("docs/runbooks/allow-traffic.md");
  });

  it("keeps every Control when they are written as shown", async () => {
    const folder = `kubernetes/base/namespaces/${namespace}`;
    const kustomization = files.get(`${folder}/kustomization.yaml`) as string;
    for (const [index, { yaml }] of shown.entries())
      files.set(`${folder}/example-${index}.yaml`, yaml);
    files.set(
      `${folder}/kustomization.yaml`,
      kustomization.replace(
        "  - ../../../workload-namespace\n",
        (line) => line + shown.map((_, index) => `  - example-${index}.yaml\n`).join(""),
      ),
    );
    const { results, problems } = await auditFiles(files);
    expect(problems).toEqual([]);
    expect(
      results
        .filter(({ status }) => status === "not met")
        .flatMap(({ control, observations }) =>
          observations.map(({ message, place }) => `${control.id}: ${place.file} ${message}`),
        ),
    ).toEqual([]);
  });
});
