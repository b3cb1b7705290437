/** Whether the tests that need terraform can run. */
import { execaSync } from "execa";

/** `terraform` is not on PATH. */
export const noTerraform =
  execaSync("terraform", ["version"], { reject: false, stdin: "ignore" }).exitCode !== 0;
