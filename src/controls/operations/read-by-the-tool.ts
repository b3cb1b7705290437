import { control, files } from "../control.ts";

const OF_TOFU = /\.tofu(\.json)?$|\.tofutest\.hcl(\.json)?$/;

export default control({
  id: "operations.read-by-the-tool",
  title: "Every file of the configuration is read by the tool that applies it",
  why: "Terraform passes over a .tofu file, and OpenTofu over the .tf file of the same name: a detector, an alarm or a guard that is moved into one is still in the repository, and gone from the account.",
  severity: "high",
  mapping: {},
  evidence: [
    files((subject, probe) => {
      const isTofu = subject.config?.iac === "opentofu";
      const paths = new Set(subject.paths);
      probe.that(true, { file: ".", line: 1 }, "");
      for (const path of subject.paths.filter((each) => OF_TOFU.test(each))) {
        const other = path.replace(/\.tofu(?=(test\.hcl)?(\.json)?$)/, ".tf");
        const at = (file: string) => ({ file, line: 1 });
        if (isTofu)
          probe.that(!paths.has(other), at(other), `OpenTofu reads ${path} and not ${other}`);
        else probe.wrong(at(path), `Terraform does not read ${path}`);
      }
    }),
  ],
  fix: "Write it in files that end in .tf.",
  mutants: [
    {
      title: "A detector that Terraform does not see",
      edits: [
        {
          file: "accounts/prod/main.guardduty.tofu",
          create: 'module "guardduty" {\n  source = "../../modules/guardduty"\n}\n',
        },
      ],
    },
    {
      title: "An empty file in place of the one with the alarms",
      of: "bank",
      edits: [{ file: "modules/break-glass/main.alarms.tofu", create: "# Later.\n" }],
    },
  ],
});
