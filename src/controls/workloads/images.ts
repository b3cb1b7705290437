import { control, manifests } from "../control.ts";
import { inProduction } from "../evidence/edits.ts";
import { containersOf, data, everyPod, items, titleOf } from "../evidence/kubernetes.ts";

/** A digest, or a tag that names one build: three numbers, a day or a commit. */
const isExact = (image: string): boolean => {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return true;
  const tag = /:([\w][\w.-]*)$/.exec(image)?.[1] ?? "";
  return /^v?\d+\.\d+\.\d+/.test(tag) || /^\d{8}/.test(tag) || /(^|[-_.])[0-9a-f]{7,40}$/.test(tag);
};

const running = (image: string): string =>
  `apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: migrate\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n        - name: migrate\n          image: ${image}\n`;

export default control({
  id: "workloads.images",
  title: "Images are named by digest, or by a tag that is one build",
  why: "A tag such as latest is another image tomorrow: whoever pushes it runs code in the cluster without a review.",
  severity: "medium",
  mapping: {
    nsaCisa: ["Pod security", "Upgrading and application security practices"],
    checkov: ["CKV_K8S_14"],
    trivy: ["KSV-0013"],
  },
  evidence: [
    manifests((subject, probe) => {
      everyPod(subject, probe, (pod, manifest, scope) => {
        const images = [
          ...containersOf(pod).map(({ container, path }) => ({
            image: container.image,
            path: [...path, "image"],
          })),
          ...items(pod.spec.volumes).flatMap((volume, index) => {
            const { image } = data(volume);
            const path = [...pod.path, "volumes", index, "image"];
            return image === undefined ? [] : [{ image: data(image).reference, path }];
          }),
        ];
        for (const { image, path } of images)
          probe.that(
            typeof image === "string" && isExact(image),
            manifest.placeOf(...path),
            `${titleOf(manifest)} runs ${image ?? "no image"}, which names no one build`,
            scope,
          );
      });
    }),
  ],
  fix: "Write the image with its digest, name@sha256:…, or with its whole version.",
  mutants: [
    { title: "The newest", edits: inProduction(running("registry.example/migrate:latest")) },
    {
      title: "No tag, behind a port",
      edits: inProduction(running("registry.example:5000/migrate")),
    },
    { title: "A tag that moves with each patch", edits: inProduction(running("postgres:17")) },
  ],
});
