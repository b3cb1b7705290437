import { control, terraform } from "../control.ts";
import {
  distinct,
  endpointsToCheck,
  groupsOfControlPlane,
  groupsOfNodes,
  madeHere,
  rangesOfVpc,
} from "../evidence/network.ts";
import {
  belongsTo,
  isOnly,
  noteUnclear,
  PORTS,
  RANGES,
  reachOf,
  ruleName,
  rulesOf,
} from "../evidence/traffic.ts";

export default control({
  id: "network.endpoint-group",
  title:
    "Interface endpoints have a security group of their own, which lets in 443 from the VPC only",
  why: "An endpoint without a group gets the VPC's default one, and one that shares the nodes' group opens their ports; peered networks would reach AWS with this account's endpoints.",
  severity: "medium",
  mapping: { nsaCisa: ["Network separation and hardening"] },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        const endpoints = endpointsToCheck(subject, probe, root, "Interface");
        const others = [...groupsOfNodes(root), ...groupsOfControlPlane(root)];
        const groups = distinct(
          endpoints.flatMap((endpoint) => {
            const path = "security_group_ids";
            const place = endpoint.placeOf(path);
            const found = madeHere(
              probe,
              endpoint,
              path,
              endpoint.get(path),
              place,
              "aws_security_group",
            );
            probe.that(
              !found.some((group) => others.includes(group)),
              place,
              `${endpoint.address} shares the security group of nodes or control plane`,
              root.path,
            );
            return found;
          }),
        );
        const vpc = rangesOfVpc(subject, root);
        const rules = rulesOf(root).filter((rule) => belongsTo(rule, groups) === true);
        for (const rule of rules) {
          if (rule.direction === "out") {
            probe.wrong(
              rule.place,
              `${ruleName(rule)}: an endpoint never opens a connection, its group needs no egress`,
              root.path,
            );
            continue;
          }
          probe.that(
            isOnly(rule, 443),
            rule.placeOf(...PORTS),
            `${ruleName(rule)} must be TCP 443 only`,
            root.path,
          );
          const beyond = rule.ranges.filter((range) =>
            ["internet", "private"].includes(reachOf(range, vpc)),
          );
          probe.that(
            beyond.length === 0,
            rule.placeOf(...RANGES),
            `${ruleName(rule)} lets in ${beyond.join(" and ")}, which is not the VPC`,
            root.path,
          );
          noteUnclear(probe, root, rule, vpc);
        }
        if (endpoints.length > 0)
          probe.that(
            rules.some(({ direction }) => direction === "in"),
            groups[0]?.place ?? root.place,
            `${root.path}: nobody may call the interface endpoints`,
            root.path,
          );
      }
    }),
  ],
  fix: "Give the endpoints a group with one ingress rule: TCP 443 from the VPC's range.",
  mutants: [
    {
      title: "The whole corporate network may call",
      edits: [
        {
          file: "modules/endpoints/main.security-group.tf",
          replace: "= var.vpc_cidr",
          with: '= "10.0.0.0/8"',
        },
      ],
    },
    {
      title: "Every TCP port of the endpoints",
      edits: [
        {
          file: "modules/endpoints/main.security-group.tf",
          replace: /from_port {9}= 443\n {2}to_port {11}= 443/,
          with: "from_port         = 1\n  to_port           = 65535",
        },
      ],
    },
    {
      title: "No group: AWS takes the default one",
      edits: [
        {
          file: "modules/endpoints/main.interface.tf",
          replace: "  security_group_ids  = [aws_security_group.endpoints.id]\n",
          with: "",
        },
      ],
    },
    {
      title: "A second rule for a peered range, from the environment",
      of: "bank",
      edits: [
        {
          file: "environments/prod/main.network.tf",
          append:
            '\nresource "aws_security_group_rule" "peered" {\n  type              = "ingress"\n  security_group_id = module.endpoints.security_group_id\n  description       = "Peered VPC"\n  cidr_blocks       = ["10.99.0.0/16"]\n  protocol          = "tcp"\n  from_port         = 443\n  to_port           = 443\n}\n',
        },
      ],
    },
  ],
});
