variable "name" {
  description = "Name of the project; prefixes what has a name."
  type        = string
  nullable    = false
}

variable "detector" {
  description = "Who owns the detector: create (this module), existing (detector_id names it; its features are set here), delegated (an administrator of the organisation; nothing of GuardDuty is set here)."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["create", "delegated", "existing"], var.detector)
    error_message = "detector is create, existing or delegated."
  }
}

variable "detector_id" {
  description = "The detector that exists; only with detector = \"existing\"."
  type        = string
  default     = null

  validation {
    condition     = var.detector == "existing" ? can(regex("^[0-9a-f]{32}$", var.detector_id)) : var.detector_id == null
    error_message = "detector_id is the 32 hexadecimal digits of a detector with detector = \"existing\", and not set otherwise."
  }
}

variable "runtime_monitoring" {
  description = "Whether to watch what runs on the nodes. GuardDuty does not offer it in the China regions."
  type        = bool
  nullable    = false
  default     = true
}

variable "ebs_malware_protection" {
  description = "Whether a finding about a node or container starts a scan of its volumes."
  type        = bool
  nullable    = false
  default     = true
}

variable "ecs_fargate_agent" {
  description = "Whether GuardDuty installs its agent in ECS tasks on Fargate. Nothing here runs on ECS."
  type        = bool
  nullable    = false
  default     = false
}

variable "ec2_agent" {
  description = "Whether GuardDuty installs its agent on EC2 instances outside EKS, through SSM. Nodes get it as an EKS add-on."
  type        = bool
  nullable    = false
  default     = false
}

variable "alert_topic_arn" {
  description = "SNS topic that findings go to."
  type        = string
  nullable    = false
}

variable "alert_minimum_severity" {
  description = "Findings from this severity on are sent: 4 is medium, 7 high, 9 critical. All of them stay visible in GuardDuty."
  type        = number
  nullable    = false
  default     = 4

  validation {
    condition     = var.alert_minimum_severity >= 1 && var.alert_minimum_severity <= 9
    error_message = "The severity is a number from 1 to 9."
  }
}
