import { control, files } from "../control.ts";

const SYSTEMS: readonly { name: string; ci?: string; path: RegExp }[] = [
  { name: "GitHub", ci: "github", path: /^\.github\/workflows\/.+\.ya?ml$/ },
  { name: "GitLab", ci: "gitlab", path: /^\.gitlab-ci\.ya?ml$/ },
  {
    name: "another CI system",
    path: /(^|\/)(Jenkinsfile.*|\.circleci\/.*|\.?azure-pipelines\.ya?ml|bitbucket-pipelines\.ya?ml|\.buildkite\/.*|\.travis\.yml|\.drone\.ya?ml|\.(gitea|forgejo)\/workflows\/.*|\.woodpecker.*|buildspec\.ya?ml|atlantis\.ya?ml|\.?appveyor\.ya?ml|\.cirrus\.ya?ml|cloudbuild\.ya?ml|codefresh\.ya?ml|Earthfile|\.harness\/.*|\.semaphore\/.*|\.spacelift\/.*|\.teamcity\/.*|\.tekton\/.*|dagger\.json)$/,
  },
  { name: "GitLab, in a folder", path: /\/\.gitlab-ci\.ya?ml$/ },
  {
    name: "a bot that merges, or changes the settings of the repository",
    path: /^(\.github\/(dependabot|kodiak|mergify|settings)\.(ya?ml|toml)|\.mergify(\/config)?\.ya?ml|\.kodiak\.toml|bors\.toml)$/,
  },
  {
    name: "a tool that is told what to run, or where to fetch from, on every developer's machine",
    path: /(^|\/)(\.npmrc|\.yarnrc(\.ya?ml)?|bunfig\.toml|pip\.conf|\.pypirc|\.terraformrc|terraform\.rc|\.tofurc|\.envrc|\.vscode\/tasks\.json|\.husky\/.*|lefthook\.ya?ml|\.lefthook\.ya?ml)$/,
  },
  {
    name: "an editor's machine, which runs it with the developer's credentials",
    path: /(^|\/)(\.devcontainer(\/.*)?|\.devcontainer\.json|\.gitpod\.ya?ml|devfile\.ya?ml)$/,
  },
];

export default control({
  id: "pipelines.only-named-ci",
  title: "The repository holds pipelines of no CI system but the one in hardened-eks.yaml",
  why: "A pipeline that no Control reads can hold keys and apply without review while the audit stays green.",
  severity: "medium",
  mapping: {},
  evidence: [
    files((subject, probe) => {
      const answered = subject.config?.ci ?? "none";
      for (const { name, ci, path } of SYSTEMS) {
        if (ci === answered) continue;
        const found = subject.paths.filter((each) => path.test(each));
        for (const file of found)
          probe.wrong(
            { file, line: 1 },
            `${file} is for ${name}, hardened-eks.yaml says ci: ${answered}: no Control checks what it does`,
          );
        if (found.length === 0) probe.that(true, { file: ".", line: 1 }, "");
      }
      // npx runs what a package of this name in the folder says.
      const file = "package.json";
      probe.that(
        !/"create-hardened-eks"\s*:|"name"\s*:\s*"create-hardened-eks"/.test(
          subject.file(file)?.text ?? "",
        ),
        { file, line: 1 },
        `${file} puts a program of its own, or another version, in place of create-hardened-eks`,
      );
    }),
  ],
  fix: "Name the CI system as ci in hardened-eks.yaml, or remove the pipelines of the others.",
  mutants: [
    {
      title: "The auditor is a program of the repository",
      edits: [
        {
          file: "package.json",
          create: '{ "name": "create-hardened-eks", "version": "1.0.0", "bin": "x.js" }\n',
        },
      ],
    },
    {
      title: "The answer is changed, the workflows stay",
      edits: [{ file: "hardened-eks.yaml", replace: "ci: github", with: "ci: none" }],
    },
    {
      title: "A bot that merges what is green",
      edits: [
        {
          file: ".mergify.yml",
          create:
            "pull_request_rules:\n  - name: merge\n    conditions: [check-success=gate]\n    actions:\n      merge: {}\n",
        },
      ],
    },
    {
      title: "Another registry for npx",
      edits: [{ file: ".npmrc", create: "registry=https://npm.example/\n" }],
    },
    {
      title: "A pipeline that waits in a folder",
      edits: [{ file: "modules/nodes/.tekton/apply.yaml", create: "kind: PipelineRun\n" }],
    },
    {
      title: "A Jenkinsfile beside the workflows",
      edits: [
        {
          file: "Jenkinsfile",
          create:
            "pipeline {\n  agent any\n  stages { stage('apply') { steps { sh 'make apply' } } }\n}\n",
        },
      ],
    },
    {
      title: "A workflow where no CI was answered",
      of: "startup",
      edits: [
        {
          file: ".github/workflows/deploy.yml",
          create:
            "on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make apply ROOT=environments/prod\n",
        },
      ],
    },
  ],
});
