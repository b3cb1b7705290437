import { control, terraform } from "../control.ts";
import { is, matches } from "../evidence/require.ts";
import { s3Backends } from "../evidence/state.ts";
import { textsOf } from "../evidence/value.ts";

export default control({
  id: "operations.state-encrypted",
  title: "Every root writes its state encrypted with the state's own KMS key",
  why: "State holds every attribute in clear text, generated passwords and keys included; with S3's own key whoever may read the bucket may read them.",
  severity: "high",
  mapping: {},
  waivedBy: ["local-state"],
  evidence: [
    terraform((subject, probe) => {
      const aliases = subject.roots
        .filter(({ kind }) => kind === "bootstrap")
        .flatMap(({ resources }) => resources)
        .filter(({ mode, type }) => mode === "managed" && type === "aws_kms_alias")
        .flatMap((alias) => textsOf(alias.get("name")));
      for (const { backend } of s3Backends(subject, probe)) {
        probe.expect(backend, "encrypt", is(true));
        const ownAlias = matches(/^alias\//, "be an alias that bootstrap/ makes");
        probe.expect(backend, "kms_key_id", {
          words: ownAlias.words,
          test: (value) =>
            ownAlias.test(value) === true && textsOf(value).every((name) => aliases.includes(name)),
        });
      }
    }),
  ],
  fix: "Set encrypt = true and kms_key_id to the alias of the state's key in the backend.",
  mutants: [
    {
      title: "No encryption by the backend",
      edits: [
        {
          file: "environments/prod/backend.tf",
          replace: "encrypt      = true",
          with: "encrypt      = false",
        },
      ],
    },
    {
      title: "S3's key instead of our own",
      edits: [
        {
          file: "accounts/prod/backend.tf",
          replace: '    kms_key_id   = "alias/acme-platform-tfstate"\n',
          with: "",
        },
      ],
    },
    {
      title: "AWS's alias",
      edits: [
        {
          file: "environments/dev/backend.tf",
          replace: '"alias/acme-platform-tfstate"',
          with: '"alias/aws/s3"',
        },
      ],
    },
    {
      title: "One root keeps its state in a local file",
      edits: [
        {
          file: "environments/prod/backend.tf",
          replace: /backend "s3" \{[\s\S]*?\n {2}\}/,
          with: 'backend "local" {}',
        },
      ],
    },
  ],
});
