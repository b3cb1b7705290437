# Stand-ins for variables that this repository has no answer for yet, one a line.
# scripts/plan-offline reads them; a real plan never does.

admin_role_arns = ["arn:aws:iam::111122223333:role/platform-admin"]

key_admin_role_arns = ["arn:aws:iam::111122223333:role/platform-admin"]
