import { control } from "../control.ts";

export default control({
  id: "pipelines.bootstrap-drift",
  title: "A person compares bootstrap with what runs",
  why: "The state of bootstrap is out of the pipeline's reach, so no schedule sees that somebody widened the trust of its roles or opened the state bucket by hand.",
  severity: "medium",
  mapping: { nsaCisa: ["Audit logging and threat detection"] },
  look: "Every three months run scripts/bootstrap <account> for each account (docs/runbooks/bootstrap.md): it must plan no change.",
});
