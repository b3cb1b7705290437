import { control, terraform } from "../control.ts";
import { startedNodes } from "../evidence/nodes.ts";

/** Kernel parameters that have to be what a hardened host has. */
const HARDENED: Readonly<Record<string, string>> = {
  "kernel.dmesg_restrict": "1",
  "kernel.kptr_restrict": "2",
  "kernel.unprivileged_bpf_disabled": "1",
  ...Object.fromEntries(
    ["all", "default"].flatMap((where) => [
      [`net.ipv4.conf.${where}.accept_redirects`, "0"],
      [`net.ipv4.conf.${where}.accept_source_route`, "0"],
      [`net.ipv4.conf.${where}.log_martians`, "1"],
      [`net.ipv4.conf.${where}.secure_redirects`, "0"],
      [`net.ipv4.conf.${where}.send_redirects`, "0"],
      [`net.ipv6.conf.${where}.accept_redirects`, "0"],
      [`net.ipv6.conf.${where}.accept_source_route`, "0"],
    ]),
  ),
};

/** Parameters of speed and size. */
const TUNING =
  /^(vm\.|net\.core\.|net\.netfilter\.nf_conntrack_|net\.ipv4\.(tcp_(?!syncookies)|ip_local_port_range)|fs\.(inotify\.|file-max|nr_open|aio-max-nr))/;

/** Settings of Bottlerocket that harden or tune; each of the first four has a Control of its own. */
const BOTTLEROCKET = [
  /^settings\.host-containers\.(admin|control)\.(enabled|superpowered)$/,
  /^settings\.bootstrap-(containers|commands)\b/,
  /^settings\.kernel\.lockdown$/,
  /^settings\.kubernetes\.(pod-pids-limit|seccomp-default|server-tls-bootstrap|server-certificate|server-key|authentication-mode|bootstrap-token|static-pods\b.*|read-only-port|anonymous-auth|hostname-override|standalone-mode|cluster-certificate|api-server)/,
  /^settings\.kubernetes\.(container-log|cpu|event|eviction|image-gc|kube-api|kube-reserved|log-level|max-pods|memory-manager|node-labels|node-taints|pods-per-core|registry-(burst|qps)|reserved-cpus|shutdown-grace|single-process-oom|system-reserved|topology)/,
  /^settings\.metrics\.send-metrics$/,
];

/** What of a NodeConfig is judged elsewhere, or says nothing about trust. */
const NODE_CONFIG = [
  /^(apiVersion|kind)$/,
  /^spec\.kubelet\.(config|flags)\./,
  /^spec\.instance\.localStorage\b/,
];

export default control({
  id: "nodes.listed-settings",
  title: "User data sets what hardens or tunes a node, and nothing that leads it elsewhere",
  why: "A registry mirror, a name in the hosts table, a proxy or another place for updates makes the node run and trust what somebody else serves, with every image name still as reviewed.",
  severity: "high",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  evidence: [
    terraform((subject, probe) => {
      for (const { template, data } of startedNodes(subject, probe))
        for (const { path, value, place } of data.settings) {
          const sysctl = /^settings\.kernel\.sysctl\.(.+)$/.exec(path)?.[1];
          const isModule = /^settings\.kernel\.modules\.[^.]+\.allowed$/.test(path);
          const wanted = sysctl === undefined ? undefined : HARDENED[sysctl];
          if (wanted !== undefined || isModule)
            probe.that(
              String(value) === (wanted ?? "false"),
              place,
              `${template.address}: ${path} is ${JSON.stringify(value)}, it must be ${wanted ?? "false"}`,
              template.root,
            );
          else
            probe.that(
              sysctl === undefined
                ? [...BOTTLEROCKET, ...NODE_CONFIG].some((known) => known.test(path))
                : TUNING.test(sysctl),
              place,
              `${template.address}: user data sets ${path}, which nothing here needs`,
              template.root,
            );
        }
    }),
  ],
  fix: "Take the setting out; what every node needs besides belongs into its image.",
  mutants: [
    ...(
      [
        [
          "A mirror in front of every registry",
          '[[settings.container-registry.mirrors]]\nregistry = "*"\nendpoint = ["https://mirror.example"]\n',
        ],
        [
          "A name of AWS at another address",
          '[settings.network]\nhosts = [["203.0.113.7", ["sts.us-east-1.amazonaws.com"]]]\n',
        ],
        [
          "A proxy for everything",
          '[settings.network]\nhttps-proxy = "http://proxy.example:3128"\n',
        ],
        [
          "Updates from somewhere else",
          '[settings.updates]\ntargets-base-url = "https://updates.example"\n',
        ],
        [
          "Capabilities for every container",
          "[settings.oci-defaults.capabilities]\nsys-admin = true\n",
        ],
        [
          "Boot parameters of the kernel",
          '[settings.boot.kernel-parameters]\n"mitigations" = ["off"]\n',
        ],
      ] as const
    ).map(([title, text]) => ({
      title,
      edits: [{ file: "modules/nodes/user-data/bottlerocket.toml", append: `\n${text}` }],
    })),
    {
      title: "Redirects are followed",
      edits: [
        {
          file: "modules/nodes/user-data/bottlerocket.toml",
          replace: '"net.ipv4.conf.all.accept_redirects" = "0"',
          with: '"net.ipv4.conf.all.accept_redirects" = "1"',
        },
      ],
    },
    {
      title: "A mirror in containerd's own words",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/user-data/amazon-linux.mime",
          replace: "  kubelet:\n    config:\n",
          with: '  containerd:\n    config: |\n      [plugins."io.containerd.grpc.v1.cri".registry]\n      config_path = "/etc/mirror"\n  kubelet:\n    config:\n',
        },
      ],
    },
  ],
});
