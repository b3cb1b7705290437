# Stand-ins for variables that this repository has no answer for yet, one a line.
# scripts/plan-offline reads them; a real plan never does.

repository_ids = { owner = "123456", repository = "456789" }
