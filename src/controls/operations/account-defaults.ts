import { control, terraform } from "../control.ts";
import { ofType } from "../evidence/probe.ts";
import { is, matches, type Requirement } from "../evidence/require.ts";

/** What an account decides for everything in it, and what it must decide where it is set at all. */
const DEFAULTS: Readonly<Record<string, Readonly<Record<string, Requirement>>>> = {
  aws_ec2_image_block_public_access: { state: matches(/^block-/, "block the sharing of images") },
  aws_ec2_serial_console_access: { enabled: is(false) },
  aws_s3_account_public_access_block: {
    block_public_acls: is(true),
    block_public_policy: is(true),
    ignore_public_acls: is(true),
    restrict_public_buckets: is(true),
  },
};

export default control({
  id: "operations.account-defaults",
  title: "No default of an account is loosened: shared images, public buckets, serial consoles",
  why: "A default counts for everything that says nothing else, also for what is made by hand in an incident.",
  severity: "medium",
  mapping: {},
  evidence: [
    terraform((subject, probe) => {
      for (const root of subject.roots) {
        probe.that(true, root.place, "");
        for (const [type, arguments_] of Object.entries(DEFAULTS))
          for (const resource of ofType(root, type))
            for (const [name, requirement] of Object.entries(arguments_))
              probe.expect(resource, name, requirement);
      }
    }),
  ],
  fix: "Remove the resource, or set it to the stricter value.",
  mutants: [
    {
      title: "Images may be shared with everyone",
      edits: [
        {
          file: "environments/prod/main.nodes.tf",
          append:
            '\nresource "aws_ec2_image_block_public_access" "this" {\n  state = "unblocked"\n}\n',
        },
      ],
    },
    {
      title: "Public policies of buckets",
      edits: [
        {
          file: "accounts/prod/main.baseline.tf",
          append:
            '\nresource "aws_s3_account_public_access_block" "this" {\n  block_public_acls       = true\n  block_public_policy     = false\n  ignore_public_acls      = true\n  restrict_public_buckets = true\n}\n',
        },
      ],
    },
    {
      title: "Serial consoles",
      edits: [
        {
          file: "accounts/dev/main.baseline.tf",
          append: '\nresource "aws_ec2_serial_console_access" "this" {\n  enabled = true\n}\n',
        },
      ],
    },
  ],
});
