variable "guardduty_detector_id" {
  description = "The GuardDuty detector that this account and region have: aws guardduty list-detectors. Its features are set here, it is not."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9a-f]{32}$", var.guardduty_detector_id))
    error_message = "The id of a detector has 32 hexadecimal digits."
  }
}
