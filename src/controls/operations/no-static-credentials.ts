import { control, terraform } from "../control.ts";
import { awsProviders } from "../evidence/providers.ts";
import { backendsOf } from "../evidence/state.ts";

export default control({
  id: "operations.no-static-credentials",
  title: "No provider and no backend names an access key",
  why: "A key in a file is in every clone and in every plan's log, and it works until somebody thinks of it.",
  severity: "critical",
  mapping: {
    nsaCisa: ["Authentication and authorization"],
    checkov: ["CKV_AWS_41"],
  },
  evidence: [
    terraform((subject, probe) => {
      const holders = [
        ...awsProviders(subject, probe).map(({ provider }) => provider),
        ...subject.roots.flatMap(backendsOf),
      ];
      // The value is not shown: a report is read by more people than the file.
      for (const holder of holders)
        for (const name of ["access_key", "secret_key", "token"]) {
          const value = holder.get(name);
          probe.that(
            value === undefined || value === null,
            holder.placeOf(name),
            `${holder.root}: ${holder.address} sets ${name}`,
            holder.root,
          );
        }
    }),
  ],
  fix: "Remove access_key, secret_key and token; credentials come from the environment or from OIDC.",
  mutants: [
    {
      title: "Keys in the provider",
      edits: [
        {
          file: "environments/prod/providers.tf",
          replace: "  region = local.region\n",
          with: '  region     = local.region\n  access_key = "AKIAIOSFODNN7EXAMPLE"\n  secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"\n',
        },
      ],
    },
    {
      title: "Keys by a variable",
      edits: [
        {
          file: "accounts/prod/providers.tf",
          replace: "  region = local.region\n",
          with: "  region     = local.region\n  access_key = var.access_key\n  secret_key = var.secret_key\n",
        },
        {
          file: "accounts/prod/variables.tf",
          append:
            '\nvariable "access_key" {\n  type    = string\n  default = "AKIAIOSFODNN7EXAMPLE"\n}\n\nvariable "secret_key" {\n  type      = string\n  sensitive = true\n}\n',
        },
      ],
    },
    {
      title: "Keys in the backend",
      edits: [
        {
          file: "environments/prod/backend.tf",
          replace: "    encrypt      = true\n",
          with: '    access_key   = "AKIAIOSFODNN7EXAMPLE"\n    secret_key   = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"\n    encrypt      = true\n',
        },
      ],
    },
  ],
});
