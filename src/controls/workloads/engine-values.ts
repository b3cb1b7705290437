import { control, files } from "../control.ts";

const FILE = "scripts/lib/network-policy-engine.sh";

export default control({
  id: "workloads.engine-values",
  title: "The engine's chart gets the values in kubernetes/engine and no others",
  why: "A value set on the command line wins over the file, so what is reviewed there would not be what runs.",
  severity: "medium",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  notApplicable: ({ networkPolicy }) =>
    networkPolicy === "vpc-cni"
      ? "the VPC CNI's agent comes with its add-on, without a chart"
      : undefined,
  evidence: [
    files((subject, probe) => {
      const text = subject.file(FILE)?.text ?? "";
      const lines = text.split("\n");
      const at = (pattern: RegExp): { file: string; line: number } => ({
        file: FILE,
        line: lines.findIndex((line) => pattern.test(line)) + 1 || 1,
      });
      const values = [...text.matchAll(/(?:--values|\s-f)[ =]("?)(\S+?)\1(?=\s|$)/g)].map(
        ([, , path = ""]) => path,
      );
      const own = /^\$(ENGINE_DIRECTORY|REPOSITORY_ROOT\/kubernetes\/engine)\/values\.yaml$/;
      probe.that(
        values.length > 0 && values.every((path) => own.test(path)),
        at(/--values|\s-f\s/),
        `${FILE} gives the chart ${values.join(", ") || "no values"}, it must be kubernetes/engine/values.yaml alone`,
      );
      const directory = /^ENGINE_DIRECTORY=(.*)$/m.exec(text)?.[1];
      probe.that(
        directory === undefined || directory === "$REPOSITORY_ROOT/kubernetes/engine",
        at(/^ENGINE_DIRECTORY=/),
        `ENGINE_DIRECTORY is ${directory}, it must be $REPOSITORY_ROOT/kubernetes/engine`,
      );
      probe.that(
        !/--set\b|--set-|--post-renderer|--reuse-values/.test(text),
        at(/--set|--post-renderer|--reuse-values/),
        `${FILE} changes the chart past kubernetes/engine/values.yaml`,
      );
    }),
  ],
  fix: "Move the value into kubernetes/engine/values.yaml.",
  mutants: [
    {
      title: "A value on the command line",
      edits: [
        {
          file: FILE,
          replace: '--values "$ENGINE_DIRECTORY/values.yaml"',
          with: '--values "$ENGINE_DIRECTORY/values.yaml" --set goldmane.enabled=true',
        },
      ],
    },
    {
      title: "A second file of values",
      edits: [
        {
          file: FILE,
          replace: '--values "$ENGINE_DIRECTORY/values.yaml"',
          with: '--values "$ENGINE_DIRECTORY/values.yaml" --values "$ENGINE_DIRECTORY/more.yaml"',
        },
      ],
    },
    {
      title: "The chart's defaults",
      of: "bank",
      edits: [
        {
          file: FILE,
          replace: ' --values "$REPOSITORY_ROOT/kubernetes/engine/values.yaml"',
          with: "",
        },
      ],
    },
  ],
});
