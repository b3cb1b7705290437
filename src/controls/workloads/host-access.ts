import { control, manifests } from "../control.ts";
import { inBase, inEngine, inProduction } from "../evidence/edits.ts";
import {
  containersOf,
  type Data,
  data,
  everyObject,
  everyPod,
  items,
  specOf,
  titleOf,
} from "../evidence/kubernetes.ts";

/** What Pod Security's level restricted lets a pod mount. */
const VOLUMES = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

const probesOf = (container: Data): [string, unknown][] => [
  ...["livenessProbe", "readinessProbe", "startupProbe"].map((name): [string, unknown] => [
    name,
    container[name],
  ]),
  ...["postStart", "preStop"].map((name): [string, unknown] => [
    "lifecycle",
    data(container.lifecycle)[name],
  ]),
];

/** kubectl reads YAML as it was before 1.2, when these were true. */
const isOn = (value: unknown): boolean => /^(true|yes|on|y)$/i.test(String(value));

export default control({
  id: "workloads.host-access",
  title: "No pod is privileged or uses namespaces, paths or ports of its node, by a volume either",
  why: "Such a pod is the node: it reads every other pod's memory and tokens and takes the node's role.",
  severity: "critical",
  mapping: {
    cisEks: ["4.2.1", "4.2.2", "4.2.3", "4.2.4"],
    nsaCisa: ["Pod security"],
    checkov: ["CKV_K8S_16", "CKV_K8S_17", "CKV_K8S_18", "CKV_K8S_19", "CKV_K8S_26", "CKV_K8S_27"],
    trivy: [
      "KSV-0006",
      "KSV-0008",
      "KSV-0009",
      "KSV-0010",
      "KSV-0017",
      "KSV-0023",
      "KSV-0024",
      "KSV-0103",
    ],
  },
  evidence: [
    manifests((subject, probe) => {
      // A claim is allowed to every pod: a volume that is a path of the node comes in by it.
      everyObject(subject, probe, (manifest, scope) => {
        const { hostPath, local } = specOf(manifest);
        if (manifest.kind === "PersistentVolume")
          probe.that(
            hostPath === undefined && local === undefined,
            manifest.placeOf("spec", hostPath === undefined ? "local" : "hostPath"),
            `${titleOf(manifest)} is a path of a node`,
            scope,
          );
      });
      everyPod(subject, probe, (pod, manifest, scope) => {
        const must = (ok: boolean, what: string, ...path: (string | number)[]): void => {
          probe.that(
            ok,
            manifest.placeOf(...pod.path, ...path),
            `${titleOf(manifest)}: ${what}`,
            scope,
          );
        };
        for (const name of ["hostNetwork", "hostPID", "hostIPC"])
          must(!isOn(pod.spec[name]), `${name} is on`, name);
        const isHostProcess = (context: unknown): boolean =>
          data(data(context).windowsOptions).hostProcess === true;
        must(
          !isHostProcess(pod.spec.securityContext),
          "it is a process of the host",
          "securityContext",
        );
        items(pod.spec.volumes).forEach((volume, index) => {
          must(
            data(volume).hostPath === undefined,
            `the volume ${data(volume).name} is a path of the node`,
            "volumes",
            index,
          );
          const other = Object.keys(data(volume)).find(
            (key) => key !== "name" && key !== "hostPath" && !VOLUMES.includes(key),
          );
          must(
            other === undefined,
            `the volume ${data(volume).name} is of the type ${other}`,
            "volumes",
            index,
          );
        });
        for (const { container, path } of containersOf(pod)) {
          const inside = path.slice(pod.path.length);
          const { privileged, windowsOptions } = data(container.securityContext);
          must(!isOn(privileged), `${container.name} is privileged`, ...inside, "securityContext");
          must(
            !isHostProcess({ windowsOptions }),
            `${container.name} is a process of the host`,
            ...inside,
            "securityContext",
          );
          for (const [name, handler] of probesOf(container))
            must(
              data(data(handler).httpGet).host === undefined &&
                data(data(handler).tcpSocket).host === undefined,
              `${name} of ${container.name} has the kubelet call another host`,
              ...inside,
              name,
            );
          must(
            items(container.ports).every((port) => !data(port).hostPort),
            `${container.name} takes a port of the node`,
            ...inside,
            "ports",
          );
        }
      });
    }),
  ],
  fix: "Take the setting out; what needs the node belongs into an add-on that AWS builds.",
  mutants: [
    {
      title: "A DaemonSet with the node's processes",
      edits: inEngine(
        "apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: agent\n  namespace: tigera-operator\nspec:\n  selector:\n    matchLabels:\n      app: agent\n  template:\n    metadata:\n      labels:\n        app: agent\n    spec:\n      hostPID: true\n      containers:\n        - name: agent\n          image: registry.example/agent:1.2.3\n",
      ),
    },
    {
      title: "A CronJob that mounts the node's disk",
      edits: inProduction(
        'apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: backup\nspec:\n  schedule: "0 3 * * *"\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: Never\n          containers:\n            - name: backup\n              image: registry.example/backup:1.2.3\n          volumes:\n            - name: host\n              hostPath:\n                path: /\n',
      ),
    },
    {
      title: "A volume that any pod may claim",
      edits: inBase(
        "apiVersion: v1\nkind: PersistentVolume\nmetadata:\n  name: host\nspec:\n  capacity:\n    storage: 1Gi\n  accessModes:\n    - ReadWriteOnce\n  hostPath:\n    path: /\n",
      ),
    },
    {
      title: "A privileged container that starts first, in a kind of an operator",
      edits: inProduction(
        "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      initContainers:\n        - name: tune\n          image: registry.example/tune:1.2.3\n          securityContext:\n            privileged: true\n      containers:\n        - name: web\n          image: registry.example/web:1.2.3\n",
      ),
    },
  ],
});
