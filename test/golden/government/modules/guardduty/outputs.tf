output "detector_id" {
  description = "The detector whose features are set here; null where an administrator of the organisation owns it."
  value       = local.detector_id
}
