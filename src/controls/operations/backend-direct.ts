import { control, terraform } from "../control.ts";
import { is, matches } from "../evidence/require.ts";
import { s3Backends } from "../evidence/state.ts";
import { withoutStateBucket } from "../reasons.ts";

/** What says where the state lies, and that it is encrypted and locked. */
const PLAIN = [
  "bucket",
  "encrypt",
  "key",
  "kms_key_id",
  "region",
  "use_fips_endpoint",
  "use_lockfile",
  "use_path_style",
];

export default control({
  id: "operations.backend-direct",
  title: "States go straight to the project's bucket in its region, as the role that was logged in",
  why: "Everything that a plan knows is in the state: an endpoint, a role or an access list of one's own in the backend block hands it on without touching one resource.",
  severity: "high",
  mapping: {},
  notApplicable: withoutStateBucket,
  evidence: [
    terraform((subject, probe) => {
      const { config } = subject;
      if (config === undefined) return;
      const own = matches(
        new RegExp(`^${config.name}-tfstate-\\d{12}-${config.region}$`),
        `be ${config.name}-tfstate-<account>-${config.region}, or be given at init`,
      );
      for (const { root, backend } of s3Backends(subject, probe)) {
        probe.expect(backend, "region", is(config.region));
        if (backend.names().includes("bucket")) probe.expect(backend, "bucket", own);
        for (const name of backend.names().filter((each) => !PLAIN.includes(each)))
          probe.wrong(backend.placeOf(name), `${root.path}: the backend sets ${name}`, root.path);
      }
    }),
  ],
  fix: "Leave key, region, encrypt, kms_key_id and use_lockfile in the backend, and give the bucket at init.",
  mutants: (
    [
      [
        "An endpoint of somebody's own",
        "environments/prod",
        'endpoints = { s3 = "https://s3.example" }',
      ],
      [
        "A role of another account",
        "accounts/dev",
        'assume_role = { role_arn = "arn:aws:iam::999999999999:role/state" }',
      ],
      ["An access list", "bootstrap", 'acl = "authenticated-read"'],
      ["A bucket of somebody's own", "environments/dev", 'bucket = "acme-platform-tfstate-copy"'],
      ["Certificates are not looked at", "accounts/prod", "insecure = true"],
    ] as const
  ).map(([title, root, argument]) => ({
    title,
    edits: [
      {
        file: `${root}/backend.tf`,
        replace: /( +encrypt +=)/,
        with: `    ${argument}\n    encrypt =`,
      },
    ],
  })),
});
