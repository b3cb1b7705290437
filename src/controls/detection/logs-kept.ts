import { control, files } from "../control.ts";
import { ofType } from "../evidence/probe.ts";
import { is } from "../evidence/require.ts";

export default control({
  id: "detection.logs-kept",
  title: "No plan deletes a log group or a GuardDuty detector",
  why: "A renamed resource or a torn-down environment takes the audit trail with it, and with a detector all its findings.",
  severity: "medium",
  mapping: { nsaCisa: ["Audit logging and threat detection"] },
  evidence: [
    // A plan does not hold lifecycle blocks.
    files((subject, probe) => {
      for (const root of probe.environments(subject))
        probe.some(root, "log group", "aws_cloudwatch_log_group");
      for (const root of subject.roots)
        for (const kept of ofType(root, "aws_cloudwatch_log_group", "aws_guardduty_detector"))
          probe.expect(kept, "lifecycle.prevent_destroy", is(true));
    }),
  ],
  fix: "Set lifecycle { prevent_destroy = true } on the log group or the detector.",
  mutants: [
    {
      title: "Control plane's logs may go",
      edits: [
        {
          file: "modules/cluster/main.logs.tf",
          replace: "prevent_destroy = true",
          with: "prevent_destroy = false",
        },
      ],
    },
    {
      title: "Flow logs without a lifecycle",
      edits: [
        {
          file: "modules/flow-logs/main.flow-logs.tf",
          replace: / {2}lifecycle \{[^}]*\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "The detector may go",
      edits: [
        {
          file: "modules/guardduty/main.detector.tf",
          replace: "    prevent_destroy = true\n",
          with: "    create_before_destroy = true\n",
        },
      ],
    },
  ],
});
