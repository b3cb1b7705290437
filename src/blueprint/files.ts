import type { Blueprint, FileSpec } from "./types.ts";

/** The files that no target owns: Kubernetes, pipelines, scripts, documents. */
export function planFiles(blueprint: Omit<Blueprint, "files">): FileSpec[] {
  const merged = (template: string, path: string, except?: readonly string[]): FileSpec => ({
    template,
    path,
    owner: "merged",
    except,
  });
  return [
    merged("root/", ""),
    merged("scripts/", "scripts/", blueprint.bootstrap ? [] : ["bootstrap"]),
    merged("docs/", "docs/", blueprint.bootstrap ? [] : ["runbooks/bootstrap.md"]),
    merged("kubernetes/", "kubernetes/"),
    ...(blueprint.project.ci === "none"
      ? []
      : [
          // A pipeline applies nothing that keeps its state in a local file.
          merged(
            `ci/${blueprint.project.ci}/`,
            "",
            blueprint.project.stateBackend === "local"
              ? ["apply", "apply-root", "schedule"].map((name) => `.github/workflows/${name}.yml`)
              : [],
          ),
        ]),
    ...blueprint.features.map((id) => ({
      ...merged(`features/${id}/`, ""),
      only: blueprint.environments
        .filter(({ features }) => features.includes(id))
        .map(({ name }) => name),
    })),
  ];
}
