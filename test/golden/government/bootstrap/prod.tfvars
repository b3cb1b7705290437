# Account prod: scripts/bootstrap prod
account_id = "111122223333"

key_admin_role_arns = ["arn:aws-us-gov:iam::111122223333:role/platform-admin"]
