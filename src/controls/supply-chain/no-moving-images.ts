import { control, manifests } from "../control.ts";
import { isData } from "../evidence/kubernetes.ts";
import type { Place } from "../evidence/value.ts";

const MOVING = /^(latest|stable|main|master|edge|nightly|dev|canary|rolling|lts)$/i;

/** A digest, or a tag with a number in it. */
function isPinned(image: string): boolean {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return true;
  const tag = /:([\w][\w.-]*)$/.exec(image.slice(image.lastIndexOf("/") + 1))?.[1];
  return tag !== undefined && !MOVING.test(tag) && /\d/.test(tag);
}

export default control({
  id: "supply-chain.no-moving-images",
  title: "No manifest, chart value or Terraform file names an image by a tag that moves",
  why: "A pod that restarts pulls whatever the tag points to by then: the image that ran is in no commit, and a stolen registry account is enough.",
  severity: "medium",
  mapping: {
    nsaCisa: ["Upgrading and application security practices"],
    checkov: ["CKV_K8S_14"],
    trivy: ["KSV-0013"],
  },
  evidence: [
    manifests((subject, probe) => {
      const walk = (
        value: unknown,
        path: (string | number)[],
        place: (...path: (string | number)[]) => Place,
        scope?: string,
      ): void => {
        if (Array.isArray(value))
          for (const [index, each] of value.entries()) walk(each, [...path, index], place, scope);
        else if (isData(value))
          for (const [key, each] of Object.entries(value)) {
            const here = [...path, key];
            if (key === "image" && typeof each === "string" && each !== "")
              probe.that(
                isPinned(each),
                place(...here),
                `image ${each} has a tag that moves, or none`,
                scope,
              );
            else if (/^(image)?tag$/i.test(key) && typeof each === "string")
              probe.that(!MOVING.test(each), place(...here), `${key} ${each} moves`, scope);
            else walk(each, here, place, scope);
          }
      };
      for (const overlay of probe.overlays(subject)) {
        probe.that(true, overlay.place, "");
        for (const { object, placeOf } of overlay.manifests)
          walk(object, [], placeOf, overlay.path);
      }
      for (const { object, placeOf } of subject.engine) walk(object, [], placeOf);
      if (subject.engineValues !== undefined)
        walk(subject.engineValues.data, [], subject.engineValues.placeOf);
      // Also what no overlay takes in yet, and what is written into a text.
      for (const path of subject.paths)
        if (/^kubernetes\/.*\.ya?ml$|\.(tf|tofu)$/.test(path))
          (subject.file(path)?.text ?? "").split("\n").forEach((text, index) => {
            if (text.includes(":latest") && /[\w/.-]:latest\b/.test(text.replace(/(^|\s)#.*$/, "")))
              probe.wrong(
                { file: path, line: index + 1 },
                `${text.trim().slice(0, 80)} names an image by :latest`,
              );
          });
    }),
  ],
  fix: "Name images as repository@sha256:<digest>, or by a tag with the full version.",
  mutants: [
    {
      title: "A workload with :latest",
      edits: [
        {
          file: "kubernetes/base/namespaces/production/kustomization.yaml",
          replace: "resources:\n",
          with: "resources:\n  - agent.yaml\n",
        },
        {
          file: "kubernetes/base/namespaces/production/agent.yaml",
          create:
            "apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: agent\nspec:\n  schedule: '0 4 * * *'\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: Never\n          containers:\n            - name: agent\n              image: registry.example/agent:latest\n",
        },
      ],
    },
    {
      title: "No tag at all, in one environment",
      edits: [
        {
          file: "kubernetes/overlays/prod/kustomization.yaml",
          replace: "resources:\n",
          with: "resources:\n  - agent.yaml\n",
        },
        {
          file: "kubernetes/overlays/prod/agent.yaml",
          create:
            "apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: agent\n  namespace: production\nspec:\n  selector:\n    matchLabels: {app: agent}\n  template:\n    metadata:\n      labels: {app: agent}\n    spec:\n      containers:\n        - name: agent\n          image: registry.example:5000/agent\n",
        },
      ],
    },
    {
      title: "A moving tag in the engine's values",
      of: "bank",
      edits: [{ file: "kubernetes/engine/values.yaml", append: "image:\n  tag: stable\n" }],
    },
  ],
});
