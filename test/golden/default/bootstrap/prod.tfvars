# Account prod: scripts/bootstrap prod

# Each is a protected environment of the repository on GitHub.
environments = ["prod"]
