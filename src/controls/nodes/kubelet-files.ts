import { control } from "../control.ts";

export default control({
  id: "nodes.kubelet-files",
  title:
    "The kubelet's kubeconfig and configuration belong to root, and nobody else may write them",
  why: "Whoever writes these files chooses the cluster that the node obeys and the requests that it answers.",
  severity: "high",
  mapping: { cisEks: ["3.1.1", "3.1.2", "3.1.3", "3.1.4"] },
  duty: "The images write both files at boot: nodeadm of Amazon Linux as root with mode 0644 to /var/lib/kubelet/kubeconfig and /etc/kubernetes/kubelet/, Bottlerocket from its settings, on a host where nobody has a shell. nodes.user-data-settings sees to it that no script changes them.",
});
