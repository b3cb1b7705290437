import { control, manifests } from "../control.ts";
import { inBase, inProduction } from "../evidence/edits.ts";
import { strings } from "../evidence/kubernetes.ts";
import { forbid, grantsOf } from "../evidence/rbac.ts";

const VERBS = ["escalate", "bind", "impersonate", "approve", "sign"];

export default control({
  id: "workloads.rbac-escalation",
  title: "No role may escalate, bind, impersonate or sign certificates",
  why: "Each of these turns a small role into any other: the account gives itself, or acts as, an administrator.",
  severity: "critical",
  mapping: {
    cisEks: ["4.1.8"],
    nsaCisa: ["Authentication and authorization"],
    checkov: ["CKV_K8S_156", "CKV_K8S_157", "CKV_K8S_158", "CKV2_K8S_3"],
    trivy: ["KSV-0043", "KSV-0050"],
  },
  evidence: [
    manifests((subject, probe) => {
      for (const { role, rule, place, scope } of grantsOf(subject, probe))
        for (const verb of strings(rule.verbs))
          if (VERBS.includes(verb))
            probe.wrong(
              place,
              `${role.kind} ${role.name} may ${verb} ${strings(rule.resources).join(", ")}`,
              scope,
            );
      forbid(
        subject,
        probe,
        [
          {
            group: "rbac.authorization.k8s.io",
            resources: ["roles", "clusterroles"],
            verbs: ["escalate", "bind"],
          },
          {
            group: "",
            resources: ["users", "groups", "serviceaccounts"],
            verbs: ["impersonate"],
          },
          {
            group: "certificates.k8s.io",
            resources: ["certificatesigningrequests/approval", "certificatesigningrequests/status"],
            verbs: ["update", "patch"],
          },
        ],
        ({ rule }) => strings(rule.verbs).some((verb) => VERBS.includes(verb)),
      );
    }),
  ],
  fix: "Take the verb out; let an administrator make the binding or approve the certificate.",
  mutants: [
    {
      title: "An operator may act as anyone",
      edits: inBase(
        'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: operator\nrules:\n  - apiGroups: [""]\n    resources: [users, groups]\n    verbs: [impersonate]\n',
      ),
    },
    {
      title: "Bind, in one namespace",
      edits: inProduction(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: owner\nrules:\n  - apiGroups: [rbac.authorization.k8s.io]\n    resources: [roles]\n    verbs: [get, bind]\n",
      ),
    },
    {
      title: "Every verb on cluster roles",
      edits: [
        {
          file: "kubernetes/engine/annotate-pod-ip.yaml",
          replace: "rules:\n",
          with: 'rules:\n  - apiGroups: [rbac.authorization.k8s.io]\n    resources: [clusterroles]\n    verbs: ["*"]\n',
        },
      ],
    },
  ],
});
