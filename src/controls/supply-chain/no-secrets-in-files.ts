import { control, files, terraform } from "../control.ts";
import { absent } from "../evidence/require.ts";

const SECRETS: readonly { what: string; pattern: RegExp }[] = [
  { what: "an AWS access key id", pattern: /\b(AKIA|ASIA)[A-Z0-9]{16}\b/ },
  {
    what: "an AWS secret key",
    pattern: /secret_?access_?key["']?\s*[:=]\s*["']?[A-Za-z0-9/+]{40}\b/i,
  },
  { what: "a private key", pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/ },
  { what: "a GitHub token", pattern: /\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,})\b/ },
  { what: "a GitLab token", pattern: /\bgl(pat|dt|rt|cbt|ptt)-[\w-]{20,}/ },
  {
    what: "a Slack token or webhook",
    pattern: /\bxox[abprs]-[\w-]{10,}|hooks\.slack\.com\/services\/T\w+/,
  },
  {
    what: "a kubeconfig's token or key",
    pattern: /^\s*(client-key-data|token):\s*["']?[A-Za-z0-9+/=._-]{60,}/m,
  },
];

export default control({
  id: "supply-chain.no-secrets-in-files",
  title:
    "No file of the repository holds a key, a token or a private key, and no provider takes one",
  why: "What is committed is in every clone and every fork; bots find an AWS key within minutes.",
  severity: "critical",
  mapping: { checkov: ["CKV_AWS_41"] },
  evidence: [
    files((subject, probe) => {
      for (const path of subject.paths) {
        const text = subject.file(path)?.text ?? "";
        probe.that(true, { file: path, line: 1 }, "");
        for (const { what, pattern } of SECRETS) {
          if (!pattern.test(text)) continue;
          const line = text.split("\n").findIndex((each) => pattern.test(each)) + 1;
          // The value is not repeated in a report.
          probe.wrong({ file: path, line: Math.max(line, 1) }, `${path} holds ${what}`);
        }
      }
    }),
    terraform((subject, probe) => {
      for (const root of subject.roots)
        for (const provider of root.settings.filter(({ mode }) => mode === "provider"))
          for (const name of ["access_key", "secret_key", "token"])
            probe.expect(provider, name, absent);
    }),
  ],
  fix: "Revoke the key first, then take it out of the file and out of the history.",
  mutants: [
    {
      title: "Keys in a variable file",
      edits: [
        {
          file: "environments/prod/terraform.tfvars",
          create: `# ${"AKIA"}IOSFODNN7EXAMPLE\naccount_id = "111122223333"\n`,
        },
      ],
    },
    {
      title: "A private key in the documentation",
      of: "startup",
      edits: [
        {
          file: "docs/runbooks/connect.md",
          append: `\n${"-----BEGIN"} OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk=\n`,
        },
      ],
    },
    {
      title: "The provider takes a key, behind a variable",
      edits: [
        {
          file: "environments/dev/providers.tf",
          replace: "  region = local.region\n",
          with: "  region     = local.region\n  access_key = var.access_key\n  secret_key = var.secret_key\n",
        },
        {
          file: "environments/dev/variables.tf",
          append:
            '\nvariable "access_key" {\n  description = "Key of the pipeline."\n  type        = string\n}\n\nvariable "secret_key" {\n  description = "Its secret."\n  type        = string\n  sensitive   = true\n}\n',
        },
      ],
    },
    {
      title: "A token in a script",
      edits: [
        {
          file: "scripts/connect",
          replace: "set -euo pipefail\n",
          with: `set -euo pipefail\nexport GITHUB_TOKEN=${"ghp_"}0123456789abcdefghijklmnopqrstuvwxyz\n`,
        },
      ],
    },
  ],
});
