# Before the nodes: a node without the CNI never becomes ready.
module "addons_before_compute" {
  source = "../../modules/addons"

  cluster_name = module.cluster.name

  addons = {
    kube-proxy = {
      version = "v1.35.3-eksbuild.29"
    }
    vpc-cni = {
      version = "v1.22.4-eksbuild.3"

      configuration = jsonencode({
        enableNetworkPolicy = "true"
        nodeAgent           = { enablePolicyEventLogs = "true" }
      })

      service_account_role_arn = module.identity["vpc-cni"].arn
    }
  }
}

# After the nodes: without one to run on these would wait, and time out as degraded.
module "addons_after_compute" {
  source = "../../modules/addons"

  cluster_name = module.cluster.name

  addons = {
    aws-ebs-csi-driver = {
      version = "v1.66.0-eksbuild.1"

      service_account_role_arn = module.identity["ebs-csi"].arn
    }
    coredns = {
      version = "v1.13.2-eksbuild.31"
    }
  }

  depends_on = [module.nodes]
}
