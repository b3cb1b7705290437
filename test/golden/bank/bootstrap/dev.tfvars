# Account dev: scripts/bootstrap dev
account_id = "111122223333"

key_admin_role_arns = ["arn:aws:iam::111122223333:role/platform-admin"]

# Each is a protected environment of the repository on GitHub.
environments = ["dev"]
