import { control, terraform } from "../control.ts";
import { type KeyUse, keysFor, keyUses, PURPOSES, usedKeys } from "../evidence/keys.ts";
import { ofType } from "../evidence/probe.ts";
import { type Resource, showValue } from "../evidence/value.ts";

/** What has to have a key here, by where it is made. */
const NEEDED = {
  environment: ["Kubernetes API data", "volumes", "logs"],
  account: ["alerts"],
  bootstrap: ["state"],
  other: [],
} as const;

export default control({
  id: "keys.one-per-purpose",
  title:
    "API data, volumes, logs, alerts and state each have a key of this repository that serves nothing else",
  why: "A key is as open as its widest use: whoever may mount a volume, or write a log, could decrypt the cluster's secrets, and disabling the key in an incident would take everything down.",
  severity: "high",
  mapping: {},
  evidence: [
    terraform((subject, probe) => {
      const roots = [
        ...probe.environments(subject),
        ...probe.accounts(subject),
        ...probe.bootstraps(subject),
      ];
      for (const root of roots) {
        for (const purpose of NEEDED[root.kind]) keysFor(probe, root, purpose);
        const uses = keyUses(root);
        const users = new Map<Resource, KeyUse[]>();
        for (const use of uses)
          for (const key of usedKeys(use)) users.set(key, [...(users.get(key) ?? []), use]);
        // A thing that names no key at all gets one of AWS's.
        for (const resource of ofType(root, ...Object.keys(PURPOSES)))
          probe.that(
            uses.some((use) => use.resource === resource),
            resource.place,
            `${resource.address} names no key`,
            root.path,
          );
        for (const use of uses) {
          const keys = usedKeys(use);
          probe.that(
            keys.length > 0,
            use.place,
            `${use.resource.address}: the key for ${use.purpose} is ${showValue(use.value)}, it must be a KMS key of this repository`,
            root.path,
          );
          for (const key of keys) {
            const other = users.get(key)?.find(({ purpose }) => purpose !== use.purpose);
            probe.that(
              other === undefined,
              use.place,
              `${use.resource.address}: ${key.address} encrypts ${use.purpose}, and ${other?.purpose} in ${other?.resource.address} too`,
              root.path,
            );
          }
        }
      }
    }),
  ],
  fix: "Make a key for the purpose, with a policy that knows only its service.",
  mutants: [
    {
      title: "Volumes under the key of the secrets, in one environment",
      edits: [
        {
          file: "environments/prod/main.nodes.tf",
          replace: "module.keys.volumes_key_arn",
          with: "module.keys.secrets_key_arn",
        },
      ],
    },
    {
      title: "Flow logs under AWS's key",
      edits: [
        {
          file: "modules/flow-logs/main.flow-logs.tf",
          replace: "  kms_key_id        = var.kms_key_arn\n",
          with: "",
        },
      ],
    },
    {
      title: "One key behind three outputs",
      edits: [
        {
          file: "modules/keys/outputs.tf",
          replace: "aws_kms_key.logs.arn",
          with: "aws_kms_key.volumes.arn",
        },
      ],
    },
    {
      title: "A queue of one's own under the alerts key",
      edits: [
        {
          file: "modules/account-baseline/main.alerts.tf",
          append:
            '\nresource "aws_sqs_queue" "copies" {\n  name              = "copies"\n  kms_master_key_id = aws_kms_key.alerts.arn\n}\n',
        },
      ],
    },
  ],
});
