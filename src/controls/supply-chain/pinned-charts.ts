import { control, files } from "../control.ts";
import { type Script, scriptsOf, shellScripts } from "../evidence/pipeline.ts";
import { commandsOf, wordsOf } from "../evidence/shell.ts";
import type { Subject } from "../evidence/subject.ts";
import type { Place } from "../evidence/value.ts";

/** Subcommands of helm that take no chart. */
const WITHOUT_CHART =
  /^(uninstall|version|list|ls|status|get|history|rollback|test|env|completion|repo|registry|plugin|search)$/;
const EXACT = /^v?\d+\.\d+\.\d+(-[\w.]+)?$/;
const ENCRYPTED = /^(https|oci):\/\//;

export default control({
  id: "supply-chain.pinned-charts",
  title: "Every Helm chart is fetched over TLS from a named repository in one exact version",
  why: "A chart without a version is whatever its repository serves that day, installed as cluster administrator.",
  severity: "high",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  evidence: [
    files((subject, probe) => {
      let charts = 0;
      const check = (text: string, name: string, place: (line: number) => Place): void => {
        for (const command of commandsOf(text)) {
          const words = wordsOf(command.text);
          if (words[0] !== "helm" || WITHOUT_CHART.test(words[1] ?? "") || words.length < 3)
            continue;
          charts += 1;
          const value = (flag: string): string | undefined => {
            const at = words.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
            return at < 0 ? undefined : (words[at]?.split("=")[1] ?? words[at + 1] ?? "");
          };
          const versions = resolved(subject, value("--version"));
          const repositories = [
            ...resolved(subject, value("--repo")),
            ...words.filter((word) => word.startsWith("oci://")),
          ];
          const own = words.some(
            (word) =>
              /^(\.\/|\$\{?\w*(ROOT|DIRECTORY)\}?\/)\S*$/.test(word) && !/\.ya?ml$/.test(word),
          );
          if (own) continue;
          const at = place(command.line);
          probe.that(
            versions.length > 0 && versions.every((each) => EXACT.test(each)),
            at,
            `${name}: helm takes version ${versions.join(" or ") || "whatever is newest"} of a chart, it must be exact`,
          );
          probe.that(
            repositories.length > 0 && repositories.every((each) => ENCRYPTED.test(each)),
            at,
            `${name}: helm takes a chart from ${repositories.join(" or ") || "a repository of this machine"}, it must be named with https:// or oci://`,
          );
          probe.that(
            !words.some((word) =>
              /^--(devel|insecure-skip-tls-verify|plain-http|pass-credentials)\b/.test(word),
            ),
            at,
            `${name}: helm passes over what it should check`,
          );
        }
        probe.that(true, place(0), "");
      };
      for (const path of shellScripts(subject))
        check(subject.file(path)?.text ?? "", path, (line) => ({ file: path, line: line + 1 }));
      // The engine's file is sourced and named by its folder alone.
      for (const script of scriptsOf(subject))
        check(script.text, script.name, (line) => placeOf(script, line));
      const engine = subject.config?.networkPolicy;
      if (engine === "calico" || engine === "cilium")
        probe.that(
          charts > 0,
          { file: "scripts/lib/network-policy-engine.sh", line: 1 },
          `no script installs ${engine} from a chart that could be checked`,
        );
    }),
  ],
  fix: "Pass --repo https://… and --version with the full version to helm.",
  mutants: [
    {
      title: "The newest chart",
      edits: [
        {
          file: "scripts/lib/network-policy-engine.sh",
          replace:
            '  helm "$@" calico tigera-operator \\\n    --repo "$CALICO_REPOSITORY" --version "$CALICO_VERSION" \\',
          with: '  helm "$@" calico tigera-operator \\\n    --repo "$CALICO_REPOSITORY" \\',
        },
      ],
    },
    {
      title: "A range of versions in the variable",
      of: "bank",
      edits: [
        {
          file: "scripts/lib/network-policy-engine.sh",
          replace: "CILIUM_VERSION=1.20.1",
          with: 'CILIUM_VERSION="^1.20.0"',
        },
      ],
    },
    {
      title: "The version is set again elsewhere",
      edits: [
        {
          file: "scripts/lib/settings.sh",
          append: "\nCALICO_VERSION=${CALICO_VERSION_OVERRIDE:-v3.32.1}\n",
        },
      ],
    },
    {
      title: "A repository without TLS",
      of: "startup",
      edits: [
        {
          file: "scripts/lib/network-policy-engine.sh",
          replace: "https://docs.tigera.io/calico/charts",
          with: "http://charts.startup.example",
        },
      ],
    },
    {
      title: "One more chart, from a repository of the machine",
      of: "government",
      edits: [
        {
          file: "scripts/deploy-platform",
          replace: 'info "== proof"\n',
          with: 'helm upgrade --install ingress ingress-nginx/ingress-nginx --namespace ingress\n\ninfo "== proof"\n',
        },
      ],
    },
  ],
});

const placeOf = (script: Script, line: number): Place => script.place(line);

/** Everything that a variable is set to in any script, or the text itself. */
function resolved(subject: Subject, value: string | undefined): string[] {
  if (value === undefined) return [];
  const name = /^\$\{?(\w+)\}?$/.exec(value)?.[1];
  if (name === undefined) return [value];
  const found = shellScripts(subject).flatMap((path) =>
    [
      ...(subject.file(path)?.text ?? "").matchAll(
        new RegExp(`(?:^|[\\s;&|{:"])${name}:?=["']?([^"'\\s;}]*)`, "gm"),
      ),
    ].map(([, each]) => each ?? ""),
  );
  return found.length > 0 ? found : [value];
}
