import { control, terraform } from "../control.ts";
import { endpointsOf } from "../evidence/network.ts";
import { blueprintOf } from "../evidence/once.ts";
import { textsOf } from "../evidence/value.ts";

/** What nodes call whatever runs on them; asked for where no answers say more. */
const ALWAYS = ["ec2", "ecr.api", "ecr.dkr", "eks", "logs", "ssm", "sts"];

export default control({
  id: "network.endpoints-complete",
  title: "Every AWS service that nodes and add-ons call has an interface endpoint in the VPC",
  why: "A call without an endpoint leaves through NAT, past the endpoint policies that end foreign credentials; where there is no NAT, nodes do not join and pods get no credentials.",
  severity: "medium",
  mapping: {
    securityHub: ["EC2.10", "EC2.55", "EC2.56", "EC2.57"],
    nsaCisa: ["Network separation and hardening"],
  },
  evidence: [
    terraform((subject, probe) => {
      const planned = subject.config === undefined ? [] : blueprintOf(subject.config).environments;
      for (const root of probe.environments(subject)) {
        const plan = planned.find(({ name }) => name === root.name)?.network;
        const endpoints = endpointsOf(root, "Interface");
        const services =
          plan === undefined
            ? ALWAYS.map((suffix) => ({ suffix, wanted: undefined }))
            : Object.entries(plan.interfaceServices).map(([suffix, wanted]) => ({
                suffix,
                wanted,
              }));
        for (const { suffix, wanted } of services) {
          const found = endpoints.find((endpoint) => {
            const names = textsOf(endpoint.get("service_name"));
            return (
              names.length > 0 &&
              names.every((name) =>
                wanted === undefined ? name.endsWith(`.${suffix}`) : name === wanted,
              )
            );
          });
          probe.that(
            found !== undefined,
            endpoints[0]?.placeOf("service_name") ?? root.place,
            `${root.path} has no interface endpoint for ${wanted ?? suffix}${
              plan?.kind === "existing"
                ? "; where the VPC's owner has it, hardened-eks.yaml needs an exception that says who watches over it"
                : ""
            }`,
            root.path,
          );
          if (found?.maybe !== undefined)
            probe.unresolved(
              found.place,
              `${found.address}: whether it exists is not known (${found.maybe.name})`,
              root.path,
            );
        }
      }
    }),
  ],
  fix: "Add the service to interface_services in environments/<name>/main.network.tf.",
  mutants: [
    {
      title: "One environment has no endpoint for STS",
      edits: [
        {
          file: "environments/prod/main.network.tf",
          replace: /\n {4}sts +=[^\n]*/,
          with: "",
        },
      ],
    },
    {
      title: "Pod Identity without its endpoint",
      of: "bank",
      edits: [
        {
          file: "environments/stage/main.network.tf",
          replace: /\n {4}eks-auth +=[^\n]*/,
          with: "",
        },
      ],
    },
    {
      title: "An endpoint for the wrong region",
      edits: [
        {
          file: "environments/dev/main.network.tf",
          replace: "com.amazonaws.us-east-1.ecr.dkr",
          with: "com.amazonaws.us-east-2.ecr.dkr",
        },
      ],
    },
    {
      title: "No endpoints in a VPC of somebody else's",
      of: "government",
      edits: [
        {
          file: "environments/prod/variables.network.tf",
          replace: /(variable "create_endpoints" \{[\s\S]*?default {5}= )true/,
          with: 'variable "create_endpoints" {\n  description = "Whether to create the VPC endpoints."\n  type        = bool\n  nullable    = false\n  default     = false',
        },
      ],
    },
  ],
});
