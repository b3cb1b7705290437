import { control, workflows } from "../control.ts";
import { commandsOf, linesOf, scriptsOf, shellScripts } from "../evidence/pipeline.ts";
import type { Place } from "../evidence/value.ts";
import { withoutCi } from "../reasons.ts";

const PIPED =
  /\b(curl|wget)\b.*\|\s*(sudo\s+)?(\S*\/)?(ba|z|da)?(sh|python3?|node|perl|ruby|tar)\b|(\b(ba|z)?sh|source|\.)\s+(-c\s+["']?\$\(|<\()\s*(curl|wget)/;
const FETCHES = /^(curl|wget)\b/;
const CHECKS = /\b(sha(256|512)sum\b.*(-c|--check)|cosign\s+verify|gpg\s+--verify|shasum\b.*-c)/;
/** Packages of a registry, whose newest version anybody may have published. */
const UNPINNED =
  /^(npx|pnpm dlx|uvx|pipx run)\b|^(npm|pnpm|yarn)\b.*\s(-g|--global|global)\b|^(pip3?|python3? -m pip)\s+install\b(?!.*--require-hashes)|^go\s+(install|run)\s+\S+@|^(cargo|gem)\s+install\b|^gh\s+extension\s+(install|upgrade)\b|^docker\s+(buildx\s+)?build\b.*https?:|^(ruby|perl|php|python3?|node)\b.*(https?:|open-uri|urllib|LWP|fetch\()/;
/** TLS that anybody may answer. */
const INSECURE = /^(curl\b.*\s(-\w*k\w*|--insecure)\b|wget\b.*--no-check-certificate)/;
const RAW = /^(nc|ncat|netcat|socat|telnet)\b|\/dev\/(tcp|udp)\//;

export default control({
  id: "pipelines.no-unchecked-downloads",
  title:
    "No pipeline runs what it has just downloaded without a checksum, or opens a raw connection",
  why: "Whoever controls the server, or takes over the package, runs commands with the role of the job.",
  severity: "high",
  mapping: { checkov: ["CKV_GHA_4"], nsaCisa: ["Upgrading and application security practices"] },
  notApplicable: withoutCi,
  evidence: [
    workflows((subject, probe) => {
      const piped = (text: string, name: string, place: (line: number) => Place): void => {
        for (const each of linesOf(text))
          probe.that(
            !PIPED.test(each.text),
            place(each.line),
            `${name} runs a download: ${each.text.slice(0, 80)}`,
          );
      };
      for (const script of scriptsOf(subject)) {
        piped(script.text, script.name, script.place);
        for (const { text, line } of commandsOf(script.text)) {
          if (FETCHES.test(text))
            probe.that(
              CHECKS.test(script.text),
              script.place(line),
              `${script.name} downloads without a checksum: ${text.slice(0, 80)}`,
            );
          probe.that(
            !INSECURE.test(text),
            script.place(line),
            `${script.name} does not ask who answers: ${text.slice(0, 80)}`,
          );
          probe.that(
            !UNPINNED.test(text),
            script.place(line),
            `${script.name} runs a package that nothing pins: ${text.slice(0, 80)}`,
          );
          probe.that(
            !RAW.test(text),
            script.place(line),
            `${script.name} opens a connection by hand: ${text.slice(0, 80)}`,
          );
        }
      }
      piped(subject.file("Makefile")?.text ?? "", "Makefile", (line) => ({
        file: "Makefile",
        line: line + 1,
      }));
      for (const path of shellScripts(subject))
        piped(subject.file(path)?.text ?? "", path, (line) => ({ file: path, line: line + 1 }));
    }),
  ],
  fix: "Use an action that is pinned, or download a named version and compare it with sha256sum --check.",
  mutants: [
    {
      title: "curl | sh",
      edits: [
        {
          file: ".github/workflows/pull-request.yml",
          replace: "        run: make test\n",
          with: "        run: |\n          curl -fsSL https://tools.example/install.sh | sudo bash\n          make test\n",
        },
      ],
    },
    {
      title: "A binary into a file, then run",
      edits: [
        {
          file: ".github/actions/setup/action.yml",
          replace: '        mkdir -p "$HOME',
          with: '        curl -fsSLo /usr/local/bin/tflint https://tools.example/tflint\n        chmod +x /usr/local/bin/tflint\n        mkdir -p "$HOME',
        },
      ],
    },
    {
      title: "In a script that jobs run",
      edits: [
        {
          file: "scripts/plan-offline",
          replace: "scratch=$(mktemp -d)\n",
          with: "scratch=$(mktemp -d)\nbash <(curl -fsSL https://tools.example/install.sh)\n",
        },
      ],
    },
    {
      title: "GitLab runs the newest package of a registry",
      of: "government",
      edits: [
        {
          file: ".gitlab-ci.yml",
          replace: "    - make validate\n",
          with: "    - npx terraform-lint\n    - make validate\n",
        },
      ],
    },
  ],
});
