variable "name" {
  description = "Name of the cluster."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9][a-zA-Z0-9-]{0,48}$", var.name))
    error_message = "The name takes letters, digits and hyphens, at most 49, so that the names of its roles fit into IAM's 64."
  }
}

variable "partition" {
  description = "AWS partition: aws, aws-cn, aws-us-gov."
  type        = string
  nullable    = false
}

variable "kubernetes_version" {
  description = "Kubernetes version of the control plane, major.minor."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.kubernetes_version))
    error_message = "The Kubernetes version is major.minor, such as 1.35."
  }
}

variable "support_type" {
  description = "STANDARD: EKS upgrades the control plane when standard support ends. EXTENDED: it stays, at the price of extended support."
  type        = string
  nullable    = false
  default     = "STANDARD"

  validation {
    condition     = contains(["STANDARD", "EXTENDED"], var.support_type)
    error_message = "support_type must be STANDARD or EXTENDED."
  }
}

variable "vpc_id" {
  description = "VPC of the cluster."
  type        = string
  nullable    = false
}

variable "vpc_cidr" {
  description = "IPv4 range of the VPC; nodes may reach HTTPS in it."
  type        = string
  nullable    = false
}

variable "control_plane_subnet_ids" {
  description = "Subnets of the control plane's network interfaces, in at least two zones."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(distinct(var.control_plane_subnet_ids)) >= 2
    error_message = "EKS needs subnets in at least two availability zones."
  }
}

variable "service_cidr" {
  description = "IPv4 range of ClusterIPs; must not meet the VPC or what it is connected to. Cannot be changed."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.service_cidr)) && try(tonumber(split("/", var.service_cidr)[1]) >= 12 && tonumber(split("/", var.service_cidr)[1]) <= 24, false)
    error_message = "service_cidr must be an IPv4 range between /12 and /24, such as 172.20.0.0/16."
  }
}

variable "public_access_cidrs" {
  description = "IPv4 ranges that reach the API server from the internet. Empty, which is the rule: the endpoint is private."
  type        = set(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for cidr in var.public_access_cidrs : can(cidrnetmask(cidr)) && try(tonumber(split("/", cidr)[1]) >= 8, false)])
    error_message = "public_access_cidrs takes IPv4 ranges of /8 or smaller: an endpoint that is open to the world is not offered."
  }
}

variable "secrets_key_arn" {
  description = "CMK for envelope encryption of the Kubernetes API's data. Cannot be changed or removed once set."
  type        = string
  nullable    = false
}

variable "logs_key_arn" {
  description = "CMK of the control plane's log group."
  type        = string
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that the control plane's logs are kept."
  type        = number
  nullable    = false
  default     = 365

  validation {
    condition     = contains([365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "Audit logs are kept for at least a year, in one of the periods that CloudWatch Logs offers: 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days."
  }
}

variable "admin_role_arns" {
  description = "IAM roles that become cluster administrators. For an IAM Identity Center role give the full ARN with its aws-reserved path."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.admin_role_arns) >= 1
    error_message = "Name at least one administrator: the cluster's creator gets no access, so without an entry nobody could enter."
  }

  validation {
    condition     = alltrue([for arn in var.admin_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "admin_role_arns takes ARNs of IAM roles, such as arn:aws:iam::111122223333:role/platform-admin: no users, no wildcards, no assumed-role sessions."
  }
}

variable "access_entries" {
  description = <<-EOT
    Further access, by a name of your choice: a role, and either an EKS access policy (for the whole cluster or for
    namespaces) or Kubernetes groups that RBAC knows.
  EOT
  type = map(object({
    principal_arn     = string
    access_policy     = optional(string)
    namespaces        = optional(list(string), [])
    kubernetes_groups = optional(list(string), [])
  }))
  nullable = false
  default  = {}

  validation {
    condition     = alltrue([for entry in values(var.access_entries) : (entry.access_policy == null) == (length(entry.kubernetes_groups) > 0)])
    error_message = "An access entry has either an access_policy or kubernetes_groups."
  }

  validation {
    condition     = alltrue(flatten([for entry in values(var.access_entries) : [for group in entry.kubernetes_groups : !startswith(group, "system:")]]))
    error_message = "EKS refuses groups that start with system:. Instead of system:masters, name the role in admin_role_arns."
  }
}

variable "api_client_security_groups" {
  description = "Security groups inside the VPC that reach the API server besides the nodes, by a name of your choice: a deployer, a tunnel."
  type        = map(string)
  nullable    = false
  default     = {}
}

variable "webhook_ports" {
  description = "Ports on which pods serve admission webhooks or aggregated APIs to the control plane."
  type        = set(number)
  nullable    = false
  default     = [8443, 9443]

  validation {
    condition     = alltrue([for port in var.webhook_ports : port > 0 && port <= 65535 && !contains([10250, 10251], port)])
    error_message = "Webhook ports lie between 1 and 65535, and are not the kubelet's 10250 or metrics-server's 10251, which are open already."
  }
}

variable "low_pod_ports" {
  description = "TCP ports below 1025 that pods serve to one another across nodes; from 1025 upwards all are open."
  type        = set(number)
  nullable    = false
  default     = [80, 443]

  validation {
    condition     = alltrue([for port in var.low_pod_ports : port > 0 && port < 1025 && !contains([22, 53], port)])
    error_message = "low_pod_ports lie between 1 and 1024, without 22, which nothing here serves, and 53, which is open already."
  }
}

variable "internet_egress" {
  description = "Whether nodes may reach HTTPS outside the VPC. False where the VPC has no way out: then only endpoints are reachable."
  type        = bool
  nullable    = false
}

variable "s3_prefix_list_id" {
  description = "Prefix list of S3: image layers come through the gateway endpoint, whose addresses are outside the VPC."
  type        = string
  nullable    = false
}

variable "node_egress_rules" {
  description = "Further traffic that leaves the nodes, by a name of your choice: a database, an on-premises range. Pods share the nodes' security group."
  type = map(object({
    description = string
    cidr        = string
    protocol    = optional(string, "tcp")
    from_port   = number
    to_port     = number
  }))
  nullable = false
  default  = {}

  validation {
    condition     = alltrue([for rule in values(var.node_egress_rules) : contains(["tcp", "udp"], rule.protocol) && rule.from_port > 0 && rule.from_port <= rule.to_port && rule.to_port <= 65535 && can(cidrnetmask(rule.cidr))])
    error_message = "An egress rule names tcp or udp, a range of ports and an IPv4 range."
  }
}

variable "zonal_shift" {
  description = "Whether ARC may shift traffic out of a zone; EKS refuses it where ARC is not offered."
  type        = bool
  nullable    = false
  default     = true
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of the role, without which the pipeline may not make it; null where no pipeline does."
  type        = string
  default     = null
}
