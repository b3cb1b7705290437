import { control, terraform } from "../control.ts";
import { ofType } from "../evidence/probe.ts";
import { RULE_TYPES, ruleName, rulesOf } from "../evidence/traffic.ts";
import { textsOf } from "../evidence/value.ts";

/** Two words at least, and not what Terraform or the console puts there by itself. */
const says = (text: string): boolean =>
  text.trim().split(/\s+/).length > 1 &&
  /[a-z]{2}/i.test(text) &&
  !/^(managed by terraform|default (vpc )?security group|launch-wizard.*|todo\b.*|(ingress|egress|security group) rule)$/i.test(
    text.trim(),
  );

export default control({
  id: "network.rules-described",
  title: "Every security group and every rule says what it is for",
  why: "A rule without a reason is never removed, because nobody can tell what would break; the holes of yesterday stay open.",
  severity: "low",
  mapping: {
    nsaCisa: ["Network separation and hardening"],
    checkov: ["CKV_AWS_23"],
    trivy: ["AWS-0099", "AWS-0124"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        probe.some(root, "security group rule", ...RULE_TYPES);
      for (const root of subject.roots) {
        for (const rule of rulesOf(root))
          probe.that(
            says(rule.description),
            rule.placeOf("description"),
            `${ruleName(rule)} ${rule.description === "" ? "has no description" : `says only "${rule.description}"`}`,
            root.path,
          );
        for (const group of ofType(root, "aws_security_group")) {
          const [description = ""] = textsOf(group.get("description"));
          probe.that(
            says(description),
            group.placeOf("description"),
            `${group.address} ${description === "" ? "has no description" : `says only "${description}"`}`,
            root.path,
          );
        }
      }
    }),
  ],
  fix: "Write into the description who calls whom, and what for.",
  mutants: [
    {
      title: "A rule without a description",
      edits: [
        {
          file: "modules/cluster/main.security-groups.tf",
          replace: '  description       = "HTTPS to the internet, through NAT"\n',
          with: "",
        },
      ],
    },
    {
      title: "Terraform's own description of a group",
      edits: [
        {
          file: "modules/endpoints/main.security-group.tf",
          replace:
            '  description = "Interface endpoints of ${var.name}: HTTPS from the VPC, nothing else"\n',
          with: "",
        },
      ],
    },
    {
      title: "Descriptions that come in empty for one kind of rule",
      edits: [
        {
          file: "modules/cluster/main.security-groups.tf",
          replace: 'description = "Pods on ${port}"',
          with: 'description = ""',
        },
      ],
    },
  ],
});
