import { control, terraform } from "../control.ts";
import {
  endpointsToCheck,
  isGuest,
  isHeldTo,
  policiesOfEndpoint,
  residencesOfNodes,
  tablesOf,
} from "../evidence/network.ts";
import type { Statement } from "../evidence/policy.ts";
import { ofType } from "../evidence/probe.ts";
import { resourcesIn, textsOf } from "../evidence/value.ts";

/** Whoever has no credentials of ours may read objects of buckets with a full name, and do nothing else. */
const isPublicReading = ({ actions, notActions, resources, notResources }: Statement): boolean =>
  actions.length > 0 &&
  notActions.length === 0 &&
  actions.every((action) => action === "s3:GetObject") &&
  resources.length > 0 &&
  notResources.length === 0 &&
  resources.every((resource) => /^arn:[a-z-]+:s3:::[a-z0-9.-]+\/[^$]*$/.test(resource));

/** Buckets that images and packages come from: of AWS, of the Kubernetes project, of Quay. */
const OF_REGISTRIES =
  /:s3:::(prod-[a-z0-9-]+-starport-layer-bucket|prod-registry-k8s-io-[a-z0-9-]+|quayio-production-s3|al2023-repos-[a-z0-9-]+|amazonlinux-2-repos-[a-z0-9-]+|aws-ssm-[a-z0-9-]+|[a-z0-9-]+-birdwatcher-prod|patch-baseline-snapshot-[a-z0-9-]+)\/\*$/;

export default control({
  id: "network.s3-endpoint",
  title: "S3 is reached through a gateway endpoint that writes to no bucket but ours",
  why: "S3 is where stolen data goes: with the default policy a pod copies it into any bucket of the world, and the traffic looks like image pulls.",
  severity: "high",
  mapping: { nsaCisa: ["Network separation and hardening"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        const gateways = endpointsToCheck(subject, probe, root, "Gateway").filter((endpoint) =>
          textsOf(endpoint.get("service_name")).every((name) => name.endsWith(".s3")),
        );
        probe.that(
          gateways.length > 0 || isGuest(subject, root),
          root.place,
          `${root.path} has no gateway endpoint for S3`,
          root.path,
        );
        for (const endpoint of gateways)
          for (const statement of policiesOfEndpoint(probe, root, endpoint)) {
            const stranger = isPublicReading(statement)
              ? statement.resources.find((each) => !OF_REGISTRIES.test(each))
              : undefined;
            probe.that(
              stranger === undefined,
              statement.place,
              `${endpoint.address}: ${stranger} is no bucket of AWS or of a registry that the engine comes from`,
              root.path,
            );
            probe.that(
              (isHeldTo(root, statement, "aws:PrincipalAccount") &&
                isHeldTo(root, statement, "aws:ResourceAccount")) ||
                isPublicReading(statement),
              statement.place,
              `${endpoint.address}: ${statement.sid || "a statement"} goes beyond our identities in our buckets and beyond s3:GetObject from buckets with a full name`,
              root.path,
            );
          }
        if (isGuest(subject, root)) continue;
        const entered = [
          ...gateways.flatMap((endpoint) => resourcesIn(endpoint.get("route_table_ids"))),
          ...ofType(root, "aws_vpc_endpoint_route_table_association").flatMap((each) =>
            resourcesIn(each.get("route_table_id")),
          ),
        ];
        for (const table of tablesOf(probe, root, residencesOfNodes(root)))
          probe.that(
            entered.includes(table),
            gateways[0]?.placeOf("route_table_ids") ?? root.place,
            `${table.address} does not lead to the S3 endpoint: its subnets reach S3 past the policy`,
            root.path,
          );
      }
    }),
  ],
  fix: "Hold each statement to aws:PrincipalAccount and aws:ResourceAccount, or to s3:GetObject from one bucket by its full name.",
  mutants: [
    {
      title: "A bucket of somebody, to fetch tools from",
      edits: [
        {
          file: "environments/prod/main.network.tf",
          replace: '"quayio-production-s3"]',
          with: '"quayio-production-s3", "somebody-tools"]',
        },
      ],
    },
    {
      title: "No policy: AWS's default lets every bucket be written",
      edits: [
        {
          file: "modules/endpoints/main.s3.tf",
          replace: "  policy            = data.aws_iam_policy_document.s3.json\n",
          with: "",
        },
      ],
    },
    {
      title: "Image layers from any bucket",
      edits: [
        {
          file: "environments/prod/main.network.tf",
          replace: '"quayio-production-s3"]',
          with: '"*"]',
        },
      ],
    },
    {
      title: "Our identities into anybody's buckets",
      edits: [
        {
          file: "modules/endpoints/main.s3.tf",
          replace:
            /\n {4}condition \{\n {6}test {5}= "StringEquals"\n {6}variable = "aws:ResourceAccount"\n[^}]*\}\n/,
          with: "",
        },
      ],
    },
    {
      title: "Private tables without the endpoint",
      of: "bank",
      edits: [
        {
          file: "environments/prod/main.network.tf",
          replace: "route_table_ids = module.network.private_route_table_ids",
          with: "route_table_ids = slice(module.network.private_route_table_ids, 0, 1)",
        },
      ],
    },
  ],
});
