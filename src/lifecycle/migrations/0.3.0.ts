import { type Data, getPath, removePath, setPath } from "../../options/paths.ts";
import type { Migration } from "./migration.ts";

/** `logs.days` said of which logs and what for; the new name is that of AWS. */
function renameRetention(data: Data): Data {
  const days = getPath(data, "logs.days");
  if (days === undefined) return data;
  const left = removePath(data, "logs.days");
  return getPath(data, "logs.retentionDays") === undefined
    ? setPath(left, "logs.retentionDays", days)
    : left;
}

export const migration: Migration = {
  version: "0.3.0",
  summary:
    "logs.days is logs.retentionDays, the retention is a variable of the module, and the log group of the cluster is called control_plane",
  config: renameRetention,
  moved: [
    {
      root: "environments",
      from: "module.cluster.aws_cloudwatch_log_group.cluster",
      to: "module.cluster.aws_cloudwatch_log_group.control_plane",
    },
  ],
};
