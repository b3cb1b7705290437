import data from "./data/removed-apis.json" with { type: "json" };

/** An API that Kubernetes stopped serving. */
export interface RemovedApi {
  apiVersion: string;
  kinds: readonly string[];
  /** First version without it. */
  removedIn: string;
  instead: string;
}

/** Removed APIs that a manifest of recent years may still use. */
export const removedApis: readonly RemovedApi[] = data.apis;
