import { control, manifests } from "../control.ts";
import { commandsOf, shellScripts } from "../evidence/pipeline.ts";
import { linesOf, wordsOf } from "../evidence/shell.ts";

/** Of a kustomization: fields that run a program or fetch something. */
const FETCHES = /^\s*-?\s*(helmCharts|helmGlobals|generators|transformers|validators)\s*:/;
const REMOTE = /:\/\/|\bgit@|\bgithub\.com\/|\?ref=|\bgit::/;

export default control({
  id: "supply-chain.local-manifests",
  title: "What is applied to the cluster is built from files of this repository alone",
  why: "A remote base or a manifest by URL is applied as cluster administrator, in whatever state its owner left it that day.",
  severity: "high",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  evidence: [
    manifests((subject, probe) => {
      for (const overlay of probe.overlays(subject)) probe.that(true, overlay.place, "");
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
      for (const path of shellScripts(subject)) {
        for (const { text, line } of linesOf(subject.file(path)?.text ?? ""))
          probe.that(
            !/\b(curl|wget)\b.*\|\s*kubectl\b/.test(text),
            { file: path, line: line + 1 },
            `${path} hands a manifest of the internet to kubectl`,
          );
        for (const { text, line } of commandsOf(subject.file(path)?.text ?? "")) {
          const words = wordsOf(text);
          if (words[0] === "kubectl")
            probe.that(
              !words.some((word) =>
                /^(-[fk]=?|--(filename|kustomize)=)?(https?:\/\/|github\.com\/|git@)/.test(word),
              ),
              { file: path, line: line + 1 },
              `${path} hands a manifest of the internet to kubectl`,
            );
        }
      }
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
  ],
});
