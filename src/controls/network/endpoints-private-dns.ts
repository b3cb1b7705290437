import { control, terraform } from "../control.ts";
import { endpointsToCheck } from "../evidence/network.ts";
import { is } from "../evidence/require.ts";

export default control({
  id: "network.endpoints-private-dns",
  title: "Interface endpoints answer under the public names of their services",
  why: "Without private DNS the SDKs resolve the public address, and calls leave the VPC although an endpoint, with its policy, stands beside them.",
  severity: "medium",
  mapping: { nsaCisa: ["Network separation and hardening"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        for (const endpoint of endpointsToCheck(subject, probe, root, "Interface"))
          probe.expect(endpoint, "private_dns_enabled", is(true));
    }),
  ],
  fix: "Set private_dns_enabled = true on every interface endpoint.",
  mutants: [
    {
      title: "Private DNS off",
      edits: [
        {
          file: "modules/endpoints/main.interface.tf",
          replace: "private_dns_enabled = true",
          with: "private_dns_enabled = false",
        },
      ],
    },
    {
      title: "Left to AWS's default",
      edits: [
        {
          file: "modules/endpoints/main.interface.tf",
          replace: "  private_dns_enabled = true\n",
          with: "",
        },
      ],
    },
    {
      title: "Off for one service",
      of: "government",
      edits: [
        {
          file: "modules/endpoints/main.interface.tf",
          replace: "private_dns_enabled = true",
          with: 'private_dns_enabled = each.key != "sts"',
        },
      ],
    },
  ],
});
