import { control, files } from "../control.ts";
import { gitlabJobs } from "../evidence/gitlab.ts";
import { terraformFiles } from "../evidence/hcl.ts";
import { data } from "../evidence/kubernetes.ts";
import { actionOf, allSteps } from "../evidence/workflow.ts";

/** Older ones know no lock in the bucket itself, and read no checksum of a cached provider. */
const LEAST: readonly [number, number] = [1, 10];

const atLeast = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1]);
};

export default control({
  id: "supply-chain.tool-versions",
  title: "Every root and module names the oldest Terraform it runs on, and CI installs exactly one",
  why: "Whatever version the tool's server offers that day would write the state, and an older one ignores locks and checks.",
  severity: "medium",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  evidence: [
    files((subject, probe) => {
      const required = new Map<string, boolean>();
      for (const file of terraformFiles(subject)) {
        if (!/\.(tf|tofu)$/.test(file.path)) continue;
        const folder = file.path.slice(0, file.path.lastIndexOf("/"));
        required.set(folder, required.get(folder) ?? false);
        for (const { type, labels, lines } of file.blocks) {
          if (type !== "terraform" || labels.length > 0) continue;
          for (const { text, place } of lines()) {
            const version = /^\s*required_version\s*=\s*"([^"]*)"/.exec(text)?.[1];
            if (version === undefined) continue;
            required.set(folder, true);
            const least = /(?:>=|~>|^=?)\s*(\d+\.\d+(\.\d+)?)/.exec(version)?.[1];
            probe.that(
              least !== undefined && atLeast(least),
              place,
              `required_version is ${version}, it must be at least ${LEAST.join(".")}`,
            );
          }
        }
      }
      for (const [folder, named] of required)
        probe.that(
          named,
          { file: `${folder}/terraform.tf`, line: 1 },
          `${folder} has no required_version`,
        );
      for (const { file, step, path } of allSteps(subject)) {
        const tool = /(^|\/)setup-(terraform|opentofu)$/.exec(actionOf(step))?.[2];
        if (tool === undefined) continue;
        const input = tool === "terraform" ? "terraform_version" : "tofu_version";
        const version = data(step.with)[input];
        probe.that(
          typeof version === "string" && /^\d+\.\d+\.\d+$/.test(version) && atLeast(version),
          file.placeOf(...path, "with", input),
          `${input} is ${version ?? "not set"}, it must be one version in full`,
        );
      }
      for (const { job, placeOf } of gitlabJobs(subject)) {
        const image = String(data(job.image).name ?? job.image);
        const version = /(?:terraform|opentofu)[\w/-]*:([^@]*)/.exec(image)?.[1];
        if (version !== undefined)
          probe.that(
            /^\d+\.\d+\.\d+$/.test(version) && atLeast(version),
            placeOf("image", "name"),
            `the image is ${image}, it must be one version in full`,
          );
      }
    }),
  ],
  fix: 'Set required_version = ">= 1.11" in each terraform.tf, and the full version where CI installs the tool.',
  mutants: [
    {
      title: "CI installs the newest",
      edits: [{ file: ".github/actions/setup/action.yml", replace: '"1.11.4"', with: "latest" }],
    },
    {
      title: "CI takes the action's default",
      edits: [
        {
          file: ".github/actions/setup/action.yml",
          replace: '        terraform_version: "1.11.4"\n',
          with: "",
        },
      ],
    },
    {
      title: "A root runs on any version",
      of: "startup",
      edits: [
        {
          file: "environments/prod/terraform.tf",
          replace: /required_version = .*/,
          with: 'required_version = ">= 1.0"',
        },
      ],
    },
    {
      title: "A module says nothing",
      edits: [
        { file: "modules/keys/terraform.tf", replace: /.*required_version = .*\n/, with: "" },
      ],
    },
  ],
});
