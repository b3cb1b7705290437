import type { Blueprint, FileSpec } from "./types.ts";

/** Whether an environment without a way out runs an engine whose images lie outside AWS. */
export const needsMirror = ({
  environments,
  platform,
}: Pick<Blueprint, "environments" | "platform">): boolean =>
  platform.networkPolicy.chart !== undefined &&
  environments.some(({ network }) => network.egress === "none");

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
    merged("docs/", "docs/", [
      ...(blueprint.bootstrap ? [] : ["runbooks/bootstrap.md"]),
      ...(blueprint.product ? [] : ["runbooks/upgrade-repository.md"]),
      ...(needsMirror(blueprint) ? [] : ["runbooks/mirror-images.md"]),
    ]),
    merged("kubernetes/", "kubernetes/"),
    // A pipeline applies nothing that keeps its state in a local file.
    merged(
      `ci/${blueprint.project.ci}/`,
      "",
      blueprint.project.stateBackend === "local"
        ? ["apply", "apply-root", "schedule"].map((name) => `.github/workflows/${name}.yml`)
        : [],
    ),
    ...blueprint.features.map((id) => ({
      ...merged(`features/${id}/`, ""),
      only: blueprint.environments
        .filter(({ features }) => features.includes(id))
        .map(({ name }) => name),
    })),
  ];
}
