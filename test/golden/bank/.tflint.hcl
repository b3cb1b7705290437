# The bundled rules only: no plugin is downloaded. `tflint --recursive` reads
# this file from the repository's root when it is given with --config.
plugin "terraform" {
  enabled = true
  preset  = "all"
}

# Roots and modules are split by topic: main.<topic>.tf.
rule "terraform_standard_module_structure" {
  enabled = false
}
