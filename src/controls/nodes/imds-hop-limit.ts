import { control, terraform } from "../control.ts";
import { launched } from "../evidence/nodes.ts";
import { is } from "../evidence/require.ts";

export default control({
  id: "nodes.imds-hop-limit",
  title: "Answers of the metadata service end at the node: the hop limit is 1",
  why: "With a second hop any pod can ask the metadata service for the credentials of the node's role.",
  severity: "critical",
  mapping: {
    nsaCisa: ["Network separation and hardening"],
    checkov: ["CKV_AWS_341"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        probe.some(root, "launch template", "aws_launch_template");
        for (const each of launched(root))
          probe.expect(each, "metadata_options.http_put_response_hop_limit", is(1));
      }
    }),
  ],
  fix: "Set http_put_response_hop_limit = 1 in metadata_options of every launch template.",
  mutants: [
    {
      title: "Two hops",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: "http_put_response_hop_limit = 1",
          with: "http_put_response_hop_limit = 2",
        },
      ],
    },
    {
      title: "The limit is left out, so that the account's or EC2's default holds",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: "    http_put_response_hop_limit = 1\n",
          with: "",
        },
      ],
    },
    {
      title: "Two hops for one group only",
      of: "bank",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: "http_put_response_hop_limit = 1",
          with: 'http_put_response_hop_limit = each.key == "batch" ? 2 : 1',
        },
      ],
    },
  ],
});
