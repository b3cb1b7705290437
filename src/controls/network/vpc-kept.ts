import { control, terraform } from "../control.ts";
import { ownNetworks } from "../evidence/network.ts";
import { is } from "../evidence/require.ts";

export default control({
  id: "network.vpc-kept",
  title: "No plan can destroy or replace the VPC",
  why: "A changed range replaces the VPC, and with it everything that lives there: one careless apply takes the cluster, its endpoints and their addresses.",
  severity: "medium",
  mapping: {},
  notApplicable: ({ environments }) =>
    Object.values(environments).every(({ network }) => network.vpc === "existing")
      ? "the VPCs are their owners', this repository makes none"
      : undefined,
  waivedBy: ["existing-vpc"],
  evidence: [
    terraform((subject, probe) => {
      for (const root of ownNetworks(subject, probe, "the VPC itself"))
        for (const vpc of probe.some(root, "VPC", "aws_vpc"))
          probe.expect(vpc, "lifecycle.prevent_destroy", is(true));
    }),
  ],
  fix: "Set prevent_destroy = true in the VPC's lifecycle block; scripts/teardown takes it out on purpose.",
  mutants: [
    {
      title: "The flag is off",
      edits: [
        {
          file: "modules/network/main.vpc.tf",
          replace: "prevent_destroy = true",
          with: "prevent_destroy = false",
        },
      ],
    },
    {
      title: "The lifecycle block is gone",
      edits: [
        {
          file: "modules/network/main.vpc.tf",
          replace: /\n {2}lifecycle \{\n {4}prevent_destroy = true\n {2}\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "It protects something else",
      edits: [
        {
          file: "modules/network/main.vpc.tf",
          replace: "    prevent_destroy = true\n",
          with: "    ignore_changes = [tags]\n",
        },
      ],
    },
  ],
});
