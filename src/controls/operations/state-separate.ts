import { control, terraform } from "../control.ts";
import { s3Backends } from "../evidence/state.ts";
import { textOf } from "../evidence/value.ts";

export default control({
  id: "operations.state-separate",
  title:
    "Every root keeps its state in an object of its own, in the project's bucket of its account",
  why: "Two roots with one key destroy each other's resources, and a state in a stranger's bucket is read and written by the stranger.",
  severity: "high",
  mapping: {},
  waivedBy: ["local-state"],
  evidence: [
    terraform((subject, probe) => {
      const { config } = subject;
      const seen = new Map<string, string>();
      for (const { root, backend } of s3Backends(subject, probe)) {
        const key = textOf(backend.get("key")) ?? "";
        const bucket = textOf(backend.get("bucket"));
        probe.that(
          key === `${root.path}/terraform.tfstate`,
          backend.placeOf("key"),
          `${root.path}: the state's key is "${key}", it must be "${root.path}/terraform.tfstate"`,
          root.path,
        );
        const other = seen.get(key);
        probe.that(
          other === undefined || other === root.path,
          backend.placeOf("key"),
          `${root.path}: its state is that of ${other}`,
          root.path,
        );
        seen.set(key, root.path);
        // Left out, it is given to terraform init: the account was not known.
        if (bucket === undefined || config === undefined) continue;
        const account =
          root.kind === "environment" ? config.environments[root.name]?.accountId : undefined;
        const expected = new RegExp(
          `^${config.name}-tfstate-${account ?? "\\d{12}"}-${config.region}$`,
        );
        probe.that(
          expected.test(bucket),
          backend.placeOf("bucket"),
          `${root.path}: its state lies in the bucket ${bucket}, which is not the project's for this account`,
          root.path,
        );
      }
    }),
  ],
  fix: "Set key to the root's path followed by /terraform.tfstate, and bucket to the state bucket of its account.",
  mutants: [
    {
      title: "Two environments with one state",
      edits: [
        {
          file: "environments/prod/backend.tf",
          replace: "environments/prod/terraform.tfstate",
          with: "environments/dev/terraform.tfstate",
        },
      ],
    },
    {
      title: "The state of production lies in the account of development",
      of: "bank",
      edits: [
        {
          file: "environments/prod/backend.tf",
          replace: "tfstate-777788889999",
          with: "tfstate-111122223333",
        },
      ],
    },
    {
      title: "Somebody's bucket",
      edits: [
        {
          file: "environments/prod/backend.tf",
          replace: '    key    = "environments',
          with: '    bucket = "shared-terraform-states"\n    key    = "environments',
        },
      ],
    },
  ],
});
