import { control, terraform } from "../control.ts";
import { allKeys, KEY_TYPES } from "../evidence/keys.ts";
import { ofType } from "../evidence/probe.ts";
import { resourcesIn, textsOf } from "../evidence/value.ts";

export default control({
  id: "keys.aliases",
  title: "Every key has an alias of its own, and backends name the state key by it",
  why: "An id tells nobody in an incident which key he is about to disable; a backend whose alias is somebody else's key writes state that others read.",
  severity: "low",
  mapping: {},
  evidence: [
    terraform((subject, probe) => {
      const keys = allKeys(subject, probe);
      for (const { root, key } of keys)
        probe.that(
          ofType(root, "aws_kms_alias").some((alias) =>
            resourcesIn(alias.get("target_key_id")).includes(key),
          ),
          key.place,
          `${key.address} has no alias`,
          root.path,
        );
      const ofStates: string[] = [];
      for (const root of subject.roots)
        for (const alias of ofType(root, "aws_kms_alias")) {
          const names = textsOf(alias.get("name"));
          if (root.kind === "bootstrap") ofStates.push(...names);
          probe.that(
            names.length > 0 && names.every((name) => /^alias\/(?!aws\/)\S+$/.test(name)),
            alias.placeOf("name"),
            `${alias.address} has to be called alias/ and a name that does not begin with aws/`,
            root.path,
          );
          probe.that(
            resourcesIn(alias.get("target_key_id"), ...KEY_TYPES).length > 0,
            alias.placeOf("target_key_id"),
            `${alias.address} leads to no key of this repository`,
            root.path,
          );
        }
      if (subject.config?.state.backend === "local") return;
      for (const root of subject.roots)
        for (const backend of root.settings)
          if (backend.mode === "backend" && backend.type === "s3")
            for (const name of textsOf(backend.get("kms_key_id")))
              probe.that(
                ofStates.includes(name),
                backend.placeOf("kms_key_id"),
                `${root.path}: the backend encrypts with ${name}, which is no alias that bootstrap/ makes`,
                root.path,
              );
    }),
  ],
  fix: "Make an aws_kms_alias for the key, and name it in kms_key_id of the backends.",
  mutants: [
    {
      title: "The volumes key has no alias",
      edits: [
        {
          file: "modules/keys/main.volumes.tf",
          replace: /resource "aws_kms_alias" "volumes" \{[\s\S]*?\n\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "One environment's state under another key",
      edits: [
        {
          file: "environments/prod/backend.tf",
          replace: "alias/acme-platform-tfstate",
          with: "alias/aws/s3",
        },
      ],
    },
    {
      title: "An alias that leads to the wrong key",
      edits: [
        {
          file: "modules/keys/main.secrets.tf",
          replace: "target_key_id = aws_kms_key.secrets.key_id",
          with: "target_key_id = aws_kms_key.logs.key_id",
        },
      ],
    },
  ],
});
