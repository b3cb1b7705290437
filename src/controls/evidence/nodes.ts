/** Node groups with what they are started from. */
import type { Config } from "../../options/config.ts";
import { nodeGroupsOf, nodesOf } from "../../options/defaults.ts";
import { ofType, type Probe } from "./probe.ts";
import { shown } from "./require.ts";
import type { Subject, TerraformRoot } from "./subject.ts";
import { type Setting, type UserData, userDataOf } from "./user-data.ts";
import { blocksOf, Reference, type Resource, textOf, textsOf, type Value } from "./value.ts";

export type Os = "bottlerocket" | "al2023";

interface NodeGroup {
  group: Resource;
  template: Resource;
  os: Os;
}

/** Every managed group with its launch template and its operating system; what is not known of them is noted. */
export function nodeGroupsIn(probe: Probe, root: TerraformRoot): NodeGroup[] {
  return probe.some(root, "managed node group", "aws_eks_node_group").flatMap((group) => {
    const template = templateOf(group);
    if (template === undefined) {
      probe.wrong(
        group.placeOf("launch_template"),
        `${group.address}: it has no launch template of this repository, so nothing is known about its instances`,
        root.path,
      );
      return [];
    }
    const os = osOf(group);
    if (os === undefined) {
      probe.unresolved(
        group.placeOf("ami_type"),
        `${group.address}: ami_type is ${shown(group.get("ami_type"))}, so its operating system is not known`,
        root.path,
      );
      return [];
    }
    return [{ group, template, os }];
  });
}

/** The launch template that a group names. */
function templateOf(group: Resource): Resource | undefined {
  const [id] = blocksOf(group.get("launch_template")).map((block) => block.id);
  return id instanceof Reference && id.resource.type === "aws_launch_template"
    ? id.resource
    : undefined;
}

function osOf(group: Resource): Os | undefined {
  const types = textsOf(group.get("ami_type"));
  if (types.length > 0 && types.every((type) => type.startsWith("BOTTLEROCKET_")))
    return "bottlerocket";
  if (types.length > 0 && types.every((type) => type.startsWith("AL2023_"))) return "al2023";
  return undefined;
}

/** The group's answers: its key in Terraform is its name in hardened-eks.yaml. */
export function answersOf(config: Config | undefined, { name }: TerraformRoot, group: Resource) {
  const environment = config?.environments[name];
  if (config === undefined || environment === undefined) return undefined;
  const key = /\["([^"]+)"\]$/.exec(group.address)?.[1];
  return nodeGroupsOf(nodesOf(config, environment)).find(([each]) => each === key)?.[1];
}

/** A group with its user data; what cannot be read of that is noted. */
interface Started extends NodeGroup {
  data: UserData;
}

/** Every group of every environment with its user data. */
export function startedNodes(subject: Subject, probe: Probe): Started[] {
  return probe.environments(subject).flatMap((root) =>
    nodeGroupsIn(probe, root).map((node) => {
      const data = userDataOf(subject, node.template);
      for (const { why, place } of data.unread)
        probe.unresolved(place, `${node.template.address}: ${why}`, root.path);
      return { ...node, data };
    }),
  );
}

/** How a setting of the kubelet is called in a NodeConfig, and as a flag. */
export interface KubeletSetting {
  config: string;
  flag: string;
}

/** What user data of Amazon Linux says about a setting of the kubelet. */
export const kubeletSettings = ({ data }: Started, { config, flag }: KubeletSetting): Setting[] =>
  data.settings.filter(
    ({ path }) => path === `spec.kubelet.config.${config}` || path === `spec.kubelet.flags.${flag}`,
  );

/** What user data says at a path, or below it. */
export const settingsAt = ({ data }: Started, path: string): Setting[] =>
  data.settings.filter((setting) => setting.path === path || setting.path.startsWith(`${path}.`));

/** A value that must be said, and each time it is must be right. */
export function expectSetting(
  probe: Probe,
  { template, data }: Started,
  name: string,
  found: readonly Setting[],
  words: string,
  isRight: (value: unknown) => boolean,
): void {
  if (found.length === 0)
    probe.wrong(
      data.place,
      `${template.address}: user data does not set ${name}, it must ${words}`,
      template.root,
    );
  for (const { path, value, place } of found)
    probe.that(
      isRight(value),
      place,
      `${template.address}: ${path} is ${JSON.stringify(value)}, it must ${words}`,
      template.root,
    );
}

/** A value that may be left out; where it is said it must be right. */
export function expectUnweakened(
  probe: Probe,
  { template, data }: Started,
  found: readonly Setting[],
  words: string,
  isRight: (value: unknown) => boolean,
): void {
  // User data that says nothing about it was looked at as well.
  probe.that(true, data.place, "");
  for (const { path, value, place } of found)
    probe.that(
      isRight(value),
      place,
      `${template.address}: ${path} is ${JSON.stringify(value)}, it must ${words}`,
      template.root,
    );
}

/** Flags are texts, and Go takes several for true. */
export const isTrue = (value: unknown): boolean => /^(true|t|1)$/i.test(String(value));
export const isFalse = (value: unknown): boolean => /^(false|f|0)$/i.test(String(value));

/** The role that a group's instances carry. */
export function roleOf(group: Resource): Resource | undefined {
  const arn = group.get("node_role_arn");
  return arn instanceof Reference && arn.resource.type === "aws_iam_role"
    ? arn.resource
    : undefined;
}

/** Whether a value names a role: by reference, or by its name or ARN. */
export function namesRole(value: Value | undefined, role: Resource): boolean {
  if (value instanceof Reference) return value.resource.address === role.address;
  const text = textOf(value);
  const name = textOf(role.get("name"));
  return text !== undefined && name !== undefined && (text === name || text.endsWith(`/${name}`));
}

/** Types of AWS resources that start instances without EKS's node groups. */
export const SELF_MANAGED = [
  "aws_instance",
  "aws_autoscaling_group",
  "aws_launch_configuration",
  "aws_spot_instance_request",
  "aws_spot_fleet_request",
  "aws_ec2_fleet",
] as const;

/** Launch templates and instances, whoever starts them. */
export const launched = (root: TerraformRoot): Resource[] =>
  ofType(root, "aws_launch_template", "aws_instance");
