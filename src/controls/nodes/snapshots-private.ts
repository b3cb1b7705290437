import { control, terraform } from "../control.ts";
import { allRoots, ofType } from "../evidence/probe.ts";
import { is } from "../evidence/require.ts";

export default control({
  id: "nodes.snapshots-private",
  title: "No EBS snapshot of the account can be shared with the public",
  why: "One attribute makes a snapshot readable for every AWS customer, and such snapshots are searched for secrets around the clock.",
  severity: "high",
  mapping: { securityHub: ["EC2.182"] },
  evidence: [
    terraform((subject, probe) => {
      // block-new-sharing leaves those open that are public already.
      for (const block of probe.accountWide(
        subject,
        "block of public snapshots",
        "aws_ebs_snapshot_block_public_access",
      ))
        probe.expect(block, "state", is("block-all-sharing"));
      for (const root of allRoots(subject))
        for (const share of ofType(root, "aws_snapshot_create_volume_permission"))
          probe.wrong(share.place, `${share.address}: a snapshot is shared`, root.path);
    }),
  ],
  fix: 'Set state = "block-all-sharing" in aws_ebs_snapshot_block_public_access in accounts/.',
  mutants: [
    {
      title: "Unblocked by an environment",
      edits: [
        {
          file: "environments/prod/main.nodes.tf",
          append:
            '\nresource "aws_ebs_snapshot_block_public_access" "this" {\n  state = "unblocked"\n}\n',
        },
      ],
    },
    {
      title: "Only new sharing is blocked",
      edits: [
        {
          file: "modules/account-baseline/main.ec2.tf",
          replace: '"block-all-sharing"',
          with: '"block-new-sharing"',
        },
      ],
    },
    {
      title: "Unblocked",
      edits: [
        {
          file: "modules/account-baseline/main.ec2.tf",
          replace: '"block-all-sharing"',
          with: '"unblocked"',
        },
      ],
    },
    {
      title: "The baseline of one account makes nothing",
      edits: [
        {
          file: "accounts/prod/main.baseline.tf",
          replace: '  source = "../../modules/account-baseline"\n',
          with: '  source = "../../modules/account-baseline"\n  count  = 0\n',
        },
      ],
    },
  ],
});
