import { control, files, manifests } from "../control.ts";
import { deliveries } from "../evidence/kubernetes.ts";
import { shellScripts } from "../evidence/pipeline.ts";
import { linesOf } from "../evidence/shell.ts";

/** Of a kustomization: fields that run a program or fetch something. */
const FETCHES = /^\s*-?\s*(helmCharts|helmGlobals|generators|transformers|validators)\s*:/;
const REMOTE = /:\/\/|\bgit@|\bgithub\.com\/|\?ref=|\bgit::/;

/** Besides scripts, what runs commands. */
const isRun = (path: string): boolean =>
  /^(scripts\/|Makefile$|\.github\/|\.gitlab-ci\.yml$|\.gitlab\/)/.test(path);

const APPLIES_REMOTE: readonly RegExp[] = [
  /\b(curl|wget)\b.*\|\s*kubectl\b/,
  /\bkubectl\b.*\b(apply|create|replace)\b.*https?:\/\//,
  /\b(kubectl kustomize|kustomize build|kubectl\b.*\s(-[fk]|--filename|--kustomize))[=\s]*["']?(https?:\/\/|github\.com\/|git@|git::)/,
];

export default control({
  id: "supply-chain.local-manifests",
  title: "What is applied to the cluster is built from files of this repository alone",
  why: "A remote base or a manifest by URL is applied as cluster administrator, in whatever state its owner left it that day.",
  severity: "high",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  evidence: [
    manifests((subject, probe) => {
      // What a kustomization takes from elsewhere, or makes by itself, is noted by the build; those that no overlay
      // reaches are read as text.
      probe.checked += deliveries(subject, probe).length;
      const kustomizations = subject.paths.filter((path) =>
        /(^|\/)kustomization(\.ya?ml)?$/i.test(path),
      );
      for (const path of kustomizations)
        (subject.file(path)?.text ?? "").split("\n").forEach((line, index) => {
          const text = line.replace(/(^|\s)#.*$/, "");
          const place = { file: path, line: index + 1 };
          probe.that(
            !FETCHES.test(text),
            place,
            `${text.trim()} runs a program or fetches a chart`,
          );
          probe.that(
            !REMOTE.test(text) || /^\s*apiVersion:/.test(text),
            place,
            `${text.trim().replace(/^- /, "")} comes from outside of this repository`,
          );
        });
    }),
    files((subject, probe) => {
      const shells = shellScripts(subject);
      for (const path of subject.paths.filter((each) => isRun(each) || shells.includes(each)))
        for (const { text, line } of linesOf(subject.file(path)?.text ?? ""))
          probe.that(
            !APPLIES_REMOTE.some((pattern) => pattern.test(text)),
            { file: path, line: line + 1 },
            `${path} applies what it fetches from elsewhere`,
          );
    }),
  ],
  fix: "Copy the manifests into kubernetes/, read them, and name them by their path.",
  mutants: [
    {
      title: "A remote base",
      edits: [
        {
          file: "kubernetes/overlays/prod/kustomization.yaml",
          replace: "resources:\n",
          with: "resources:\n  - https://github.com/kubernetes-sigs/gateway-api/config/crd?ref=v1.4.0\n",
        },
      ],
    },
    {
      title: "A remote base of the engine",
      edits: [
        {
          file: "kubernetes/engine/kustomization.yaml",
          replace: "resources:\n",
          with: "resources:\n  - github.com/projectcalico/calico/manifests?ref=master\n",
        },
      ],
    },
    {
      title: "A chart rendered by kustomize",
      of: "bank",
      edits: [
        {
          file: "kubernetes/base/kustomization.yaml",
          append:
            "helmCharts:\n  - name: ingress-nginx\n    repo: https://kubernetes.github.io/ingress-nginx\n    version: 4.14.0\n",
        },
      ],
    },
    {
      title: "The engine's script pipes a download into kubectl",
      edits: [
        {
          file: "scripts/lib/network-policy-engine.sh",
          replace: '  kubectl apply --server-side --kustomize "$ENGINE_DIRECTORY"',
          with: "  curl -fsSL https://calico.example/all.yaml | kubectl apply --server-side -f -",
        },
      ],
    },
    {
      title: "A script applies a URL",
      of: "government",
      edits: [
        {
          file: "scripts/deploy-platform",
          replace: 'info "== proof"\n',
          with: 'kubectl apply \\\n  -f https://raw.githubusercontent.com/acme/platform/main/all.yaml\n\ninfo "== proof"\n',
        },
      ],
    },
    {
      title: "A kustomization takes a folder of another repository",
      edits: [
        {
          file: "kubernetes/base/kustomization.yaml",
          replace: "  - cluster-network-policies\n",
          with: "  - cluster-network-policies\n  - https://github.com/example/agents//deploy?ref=main\n",
        },
      ],
    },
    {
      title: "The engine's objects take one from an address",
      edits: [
        {
          file: "kubernetes/engine/kustomization.yaml",
          replace: "  - api-server.yaml\n",
          with: "  - api-server.yaml\n  - https://example.com/agent.yaml\n",
        },
      ],
    },
    {
      title: "The script applies an address",
      edits: [
        {
          file: "scripts/deploy-platform",
          append: "kubectl apply --server-side \\\n  --filename https://example.com/agent.yaml\n",
        },
      ],
    },
    {
      title: "A chart that kustomize fetches",
      of: "bank",
      edits: [
        {
          file: "kubernetes/overlays/prod/kustomization.yaml",
          append: "helmCharts:\n  - name: agent\n    repo: https://example.com/charts\n",
        },
      ],
    },
  ],
});
