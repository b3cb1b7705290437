import { control, terraform } from "../control.ts";
import {
  expectUnweakened,
  isFalse,
  isTrue,
  type KubeletSetting,
  kubeletSettings,
  settingsAt,
  startedNodes,
} from "../evidence/nodes.ts";

/** The default of kubelets for years; fewer lose events of an attack. */
const LEAST_EVENTS = 5;

const isZero = (value: unknown): boolean => /^0+(\.0+)?(ns|us|ms|s|m|h)?$/.test(String(value));

interface Kept extends KubeletSetting {
  /** The same on Bottlerocket, where there is one. */
  bottlerocket?: string;
  words: string;
  isRight(value: unknown): boolean;
}

const KEPT: readonly Kept[] = [
  {
    config: "streamingConnectionIdleTimeout",
    flag: "streaming-connection-idle-timeout",
    words: "not be 0, which keeps an idle exec session for ever",
    isRight: (value) => !isZero(value),
  },
  {
    config: "makeIPTablesUtilChains",
    flag: "make-iptables-util-chains",
    words: "be true",
    isRight: isTrue,
  },
  {
    config: "eventRecordQPS",
    flag: "event-qps",
    bottlerocket: "settings.kubernetes.event-qps",
    words: `be 0, which is without limit, or at least ${LEAST_EVENTS}`,
    isRight: (value) => Number(value) === 0 || Number(value) >= LEAST_EVENTS,
  },
  {
    config: "rotateCertificates",
    flag: "rotate-certificates",
    words: "be true",
    isRight: isTrue,
  },
  {
    config: "allowedUnsafeSysctls",
    flag: "allowed-unsafe-sysctls",
    bottlerocket: "settings.kubernetes.allowed-unsafe-sysctls",
    words: "be empty: these reach beyond the pod",
    isRight: (value) => String(value) === "",
  },
  // Pods from a file of the node pass no admission.
  ...["staticPodPath", "staticPodURL"].map((config) => ({
    config,
    flag: config === "staticPodURL" ? "manifest-url" : "pod-manifest-path",
    bottlerocket: "settings.kubernetes.static-pods",
    words: "not be set: such pods pass no admission",
    isRight: (value: unknown) => isFalse(value) || value === "",
  })),
];

export default control({
  id: "nodes.kubelet-defaults",
  title: "User data keeps the kubelet's safe defaults",
  why: "Each of these is right as long as nobody touches it: idle sessions end, firewall chains stand, events are kept, certificates rotate, and no pod comes from a file of the node.",
  severity: "medium",
  mapping: {
    cisEks: ["3.2.5", "3.2.6", "3.2.7", "3.2.8"],
    nsaCisa: ["Authentication and authorization"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const node of startedNodes(subject, probe))
        for (const setting of KEPT)
          expectUnweakened(
            probe,
            node,
            [
              ...kubeletSettings(node, setting),
              ...(setting.bottlerocket === undefined ? [] : settingsAt(node, setting.bottlerocket)),
            ],
            setting.words,
            setting.isRight,
          );
    }),
  ],
  fix: "Remove the setting from the user data: its default is the safe value.",
  mutants: [
    {
      title: "Idle sessions never end",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/user-data/amazon-linux.mime",
          replace: "    config:\n",
          with: "    config:\n      streamingConnectionIdleTimeout: 0s\n",
        },
      ],
    },
    {
      title: "One event a second",
      edits: [
        {
          file: "modules/nodes/user-data/bottlerocket.toml",
          append: "event-qps = 1\n",
        },
      ],
    },
    {
      title: "No firewall chains and no rotation, by flags",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/user-data/amazon-linux.mime",
          replace: "  kubelet:\n",
          with: "  kubelet:\n    flags:\n      - --make-iptables-util-chains=false\n      - --rotate-certificates=false\n",
        },
      ],
    },
    {
      title: "A pod from a manifest in the user data",
      edits: [
        {
          file: "modules/nodes/user-data/bottlerocket.toml",
          append:
            '\n[settings.kubernetes.static-pods.agent]\nenabled = true\nmanifest = "YXBpVmVyc2lvbjogdjE="\n',
        },
      ],
    },
  ],
});
