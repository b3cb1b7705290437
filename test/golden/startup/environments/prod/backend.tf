# State lies beside this file, unlocked and unencrypted: for a trial by one person. It is ignored by git.
terraform {
  backend "local" {}
}
