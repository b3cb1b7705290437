import { control } from "../control.ts";

export default control({
  id: "network.load-balancer-tls",
  title: "Load balancers take requests over TLS",
  why: "A plain HTTP listener hands sessions and tokens to whoever sits on the way.",
  severity: "high",
  mapping: { cisEks: ["5.4.5"], nsaCisa: ["Network separation and hardening"] },
  look: "This repository makes no load balancer; Services and Ingresses of the workloads do. `aws elbv2 describe-load-balancers`, and for each of them `aws elbv2 describe-listeners --load-balancer-arn ARN --query 'Listeners[].[Port,Protocol,SslPolicy,Certificates]'`: every listener is HTTPS or TLS with a certificate of ACM and an ELBSecurityPolicy-TLS13 policy; one that is HTTP only redirects to HTTPS.",
});
