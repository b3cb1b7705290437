import { control } from "../control.ts";

export default control({
  id: "supply-chain.renovate-runs",
  title: "Renovate runs on this repository, and somebody reads what it proposes",
  why: "renovate.json says how updates come, not that they do: without the app or a runner every pin stays as old as the day it was written.",
  severity: "medium",
  mapping: { nsaCisa: ["Upgrading and application security practices"] },
  look: 'The issue "Dependency Dashboard" must be there, edited within the last week, with no update waiting for months. If it is missing, install the Renovate app for the repository, or run `renovate` on a schedule with a token that may open pull requests and not merge them.',
});
