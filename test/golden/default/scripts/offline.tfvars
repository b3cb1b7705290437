# Stand-ins for variables that this repository has no answer for yet, one a line.
# scripts/plan-offline reads them; a real plan never does.

account_id = "111122223333"

admin_role_arns = ["arn:aws:iam::111122223333:role/platform-admin"]

key_admin_role_arns = ["arn:aws:iam::111122223333:role/platform-admin"]

alert_email = "platform@example.com"

repository = "owner/name"

repository_ids = { owner = "123456", repository = "456789" }
