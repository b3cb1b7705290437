import { control, terraform } from "../control.ts";
import { groupsOfNodes, madeHere, rangesOfVpc, valuesAt } from "../evidence/network.ts";
import { ofType } from "../evidence/probe.ts";
import {
  isOnly,
  LISTS,
  noteUnclear,
  RANGES,
  RULE_TYPES,
  reachOf,
  ruleName,
  rulesOf,
} from "../evidence/traffic.ts";
import { Reference, showValue, type Value } from "../evidence/value.ts";

/** The prefix list of the S3 gateway, which stays within AWS. */
const isEndpoint = (list: Value): boolean =>
  list instanceof Reference && list.resource.type === "aws_vpc_endpoint";

export default control({
  id: "network.internet-egress",
  title: "Security groups let out to the internet on 443 only, and not at all where egress is none",
  why: "A miner, a reverse shell or DNS over port 53 to a server of the attacker's needs a way out; each port that is open beside HTTPS is one that no proxy and no endpoint policy sees.",
  severity: "high",
  mapping: {
    nsaCisa: ["Network separation and hardening"],
    checkov: ["CKV_AWS_382"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        probe.some(root, "security group rule", ...RULE_TYPES);
        const vpc = rangesOfVpc(subject, root);
        const isClosed = subject.config?.environments[root.name]?.network.egress === "none";
        for (const rule of rulesOf(root)) {
          if (rule.direction === "in") continue;
          const beyond = rule.ranges.filter((range) => reachOf(range, vpc) === "internet");
          const place = rule.placeOf(...RANGES, ...LISTS);
          const goal = [...beyond, ...rule.lists.map(showValue)].join(" and ");
          probe.that(
            beyond.length === 0 || !isClosed,
            place,
            `${ruleName(rule)} lets out to ${goal}, though hardened-eks.yaml says egress: none`,
            root.path,
          );
          probe.that(
            goal === "" || isOnly(rule, 443),
            place,
            `${ruleName(rule)} lets out to ${goal}, it must be TCP 443 only`,
            root.path,
          );
          noteUnclear(
            probe,
            root,
            rule,
            vpc,
            isClosed ? rule.lists.filter((list) => !isEndpoint(list)) : [],
          );
        }
        // A group that is made elsewhere brings rules that nobody reads here.
        for (const template of ofType(root, "aws_launch_template", "aws_instance"))
          for (const path of ["network_interfaces.security_groups", "vpc_security_group_ids"])
            for (const { value, place } of valuesAt(template, path))
              if (value !== undefined || path.startsWith("network"))
                madeHere(probe, template, path, value, place, "aws_security_group");
        probe.that(
          groupsOfNodes(root).length > 0,
          root.place,
          `${root.path}: no launch template names a security group of this repository`,
          root.path,
        );
      }
    }),
  ],
  fix: "Let out to the internet on TCP 443 only, and set internet_egress = false where egress is none.",
  mutants: [
    {
      title: "Ports below 443 to the internet too",
      edits: [
        {
          file: "modules/cluster/main.security-groups.tf",
          replace: /0\.0\.0\.0\/0"\n {2}ip_protocol {7}= "tcp"\n {2}from_port {9}= 443/,
          with: '0.0.0.0/0"\n  ip_protocol       = "tcp"\n  from_port         = 0',
        },
      ],
    },
    {
      title: "DNS to servers of one's own choice",
      edits: [
        {
          file: "environments/prod/main.cluster.tf",
          replace: "  webhook_ports = [5443, 8443, 9443]\n",
          with: '  webhook_ports = [5443, 8443, 9443]\n\n  node_egress_rules = {\n    dns = {\n      description = "Public DNS servers"\n      cidr        = "8.8.8.8/32"\n      protocol    = "udp"\n      from_port   = 53\n      to_port     = 53\n    }\n  }\n',
        },
      ],
    },
    {
      title: "A way out where there is none",
      of: "government",
      edits: [
        {
          file: "environments/prod/main.cluster.tf",
          replace: 'local.egress != "none"',
          with: "true",
        },
      ],
    },
    {
      title: "A second group on the nodes, made elsewhere",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: "[var.security_group_id]",
          with: '[var.security_group_id, "sg-0123456789abcdef0"]',
        },
      ],
    },
  ],
});
