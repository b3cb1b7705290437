import { control, terraform } from "../control.ts";
import { launched } from "../evidence/nodes.ts";
import { is } from "../evidence/require.ts";

export default control({
  id: "nodes.imds-minimal",
  title: "The metadata service gives out no tags and does not listen on IPv6",
  why: "Tags name projects, owners and environments to whoever gets to ask, and a second address is one more to block in every network policy.",
  severity: "low",
  mapping: { nsaCisa: ["Network separation and hardening"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        probe.some(root, "launch template", "aws_launch_template");
        for (const each of launched(root)) {
          probe.expect(each, "metadata_options.instance_metadata_tags", is("disabled"));
          probe.expect(each, "metadata_options.http_protocol_ipv6", is("disabled"));
        }
      }
    }),
  ],
  fix: 'Set instance_metadata_tags and http_protocol_ipv6 to "disabled" in metadata_options.',
  mutants: [
    {
      title: "Tags in the metadata",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: 'instance_metadata_tags      = "disabled"',
          with: 'instance_metadata_tags      = "enabled"',
        },
      ],
    },
    {
      title: "The whole block of options is gone",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: / {2}metadata_options \{[^}]*\}\n\n/,
          with: "",
        },
      ],
    },
    {
      title: "A second template beside the first one listens on IPv6",
      edits: [
        {
          file: "modules/nodes/main.debug.tf",
          create:
            'resource "aws_launch_template" "debug" {\n  name_prefix = "debug-"\n\n  metadata_options {\n    http_endpoint               = "enabled"\n    http_tokens                 = "required"\n    http_put_response_hop_limit = 1\n    http_protocol_ipv6          = "enabled"\n    instance_metadata_tags      = "disabled"\n  }\n}\n',
        },
      ],
    },
  ],
});
