import { control, terraform } from "../control.ts";
import { ofType } from "../evidence/probe.ts";
import { is } from "../evidence/require.ts";

export default control({
  id: "detection.no-suppressed-findings",
  title: "No filter archives findings of GuardDuty, and no list of addresses is trusted",
  why: "An archived finding raises no alarm, and an address on a trusted list raises none either: whoever hides an intrusion writes one of the two.",
  severity: "high",
  mapping: { nsaCisa: ["Audit logging and threat detection"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of [...probe.accounts(subject), ...probe.environments(subject)]) {
        for (const filter of ofType(root, "aws_guardduty_filter"))
          probe.expect(filter, "action", is("NOOP"));
        probe.none(
          root,
          "GuardDuty is silent about the addresses of this list",
          "aws_guardduty_ipset",
        );
      }
    }),
  ],
  fix: "Remove the list, and let a filter only sort (action NOOP); a false alarm is closed where it is read.",
  mutants: [
    {
      title: "Findings about the cluster go to the archive",
      edits: [
        {
          file: "modules/guardduty/main.detector.tf",
          append:
            '\nresource "aws_guardduty_filter" "noise" {\n  name        = "noise"\n  action      = "ARCHIVE"\n  detector_id = local.detector_id\n  rank        = 1\n\n  finding_criteria {\n    criterion {\n      field  = "resource.resourceType"\n      equals = ["EKSCluster"]\n    }\n  }\n}\n',
        },
      ],
    },
    {
      title: "A trusted list in one account",
      edits: [
        {
          file: "accounts/prod/main.guardduty.tf",
          append:
            '\nresource "aws_guardduty_ipset" "office" {\n  activate    = true\n  detector_id = "12abc34d567e8fa901bc2d34e56789f0"\n  format      = "TXT"\n  location    = "https://s3.amazonaws.com/example/office.txt"\n  name        = "office"\n}\n',
        },
      ],
    },
  ],
});
