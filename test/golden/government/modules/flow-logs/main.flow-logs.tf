resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/vpc/${var.name}/flow-logs"
  retention_in_days = var.retention_days
  kms_key_id        = var.kms_key_arn

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_flow_log" "this" {
  vpc_id               = var.vpc_id
  traffic_type         = "ALL"
  log_destination_type = "cloud-watch-logs"
  log_destination      = aws_cloudwatch_log_group.this.arn
  iam_role_arn         = aws_iam_role.this.arn

  # One minute instead of ten: an investigation needs the order of events.
  max_aggregation_interval = 60

  tags = {
    Name = var.name
  }
}
