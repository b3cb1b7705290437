/** Why the answers make a Control not applicable; undefined where it applies. */
import type { Config, NodeOs } from "../options/config.ts";
import { nodeGroupsOf, nodesOf } from "../options/defaults.ts";

const NO_CI = "hardened-eks.yaml names no CI system";

export const withoutCi = ({ ci }: Config): string | undefined =>
  ci === "none" ? NO_CI : undefined;
export const withoutGithub = ({ ci }: Config): string | undefined =>
  ci === "none" ? NO_CI : ci === "gitlab" ? "GitLab has its own Controls for this" : undefined;
export const withoutGitlab = ({ ci }: Config): string | undefined =>
  ci === "none" ? NO_CI : ci === "github" ? "the pipelines run on GitHub" : undefined;
/** Pipelines apply only where they reach the state. */
export const withoutApply = ({ ci, state }: Config): string | undefined =>
  ci === "none"
    ? NO_CI
    : state.backend === "local"
      ? "the state is a local file: no pipeline applies"
      : undefined;

/** Why there is no identity of a pipeline; undefined where there is one. */
export const withoutPipeline = ({ ci, state }: Config): string | undefined =>
  ci === "none"
    ? "no pipeline is among the answers (ci: none)"
    : state.backend === "local"
      ? "no pipeline can reach a local state, so none has a role (state.backend: local)"
      : undefined;

/** Why the Controls of the bucket do not apply. */
export const withoutStateBucket = (config: { state: { backend: string } }): string | undefined =>
  config.state.backend === "local" ? "state lies in local files, there is no bucket" : undefined;

/** Why a Control for one operating system does not apply. */
export const unlessNodesRun =
  (os: NodeOs, title: string) =>
  (config: Config): string | undefined =>
    Object.values(config.environments).some((environment) =>
      nodeGroupsOf(nodesOf(config, environment)).some(([, group]) => group.os === os),
    )
      ? undefined
      : `no node group runs ${title}`;
