/** What a version of the product changes in repositories that an older one made, beyond what a merge sees. */
import type { Data } from "../../options/paths.ts";

/** An address of Terraform that changed, in every root of its kind. */
export interface Move {
  root: "environments" | "accounts" | "bootstrap";
  from: string;
  to: string;
}

/** What is no longer managed, and stays in AWS. */
export interface Removal {
  root: Move["root"];
  from: string;
  why: string;
}

/** What is in AWS already, and is managed from this version on. */
export interface Import {
  root: Move["root"];
  to: string;
  /** Expression that the root knows before an apply: `"/aws/eks/${local.name}/cluster"`, with its quotes. */
  id: string;
  why: string;
}

/**
 * One version's migration. Each part may run more than once and on repositories that never had what it changes:
 * then it changes nothing.
 */
export interface Migration {
  /** The version that brings it. */
  version: string;
  /** One line for the user. */
  summary: string;
  /** Answers as this version names them. */
  config?(data: Data): Data;
  moved?: readonly Move[];
  removed?: readonly Removal[];
  imported?: readonly Import[];
}
