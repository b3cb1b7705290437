import { control } from "../control.ts";

export default control({
  id: "operations.restore-drill",
  title: "Somebody has brought a state back from an older version, and wrote down when",
  why: "A backup that nobody ever restored fails on the day it is needed, mostly for want of a permission on the key.",
  severity: "low",
  mapping: {},
  look: "Once a year follow docs/runbooks/restore-state.md for the state of a development environment: aws s3api list-object-versions must show older versions, and terraform plan must show no change after the newest one is put back.",
});
