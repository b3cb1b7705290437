output "state_bucket" {
  description = "Bucket of the states of this account."
  value       = module.state.bucket_name
}

output "state_key_alias" {
  description = "What the backends of this account give as kms_key_id."
  value       = module.state.key_alias
}
