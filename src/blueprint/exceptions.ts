import type { Contribution } from "../features/index.ts";
import type { Config } from "../options/config.ts";
import { nodeGroupsOf, nodesOf } from "../options/defaults.ts";
import type { AccountPlan, Exception } from "./types.ts";

/** Hardening that the answers gave up, in the order a reviewer would ask. */
export function exceptionsOf(
  config: Config,
  accounts: readonly AccountPlan[],
  contributions: readonly Contribution[],
): Exception[] {
  const exceptions: Exception[] = [];
  for (const [name, environment] of Object.entries(config.environments)) {
    const access = { ...config.access, ...environment.access };
    if (access.endpoint === "restricted")
      exceptions.push({
        id: `public-endpoint-${name}`,
        what: `The Kubernetes API of ${name} is also public, for ${(access.publicCidrs ?? []).join(", ")}`,
        why: "--endpoint restricted",
      });
    if (environment.network.vpc === "existing")
      exceptions.push({
        id: `existing-vpc-${name}`,
        what: `Subnets and routes of ${name} are the VPC owner's`,
        why: "--vpc existing",
      });
    if (nodeGroupsOf(nodesOf(config, environment)).some(([, group]) => group.disk < 100))
      exceptions.push({
        id: `small-disk-${name}`,
        what: `Node volumes of ${name} are below 100 GiB`,
        why: "--node-disk",
      });
  }
  if (config.allowExtendedSupport)
    exceptions.push({
      id: "extended-support",
      what: `Kubernetes ${config.kubernetes} may stay on in extended support`,
      why: "--allow-extended-support",
    });
  for (const [name, { podSecurity }] of Object.entries(config.namespaces))
    if (podSecurity !== "restricted")
      exceptions.push({
        id: `pod-security-${name}`,
        what: `Namespace ${name} runs under the ${podSecurity} pod security standard`,
        why: `--namespaces ${name}=${podSecurity}`,
      });
  if (config.state.backend === "local")
    exceptions.push({
      id: "local-state",
      what: "State lies in local files, without locking or encryption",
      why: "--set state.backend=local",
    });
  for (const account of accounts)
    if (account.guardDuty === undefined)
      exceptions.push({
        id: `no-guardduty-${account.name}`,
        what: `No threat detection by GuardDuty in the account of ${account.environments.join(" and ")}`,
        why: "addons without guardduty",
      });
  if (config.ci === "gitlab" && config.state.backend === "s3")
    exceptions.push({
      id: "gitlab-branch-bound",
      what: "The apply role trusts the main branch, not a protected environment",
      why: "GitLab's token names no environment",
    });
  for (const [name, { network }] of Object.entries(config.environments))
    if (network.egress === "none" && config.networkPolicy !== "vpc-cni")
      exceptions.push({
        id: `mirrored-engine-${name}`,
        what: `Default deny holds in ${name} only once the engine's images are mirrored into ECR`,
        why: `--egress none with --network-policy ${config.networkPolicy}`,
      });
  const seen = new Set<string>();
  for (const exception of contributions.flatMap((entry) => entry.exceptions ?? []))
    if (!seen.has(exception.id)) {
      seen.add(exception.id);
      exceptions.push(exception);
    }
  return exceptions;
}
