import { control, terraform } from "../control.ts";
import { GUARDDUTY_ELSEWHERE, placeOfDetector } from "../evidence/guardduty.ts";
import { ofType } from "../evidence/probe.ts";
import { absent, is } from "../evidence/require.ts";

export default control({
  id: "detection.guardduty-detector",
  title: "Every account has a GuardDuty detector that is on and publishes within fifteen minutes",
  why: "By default updates of a finding reach the alarms after six hours, long after an intruder has moved on.",
  severity: "high",
  mapping: {
    securityHub: ["GuardDuty.1"],
    nsaCisa: ["Audit logging and threat detection"],
    checkov: ["CKV_AWS_238"],
  },
  feature: "guardduty",
  notApplicable: (config) =>
    config.guardduty.detector === "existing"
      ? "guardduty.detector is existing: the detector is not of this repository, only its features are"
      : undefined,
  waivedBy: GUARDDUTY_ELSEWHERE,
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.accounts(subject)) {
        const detectors = ofType(root, "aws_guardduty_detector");
        probe.that(
          detectors.length > 0,
          placeOfDetector(root),
          `${root.path} has no aws_guardduty_detector`,
          root.path,
        );
        for (const detector of detectors) {
          probe.expect(detector, "enable", is(true));
          probe.expect(detector, "finding_publishing_frequency", is("FIFTEEN_MINUTES"));
          // The older way to switch features would contradict aws_guardduty_detector_feature.
          probe.expect(detector, "datasources", absent);
        }
      }
    }),
  ],
  fix: 'Set enable = true and finding_publishing_frequency = "FIFTEEN_MINUTES".',
  mutants: [
    {
      title: "Suspended",
      edits: [
        {
          file: "modules/guardduty/main.detector.tf",
          replace: "enable                       = true",
          with: "enable                       = false",
        },
      ],
    },
    {
      title: "Published every six hours, by default",
      edits: [
        {
          file: "modules/guardduty/main.detector.tf",
          replace: '  finding_publishing_frequency = "FIFTEEN_MINUTES"\n',
          with: "",
        },
      ],
    },
    {
      title: "One account says that somebody else has the detector",
      edits: [
        {
          file: "accounts/dev/main.guardduty.tf",
          replace: 'detector = "create"',
          with: 'detector = "delegated"',
        },
      ],
    },
    {
      title: "One account without GuardDuty",
      edits: [{ file: "accounts/prod/main.guardduty.tf", remove: true }],
    },
  ],
});
