import { control, terraform } from "../control.ts";
import { isTrue, settingsAt, startedNodes } from "../evidence/nodes.ts";

/** What Bottlerocket runs as root, or with the host's privileges, at boot. */
const RUNS = ["settings.bootstrap-containers", "settings.bootstrap-commands"];

export default control({
  id: "nodes.user-data-settings",
  title: "User data holds settings and starts no program",
  why: "A boot script runs as root before every agent: it can open the kubelet's files, fetch what nobody reviewed, and undo each setting beside it.",
  severity: "high",
  mapping: {
    cisEks: ["3.1.1", "3.1.2", "3.1.3", "3.1.4"],
    nsaCisa: ["Upgrading and application security practices"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const node of startedNodes(subject, probe)) {
        const { template, data } = node;
        probe.that(
          data.settings.length > 0 || data.unread.length > 0,
          data.place,
          `${template.address}: user data holds no settings`,
          template.root,
        );
        for (const { what, place } of data.programs)
          probe.wrong(
            place,
            `${template.address}: user data has a part of type ${what}, which runs as root at boot`,
            template.root,
          );
        for (const path of RUNS)
          for (const { path: found, place } of settingsAt(node, path))
            probe.wrong(
              place,
              `${template.address}: user data sets ${found}, which runs at boot`,
              template.root,
            );
        for (const { path, value, place } of settingsAt(node, "settings.host-containers"))
          probe.that(
            !path.endsWith(".superpowered") || !isTrue(value),
            place,
            `${template.address}: ${path} is true, so that container is root on the host`,
            template.root,
          );
      }
    }),
  ],
  fix: "Remove scripts, bootstrap containers and superpowered host containers from the user data; what a node needs belongs into its image or a DaemonSet.",
  mutants: [
    {
      title: "A shell script as a second part",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/user-data/amazon-linux.mime",
          replace: "--BOUNDARY--\n",
          with: '--BOUNDARY\nContent-Type: text/x-shellscript; charset="us-ascii"\n\n#!/bin/bash\nchmod 0666 /etc/kubernetes/kubelet/config.json\n\n--BOUNDARY--\n',
        },
      ],
    },
    {
      title: "cloud-init writes a file",
      of: "startup",
      edits: [
        {
          file: "modules/nodes/user-data/amazon-linux.mime",
          replace: "--BOUNDARY\nContent-Type: application/node.eks.aws\n",
          with: "--BOUNDARY\nContent-Type: text/cloud-config\n\n#cloud-config\nruncmd:\n  - chown ec2-user /var/lib/kubelet/kubeconfig\n\n--BOUNDARY\nContent-Type: application/node.eks.aws\n",
        },
      ],
    },
    {
      title: "A bootstrap container",
      edits: [
        {
          file: "modules/nodes/user-data/bottlerocket.toml",
          append:
            '\n[settings.bootstrap-containers.setup]\nsource = "111122223333.dkr.ecr.us-east-1.amazonaws.com/setup:v1"\nmode = "always"\n',
        },
      ],
    },
    {
      title: "User data comes from a template that is filled in at apply",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: '? file("${path.module}/user-data/bottlerocket.toml")',
          with: '? templatefile("${path.module}/user-data/bottlerocket.toml", { lockdown = "none" })',
        },
        {
          file: "modules/nodes/user-data/bottlerocket.toml",
          replace: 'lockdown = "integrity"',
          with: 'lockdown = "${lockdown}"',
        },
      ],
    },
  ],
});
