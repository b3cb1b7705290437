import { control, terraform } from "../control.ts";
import { ofType } from "../evidence/probe.ts";
import { is, ownKey } from "../evidence/require.ts";
import { blocksOf } from "../evidence/value.ts";

export default control({
  id: "nodes.volumes-encrypted",
  title: "Every volume of a node is encrypted with a KMS key of this repository",
  why: "Images, logs, emptyDir volumes and service-account tokens lie on these disks; under aws/ebs nobody here can see or withdraw who decrypts a copy of them.",
  severity: "high",
  mapping: {
    checkov: ["CKV_AWS_3", "CKV_AWS_8", "CKV_AWS_189"],
    trivy: ["AWS-0008", "AWS-0026", "AWS-0027", "AWS-0131"],
  },
  evidence: [
    terraform((subject, probe) => {
      for (const root of probe.environments(subject)) {
        for (const template of probe.some(root, "launch template", "aws_launch_template")) {
          probe.expect(template, "block_device_mappings.ebs.encrypted", is(true));
          probe.expect(template, "block_device_mappings.ebs.kms_key_id", ownKey);
        }
        for (const instance of ofType(root, "aws_instance"))
          for (const device of ["root_block_device", "ebs_block_device"])
            if (device === "root_block_device" || blocksOf(instance.get(device)).length > 0) {
              probe.expect(instance, `${device}.encrypted`, is(true));
              probe.expect(instance, `${device}.kms_key_id`, ownKey);
            }
        for (const volume of ofType(root, "aws_ebs_volume")) {
          probe.expect(volume, "encrypted", is(true));
          probe.expect(volume, "kms_key_id", ownKey);
        }
      }
    }),
  ],
  fix: "Set encrypted = true and kms_key_id to the volumes key in every ebs block.",
  mutants: [
    {
      title: "No encryption",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: "encrypted             = true",
          with: "encrypted             = false",
        },
      ],
    },
    {
      title: "AWS's key for EBS instead of our own",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: "        kms_key_id            = var.volumes_key_arn\n",
          with: "",
        },
      ],
    },
    {
      title: "One environment hands over an alias of AWS's key",
      edits: [
        {
          file: "environments/prod/main.nodes.tf",
          replace: "volumes_key_arn    = module.keys.volumes_key_arn",
          with: 'volumes_key_arn    = "arn:aws:kms:us-east-1:111122223333:alias/aws/ebs"',
        },
      ],
    },
    {
      title: "A further disk without encryption",
      edits: [
        {
          file: "modules/nodes/main.launch-templates.tf",
          replace: "  monitoring {\n",
          with: '  block_device_mappings {\n    device_name = "/dev/xvdc"\n\n    ebs {\n      volume_type           = "gp3"\n      volume_size           = 200\n      delete_on_termination = true\n    }\n  }\n\n  monitoring {\n',
        },
      ],
    },
  ],
});
