import { control, files, manifests, terraform } from "../control.ts";
import { ofKind } from "../evidence/kubernetes.ts";

/** What a kubeconfig holds when it does not ask for a token each time. */
const STATIC =
  /^\s*(-\s+)?(token|tokenFile|client-certificate(-data)?|client-key(-data)?|username|password|auth-provider):/;
/** A kubeconfig, or a command that writes one or names a credential. */
const KUBECONFIG = /^\s*kind:\s*Config\s*$/m;
const FLAGS =
  /\bkubectl\b.*\s--(token|client-key|client-certificate|username|password|insecure-skip-tls-verify)\b|\bconfig set-credentials\b/;

export default control({
  id: "identity.iam-authentication",
  title: "Whoever calls the Kubernetes API gets a token from IAM for minutes, from the AWS CLI",
  why: "A certificate or a service account's token in a kubeconfig works until somebody finds and revokes it, and knows neither MFA nor who left.",
  severity: "high",
  mapping: { cisEks: ["5.5.1"], nsaCisa: ["Authentication and authorization"] },
  evidence: [
    files((subject, probe) => {
      let configs = 0;
      for (const path of subject.paths.filter((each) =>
        /^(scripts\/|Makefile$|\.github\/|\.gitlab-ci\.yml$)/.test(each),
      )) {
        const text = subject.file(path)?.text ?? "";
        const lines = text.split("\n");
        const isConfig = KUBECONFIG.test(text);
        if (isConfig) configs += 1;
        for (const [index, line] of lines.entries()) {
          const place = { file: path, line: index + 1 };
          probe.that(
            !FLAGS.test(line),
            place,
            `a credential that IAM did not give: ${line.trim()}`,
          );
          if (!isConfig) continue;
          probe.that(
            !STATIC.test(line),
            place,
            `the kubeconfig holds a credential: ${line.trim().split(":")[0]}`,
          );
          probe.that(
            !/^\s*insecure-skip-tls-verify:\s*true/.test(line),
            place,
            "the token is sent to whoever answers: insecure-skip-tls-verify",
          );
        }
        if (isConfig)
          probe.that(
            /^\s*exec:\s*$/m.test(text) &&
              /^\s*command:\s*aws\s*$/m.test(text) &&
              /\beks,\s*get-token\b/.test(text) &&
              // v1alpha1 is what an AWS CLI before 1.24.0 speaks; kubectl no longer does.
              /client\.authentication\.k8s\.io\/v1(beta1)?\s*$/m.test(text),
            { file: path, line: lines.findIndex((line) => /^users:/.test(line)) + 1 || 1 },
            "the kubeconfig does not ask `aws eks get-token` by exec",
          );
      }
      probe.that(
        configs > 0,
        { file: "scripts/connect", line: 1 },
        "no script writes the kubeconfig, so how its users prove who they are is not known",
      );
    }),
    manifests((subject, probe) => {
      for (const overlay of probe.overlays(subject)) {
        probe.that(true, overlay.place, "");
        for (const secret of ofKind(overlay, "Secret"))
          probe.that(
            secret.object.type !== "kubernetes.io/service-account-token",
            secret.placeOf("type"),
            `Secret ${secret.namespace}/${secret.name} makes a token that does not end`,
            overlay.path,
          );
      }
    }),
    terraform((subject, probe) => {
      for (const root of probe.environments(subject))
        for (const { mode, type, address, place } of root.resources)
          probe.that(
            mode !== "managed" || type !== "aws_eks_identity_provider_config",
            place,
            `${address}: another issuer than IAM lets users in`,
            root.path,
          );
    }),
  ],
  fix: "Let the kubeconfig run `aws eks get-token` by exec, and delete every other credential.",
  mutants: [
    {
      title: "A token in the kubeconfig of scripts/connect",
      edits: [
        {
          file: "scripts/connect",
          replace: /( {4}user:\n) {6}exec:[\s\S]*?interactiveMode: IfAvailable\n/,
          with: "    user:\n      token: $KUBE_TOKEN\n",
        },
      ],
    },
    {
      title: "A certificate beside the exec",
      of: "government",
      edits: [
        {
          file: "scripts/connect",
          replace: "      exec:\n",
          with: "      client-certificate-data: $CERTIFICATE\n      client-key-data: $KEY\n      exec:\n",
        },
      ],
    },
    {
      title: "A token that does not end, for a deployer",
      of: "bank",
      edits: [
        {
          file: "kubernetes/overlays/prod/deployer.yaml",
          create:
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: deployer\n  namespace: payments\n  annotations:\n    kubernetes.io/service-account.name: deployer\ntype: kubernetes.io/service-account-token\n",
        },
        {
          file: "kubernetes/overlays/prod/kustomization.yaml",
          replace: "resources:\n",
          with: "resources:\n  - deployer.yaml\n",
        },
      ],
    },
    {
      title: "Another issuer for users",
      of: "startup",
      edits: [
        {
          file: "environments/prod/main.cluster.tf",
          append: `
resource "aws_eks_identity_provider_config" "okta" {
  cluster_name = module.cluster.name

  oidc {
    client_id                     = "kubernetes"
    identity_provider_config_name = "okta"
    issuer_url                    = "https://startup.okta.com"
  }
}
`,
        },
      ],
    },
  ],
});
