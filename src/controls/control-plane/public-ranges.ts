import { control, terraform } from "../control.ts";
import { clustersOf } from "../evidence/cluster.ts";
import { givenAt } from "../evidence/link.ts";
import { isFalse, rangesOf, tooWide } from "../evidence/ranges.ts";
import { isWorld } from "../evidence/traffic.ts";
import { blocksOf, placesOf } from "../evidence/value.ts";

export default control({
  id: "control-plane.public-ranges",
  title: "Where the Kubernetes API is public, only listed ranges reach it, never the world",
  why: "EKS opens a public endpoint to 0.0.0.0/0 unless ranges are given, and then a stolen token works from anywhere.",
  severity: "critical",
  mapping: {
    cisEks: ["5.4.1"],
    nsaCisa: ["Network separation and hardening"],
    checkov: ["CKV_AWS_38"],
    trivy: ["AWS-0041"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const { root, cluster } of clustersOf(probe, subject)) {
        const blocks = blocksOf(cluster.get("vpc_config"));
        probe.that(
          blocks.length > 0,
          cluster.placeOf("vpc_config"),
          `${cluster.address}: vpc_config is not known, so the endpoint counts as open to the world`,
          root.path,
        );
        for (const block of blocks) {
          const known = placesOf(block);
          const place =
            known?.arguments.get("public_access_cidrs") ??
            known?.arguments.get("endpoint_public_access") ??
            cluster.place;
          const { ranges, unknown } = rangesOf(block.public_access_cidrs);
          // A list is judged while the endpoint is private too: it takes effect the day somebody opens it.
          if (unknown !== undefined)
            probe.unresolved(
              place,
              `${cluster.address}: public_access_cidrs holds ${unknown}, which cannot be resolved from the text`,
              root.path,
            );
          else if (ranges.length === 0)
            probe.that(
              isFalse(block.endpoint_public_access),
              place,
              `${cluster.address}: the endpoint is, or may be, public without public_access_cidrs, which means 0.0.0.0/0`,
              root.path,
            );
          else {
            const world = ranges.filter(isWorld);
            probe.that(
              world.length === 0 && !tooWide(ranges),
              givenAt(root, world[0] ?? ranges[0] ?? "", place),
              world.length > 0
                ? `${cluster.address}: public_access_cidrs holds ${world.join(", ")}`
                : `${cluster.address}: public_access_cidrs together are more than a /8`,
              root.path,
            );
          }
        }
      }
    }),
  ],
  fix: "List in access.publicCidrs the ranges that administrators come from, or make the endpoint private.",
  mutants: [
    {
      title: "One environment lists the world",
      of: "startup",
      edits: [
        {
          file: "environments/prod/main.cluster.tf",
          replace: '["203.0.113.0/24"]',
          with: '["203.0.113.0/24", "0.0.0.0/0"]',
        },
      ],
    },
    {
      title: "The world as two halves",
      of: "startup",
      edits: [
        {
          file: "environments/dev/main.cluster.tf",
          replace: '["203.0.113.0/24"]',
          with: '["0.0.0.0/1", "128.0.0.0/1"]',
        },
      ],
    },
    {
      title: "The list is not handed to EKS",
      of: "startup",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace:
            "    public_access_cidrs = length(var.public_access_cidrs) > 0 ? var.public_access_cidrs : null\n",
          with: "",
        },
      ],
    },
    {
      title: "The endpoint opened in the module, without ranges",
      edits: [
        {
          file: "modules/cluster/main.cluster.tf",
          replace: "endpoint_public_access  = length(var.public_access_cidrs) > 0",
          with: "endpoint_public_access  = true",
        },
      ],
    },
  ],
});
