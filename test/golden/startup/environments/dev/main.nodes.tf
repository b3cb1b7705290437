module "nodes" {
  source = "../../modules/nodes"

  cluster_name       = module.cluster.name
  partition          = local.partition
  dns_suffix         = local.dns_suffix
  kubernetes_version = local.kubernetes_version
  subnet_ids         = module.network.private_subnet_ids
  security_group_id  = module.cluster.node_security_group_id
  volumes_key_arn    = module.keys.volumes_key_arn
  tags               = local.tags

  groups = {
    default = {
      ami_type       = "AL2023_ARM_64_STANDARD"
      instance_types = ["t4g.large", "m7g.large", "m6g.large"]
      capacity_type  = "SPOT"
      min_size       = 2
      desired_size   = 2
      max_size       = 10
      disk_size_gib  = 100
    }
  }

  # Nodes join only with the CNI there, and pull images only with endpoints and routes there.
  depends_on = [
    module.addons_before_compute,
    module.endpoints,
    module.network,
  ]
}
