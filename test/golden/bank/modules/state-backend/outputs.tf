output "bucket_name" {
  description = "Bucket of the states."
  value       = aws_s3_bucket.state.bucket
}

output "bucket_arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.state.arn
}

output "key_arn" {
  description = "CMK of the states."
  value       = aws_kms_key.state.arn
}

output "key_alias" {
  description = "What a backend gives as kms_key_id."
  value       = aws_kms_alias.state.name
}
