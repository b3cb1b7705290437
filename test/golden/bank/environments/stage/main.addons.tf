# Before the nodes: a node without the CNI never becomes ready.
module "addons_before_compute" {
  source = "../../modules/addons"

  cluster_name = module.cluster.name

  addons = {
    eks-pod-identity-agent = {
      version = "v1.3.10-eksbuild.3"
    }
    kube-proxy = {
      version = "v1.35.3-eksbuild.29"
    }
    vpc-cni = {
      version = "v1.22.4-eksbuild.3"

      configuration = jsonencode({
        enableNetworkPolicy = "false"
      })

      pod_identity = {
        role_arn        = module.identity["vpc-cni"].arn
        service_account = local.identities["vpc-cni"].service_account
      }
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

      pod_identity = {
        role_arn        = module.identity["ebs-csi"].arn
        service_account = local.identities["ebs-csi"].service_account
      }
    }
    aws-efs-csi-driver = {
      version = "v3.4.2-eksbuild.1"

      pod_identity = {
        role_arn        = module.identity["efs-csi"].arn
        service_account = local.identities["efs-csi"].service_account
      }
    }
    coredns = {
      version = "v1.13.2-eksbuild.31"
    }
    metrics-server = {
      version = "v0.9.0-eksbuild.11"
    }
    snapshot-controller = {
      version = "v8.6.0-eksbuild.6"
    }
  }

  depends_on = [module.nodes]
}
