# Account dev: scripts/bootstrap dev

# Each is a protected environment of the repository on GitHub.
environments = ["dev"]
