# Whatever is launched in this region, by whomever, starts from these defaults.

# The default key stays aws/ebs: every volume of this repository names its own CMK, and a default CMK would tie all
# other workloads of the account to the life of a key that belongs to this one.
resource "aws_ebs_encryption_by_default" "this" {
  enabled = true
}

# Hop limit 1: what runs in a container does not reach the credentials of its host.
resource "aws_ec2_instance_metadata_defaults" "this" {
  http_endpoint               = "enabled"
  http_tokens                 = "required"
  http_put_response_hop_limit = 1
  instance_metadata_tags      = "disabled"
}

# Existing public snapshots included.
resource "aws_ebs_snapshot_block_public_access" "this" {
  state = "block-all-sharing"
}
