import { control, terraform } from "../control.ts";
import { allKeys } from "../evidence/keys.ts";
import { absent, is, orAbsent } from "../evidence/require.ts";

export default control({
  id: "keys.stay-here",
  title: "Keys are KMS's own, and of one region",
  why: "A multi-region key can be replicated by whoever may call kms:ReplicateKey, with a policy that nobody here reads; a key in somebody's own store is gone when that store is.",
  severity: "medium",
  mapping: {},
  evidence: [
    terraform((subject, probe) => {
      for (const { root, key } of allKeys(subject, probe)) {
        probe.expect(key, "multi_region", orAbsent(is(false)));
        probe.expect(key, "custom_key_store_id", absent);
        probe.expect(key, "xks_key_id", absent);
        probe.that(
          key.type === "aws_kms_key",
          key.place,
          `${key.address}: ${key.type} holds material from elsewhere`,
          root.path,
        );
      }
    }),
  ],
  fix: "Leave multi_region, custom_key_store_id and xks_key_id out.",
  mutants: [
    {
      title: "The secrets' key can be replicated",
      edits: [
        {
          file: "modules/keys/main.secrets.tf",
          replace: 'resource "aws_kms_key" "secrets" {\n',
          with: 'resource "aws_kms_key" "secrets" {\n  multi_region = true\n\n',
        },
      ],
    },
    {
      title: "The state's key lies in a store of somebody's own",
      edits: [
        {
          file: "modules/state-backend/main.key.tf",
          replace: 'resource "aws_kms_key" "state" {\n',
          with: 'resource "aws_kms_key" "state" {\n  custom_key_store_id = "cks-0123456789abcdef0"\n\n',
        },
      ],
    },
  ],
});
