/** Plans every root of the golden repositories on the real provider, offline, and asserts the values that harden. */

import { beforeAll, describe, expect, it } from "vitest";
import { auditPlan } from "../../src/proof/audit/index.ts";
import { type FullReport, validateFull } from "../../src/proof/index.ts";
import { profiles } from "../support/profiles.ts";
import { mirror } from "../support/real-provider.ts";
import { repository, writeTree } from "../support/repository.ts";
import { scratch } from "../support/run.ts";
import { because, NO_MIRROR } from "../support/skips.ts";

/** What a plan says of one resource. */
interface Change {
  address: string;
  type: string;
  after: Record<string, never>;
  unknown: Record<string, never>;
}

function changesOf(report: FullReport, root: string): Change[] {
  const plan = report.plans?.[root];
  expect(plan, `plan of ${root}`).toBeDefined();
  return (plan?.resource_changes ?? []).map((entry) => {
    const change = entry.change as { after: Change["after"]; after_unknown: Change["unknown"] };
    return {
      address: entry.address as string,
      type: entry.type as string,
      after: change.after,
      unknown: change.after_unknown,
    };
  });
}

const of = (changes: readonly Change[], type: string): Change[] => {
  const found = changes.filter((change) => change.type === type);
  expect(found, type).not.toEqual([]);
  return found;
};

/** Given by another resource of the same plan, so not a service's default. */
const isOurs = (value: unknown): boolean => value === true;

// biome-ignore lint/suspicious/noExplicitAny: plan JSON has the shape of the provider
const any = (value: unknown): any => value;

const skip = because(NO_MIRROR);

describe.skipIf(mirror === undefined).each(Object.keys(profiles))("%s", skip, (name) => {
  // What is in the mirror: terraform stands in for OpenTofu, and 5.100 for 6.
  const made = repository({ ...profiles[name], iac: "terraform", awsProvider: 5 });
  let report: FullReport;

  beforeAll(async () => {
    const directory = await scratch();
    await writeTree(directory, made.tree);
    report = await validateFull({ directory, iac: "terraform", keepPlans: true });
  }, 600_000);

  it("every root initialises, validates and plans", () => {
    expect(
      report.checks.flatMap(({ findings }) =>
        findings.filter(({ severity }) => severity === "error"),
      ),
    ).toEqual([]);
    expect(report.checks.filter(({ status }) => status === "failed")).toEqual([]);
    expect(Object.keys(report.plans ?? {}).sort()).toEqual(
      made.blueprint.pipelines.roots.map(({ path }) => path).sort(),
    );
  });

  it("has plans that no Control finds wrong", async () => {
    const files = new Map([...made.tree].map(([path, { contents }]) => [path, contents]));
    const tree = {
      paths: [...files.keys()],
      problems: [],
      read: (path: string) => files.get(path),
    };
    for (const [path, plan] of Object.entries(report.plans ?? {})) {
      const { results } = await auditPlan({
        directory: "/",
        today: "2026-11-24",
        plan,
        name: path,
        tree,
      });
      const found = results.filter(({ status }) => status === "not met");
      // The stand-in for the environments that may apply is none of the answers.
      expect(
        found.map(({ control }) => control.id).filter((id) => id !== "identity.pipeline-subject"),
        path,
      ).toEqual([]);
      expect(results.filter(({ status }) => status === "met").length, path).toBeGreaterThan(20);
    }
  });

  it("has a private endpoint, five logs, a key of its own for secrets, access entries only", () => {
    for (const environment of made.blueprint.environments) {
      const [cluster] = of(
        changesOf(report, `environments/${environment.name}`),
        "aws_eks_cluster",
      );
      const { after, unknown } = any(cluster);
      expect(after.vpc_config[0]).toMatchObject({
        endpoint_private_access: true,
        endpoint_public_access: environment.controlPlane.publicEndpoint,
      });
      if (environment.controlPlane.publicEndpoint)
        expect(after.vpc_config[0].public_access_cidrs).toEqual(
          environment.controlPlane.publicCidrs,
        );
      expect([...after.enabled_cluster_log_types].sort()).toEqual([
        "api",
        "audit",
        "authenticator",
        "controllerManager",
        "scheduler",
      ]);
      expect(after.encryption_config[0].resources).toEqual(["secrets"]);
      expect(isOurs(unknown.encryption_config[0].provider[0].key_arn)).toBe(true);
      expect(after.access_config[0]).toMatchObject({
        authentication_mode: "API",
        bootstrap_cluster_creator_admin_permissions: false,
      });
      expect(after.version).toBe(made.config.kubernetes);
    }
  });

  it("runs as many nodes as asked, behind IMDSv2 with one hop, on encrypted gp3", () => {
    for (const environment of made.blueprint.environments) {
      const changes = changesOf(report, `environments/${environment.name}`);
      const groups = of(changes, "aws_eks_node_group");
      expect(groups).toHaveLength(environment.nodeGroups.length);
      const sizes = groups.map(({ after }) => any(after).scaling_config[0]);
      for (const { desiredSize, minSize, maxSize } of environment.nodeGroups)
        expect(sizes).toContainEqual(
          expect.objectContaining({
            desired_size: desiredSize,
            min_size: minSize,
            max_size: maxSize,
          }),
        );
      if (name === "default")
        expect(sizes).toEqual([
          expect.objectContaining({ desired_size: 3, min_size: 2, max_size: 10 }),
        ]);
      for (const { after, unknown } of of(changes, "aws_launch_template").map(any)) {
        expect(after.metadata_options[0]).toMatchObject({
          http_tokens: "required",
          http_put_response_hop_limit: 1,
        });
        const volumes = after.block_device_mappings;
        const isBottlerocket = volumes.some(
          (volume: { device_name: string }) => volume.device_name === "/dev/xvdb",
        );
        expect(volumes).toHaveLength(isBottlerocket ? 2 : 1);
        volumes.forEach((volume: { ebs: unknown[] }, index: number) => {
          expect(volume.ebs[0]).toMatchObject({
            encrypted: "true",
            volume_type: "gp3",
            delete_on_termination: "true",
          });
          expect(isOurs(unknown.block_device_mappings[index].ebs[0].kms_key_id)).toBe(true);
        });
        const sizesGiB = volumes.map(
          (volume: { ebs: { volume_size: number }[] }) => volume.ebs[0]?.volume_size,
        );
        expect(Math.max(...sizesGiB)).toBe(environment.nodeGroups[0]?.diskSizeGiB);
      }
    }
  });

  it("turns every key, with thirty days to think, and hands out no decryption by IAM", () => {
    for (const { path } of made.blueprint.pipelines.roots)
      for (const { address, after } of changesOf(report, path).filter(
        ({ type }) => type === "aws_kms_key",
      )) {
        expect(any(after), address).toMatchObject({
          enable_key_rotation: true,
          deletion_window_in_days: 30,
        });
        const { policy } = any(after);
        if (typeof policy !== "string") continue;
        for (const statement of JSON.parse(policy).Statement)
          if (
            statement.Condition === undefined &&
            JSON.stringify(statement.Principal).includes(":root")
          )
            expect(
              [statement.Action]
                .flat()
                .filter((action: string) => /\*$|Decrypt|CreateGrant/.test(action)),
              address,
            ).toEqual([]);
      }
  });

  it("keeps every log a year or more, under a key of ours", () => {
    for (const { path } of made.blueprint.pipelines.roots)
      for (const { address, after, unknown } of changesOf(report, path).filter(
        ({ type }) => type === "aws_cloudwatch_log_group",
      )) {
        expect(any(after).retention_in_days, address).toBeGreaterThanOrEqual(
          made.config.logs.retentionDays,
        );
        expect(isOurs(any(unknown).kms_key_id), address).toBe(true);
      }
  });

  it("watches the account where GuardDuty is ours", () => {
    for (const account of made.blueprint.accounts) {
      const changes = changesOf(report, `accounts/${account.name}`);
      if (account.guardDuty?.detector !== "create") {
        expect(changes.filter(({ type }) => type === "aws_guardduty_detector")).toEqual([]);
        continue;
      }
      expect(any(of(changes, "aws_guardduty_detector")[0]).after.enable).toBe(true);
      const features = Object.fromEntries(
        of(changes, "aws_guardduty_detector_feature").map(({ after }) => [
          any(after).name,
          any(after).status,
        ]),
      );
      expect(features).toMatchObject({ EKS_AUDIT_LOGS: "ENABLED", RUNTIME_MONITORING: "ENABLED" });
    }
  });

  it("trusts exactly one service account per role", () => {
    for (const environment of made.blueprint.environments) {
      const changes = changesOf(report, `environments/${environment.name}`);
      const roles = changes.filter(({ type }) => type === "aws_iam_role");
      for (const identity of environment.identities)
        expect(
          roles.filter(({ after, unknown }) => {
            const text = JSON.stringify(any(after)) + JSON.stringify(any(unknown));
            return text.includes(identity.name);
          }),
          identity.name,
        ).not.toEqual([]);
      expect(
        changes.filter(({ type }) => type === "aws_iam_openid_connect_provider").length,
      ).toBeLessThanOrEqual(1);
    }
  });
});
