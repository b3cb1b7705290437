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

  permissions_boundary_arn = local.permissions_boundary_arn

  groups = {
    default = {
      ami_type       = "BOTTLEROCKET_x86_64"
      instance_types = ["m7i.large"]
      capacity_type  = "ON_DEMAND"
      min_size       = 2
      desired_size   = 3
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
