import { control } from "../control.ts";

export default control({
  id: "supply-chain.approved-registries",
  title: "Pods run images of approved registries only",
  why: "Nothing in the API server asks where an image comes from: a mistyped or malicious name on a public registry runs with the pod's role.",
  severity: "high",
  mapping: {
    cisEks: ["5.1.4"],
    nsaCisa: ["Upgrading and application security practices"],
    trivy: ["KSV-0125"],
  },
  look: "Per cluster list what runs with `kubectl get pods --all-namespaces -o jsonpath='{..image}' | tr ' ' '\\n' | cut -d/ -f1 | sort | uniq -c` and compare the registries with the approved ones. Then look for what refuses the others: `kubectl get validatingadmissionpolicybindings,validatingwebhookconfigurations` must show a policy over images with validationActions Deny (or failurePolicy Fail); `kubectl run probe -n <namespace> --image docker.io/library/busybox:1 --dry-run=server` must be refused by it.",
});
