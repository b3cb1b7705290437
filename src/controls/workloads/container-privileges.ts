import { control, manifests } from "../control.ts";
import { inProduction } from "../evidence/edits.ts";
import { containersOf, data, everyPod, items, strings, titleOf } from "../evidence/kubernetes.ts";

const PROFILES = ["RuntimeDefault", "Localhost"];

const withContext = (context: string): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  selector:\n    matchLabels:\n      app: web\n  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      securityContext:\n        runAsNonRoot: true\n        seccompProfile:\n          type: RuntimeDefault\n      containers:\n        - name: web\n          image: registry.example/web:1.2.3\n          securityContext:\n            ${context.replaceAll("\n", "\n            ")}\n`;

export default control({
  id: "workloads.container-privileges",
  title: "Containers run as a user without capabilities, under the runtime's seccomp profile",
  why: "A process that is not root and gains nothing has few ways left to use the kernel's next bug.",
  severity: "high",
  mapping: {
    cisEks: ["4.2.5"],
    nsaCisa: ["Pod security"],
    checkov: ["CKV_K8S_20", "CKV_K8S_23", "CKV_K8S_29", "CKV_K8S_30", "CKV_K8S_31", "CKV_K8S_37"],
    trivy: ["KSV-0001", "KSV-0003", "KSV-0012", "KSV-0030", "KSV-0104", "KSV-0105", "KSV-0106"],
  },
  evidence: [
    manifests((subject, probe) => {
      everyPod(subject, probe, (pod, manifest, scope) => {
        const common = data(pod.spec.securityContext);
        for (const { container, path } of containersOf(pod)) {
          const own = data(container.securityContext);
          const setting = (name: string): unknown => own[name] ?? common[name];
          const must = (ok: boolean, what: string, name: string): void => {
            probe.that(
              ok,
              manifest.placeOf(...path, "securityContext", name),
              `${titleOf(manifest)}: ${container.name} must ${what}`,
              scope,
            );
          };
          must(
            own.allowPrivilegeEscalation === false,
            "set allowPrivilegeEscalation: false",
            "allowPrivilegeEscalation",
          );
          must(setting("runAsNonRoot") === true, "set runAsNonRoot: true", "runAsNonRoot");
          must(setting("runAsUser") !== 0, "not run as user 0", "runAsUser");
          must(
            PROFILES.includes(String(data(setting("seccompProfile")).type)),
            "have the seccomp profile RuntimeDefault",
            "seccompProfile",
          );
          const { drop, add } = data(own.capabilities);
          must(strings(drop).includes("ALL"), "drop ALL capabilities", "capabilities");
          must(
            items(add).every((capability) => capability === "NET_BIND_SERVICE"),
            `not add ${strings(add).join(", ")}`,
            "capabilities",
          );
          must(
            data(setting("appArmorProfile")).type !== "Unconfined",
            "keep its AppArmor profile",
            "appArmorProfile",
          );
          const { type, user, role } = data(setting("seLinuxOptions"));
          must(
            ["", "container_t", "container_init_t", "container_kvm_t", undefined].includes(
              type as undefined,
            ) &&
              user === undefined &&
              role === undefined,
            "keep its SELinux type",
            "seLinuxOptions",
          );
          must(
            ["Default", undefined].includes(own.procMount as undefined),
            "keep the default procMount",
            "procMount",
          );
        }
      });
    }),
  ],
  fix: "Set runAsNonRoot, seccompProfile RuntimeDefault, allowPrivilegeEscalation: false and capabilities.drop: [ALL].",
  mutants: [
    {
      title: "A container that says nothing",
      edits: inProduction(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: shell\nspec:\n  containers:\n    - name: shell\n      image: registry.example/shell:1.2.3\n",
      ),
    },
    {
      title: "Root after all, over what the pod says",
      edits: inProduction(
        withContext(
          "allowPrivilegeEscalation: false\nrunAsUser: 0\nrunAsNonRoot: false\ncapabilities:\n  drop: [ALL]",
        ),
      ),
    },
    {
      title: "A capability that is as good as root",
      edits: inProduction(
        withContext(
          "allowPrivilegeEscalation: false\ncapabilities:\n  drop: [ALL]\n  add: [SYS_ADMIN]",
        ),
      ),
    },
    {
      title: "Escalation by its default",
      edits: inProduction(withContext("capabilities:\n  drop: [ALL]")),
    },
  ],
});
