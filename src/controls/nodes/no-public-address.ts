import { control, terraform } from "../control.ts";
import { ofType } from "../evidence/probe.ts";
import { is } from "../evidence/require.ts";
import { blocksOf, textsOf } from "../evidence/value.ts";

export default control({
  id: "nodes.no-public-address",
  title: "No node gets a public address",
  why: "A node with a public address is one wrong security group rule away from being reached from the internet.",
  severity: "high",
  mapping: {
    cisEks: ["5.4.3"],
    nsaCisa: ["Network separation and hardening"],
    checkov: ["CKV_AWS_88"],
    trivy: ["AWS-0009"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        for (const template of probe.some(root, "launch template", "aws_launch_template")) {
          // Left out, the subnet decides.
          probe.expect(template, "network_interfaces.associate_public_ip_address", is(false));
          for (const block of blocksOf(template.get("network_interfaces")))
            for (const name of [
              "ipv6_address_count",
              "ipv6_addresses",
              "ipv6_prefix_count",
              "network_interface_id",
            ])
              probe.that(
                block[name] === undefined || block[name] === null || Number(block[name]) === 0,
                template.placeOf("network_interfaces"),
                `${template.address}: network_interfaces sets ${name}, so addresses come from elsewhere than the private subnet`,
                root.path,
              );
        }
        for (const instance of ofType(root, "aws_instance"))
          probe.expect(instance, "associate_public_ip_address", is(false));
        for (const address of ofType(root, "aws_eip", "aws_eip_association"))
          for (const name of [
            "instance",
            "instance_id",
            "network_interface",
            "network_interface_id",
          ])
            probe.that(
              textsOf(address.get(name)).length === 0,
              address.placeOf(name),
              `${address.address}: a public address is given to ${textsOf(address.get(name)).join()}`,
              root.path,
            );
      }
    }),
  ],
  fix: "Set associate_public_ip_address = false in network_interfaces of every launch template.",
  mutants: [
    {
      title: "Public addresses",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: "associate_public_ip_address = false",
          with: "associate_public_ip_address = true",
        },
      ],
    },
    {
      title: "The subnet decides",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: "    associate_public_ip_address = false\n",
          with: "",
        },
      ],
    },
    {
      title: "Hidden behind a local that looks at the environment",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: "associate_public_ip_address = false",
          with: 'associate_public_ip_address = endswith(var.cluster_name, "-dev")',
        },
      ],
    },
  ],
});
