import { control } from "../control.ts";

export default control({
  id: "nodes.kubelet-image",
  title:
    "AWS's images start the kubelet without anonymous access, with webhook authorization and the cluster's client authority",
  why: "These settings are made in the image, before any user data is read; a kubelet without them answers whoever reaches port 10250.",
  severity: "critical",
  mapping: { cisEks: ["3.2.1", "3.2.2", "3.2.3", "3.2.5", "3.2.6", "3.2.8"] },
  duty: "Both images set authentication.anonymous.enabled: false, authorization.mode: Webhook and clientCAFile: /etc/kubernetes/pki/ca.crt, and leave the idle timeout, the firewall chains and the rotation of client certificates at the kubelet's safe defaults. The nodes.kubelet-* Controls see to it that user data does not undo them.",
});
