/** What a Control is: one security requirement, the framework ids that it answers, and how it is proven. */
import type { Config } from "../options/config.ts";
import type { Probe } from "./evidence/probe.ts";
import type { Subject } from "./evidence/subject.ts";

export const AREAS = [
  "control-plane",
  "network",
  "identity",
  "keys",
  "nodes",
  "workloads",
  "detection",
  "supply-chain",
  "pipelines",
  "operations",
] as const;
export type Area = (typeof AREAS)[number];

/** From what is worst. */
export const SEVERITIES = ["critical", "high", "medium", "low"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Ids of the same requirement elsewhere. */
export interface Mapping {
  /** CIS Amazon EKS Benchmark 1.8.0. */
  cisEks?: readonly string[];
  /** AWS Security Hub CSPM. */
  securityHub?: readonly string[];
  /** Chapters of the NSA/CISA Kubernetes Hardening Guide 1.2. */
  nsaCisa?: readonly NsaCisaChapter[];
  checkov?: readonly string[];
  trivy?: readonly string[];
}

export type NsaCisaChapter =
  | "Pod security"
  | "Network separation and hardening"
  | "Authentication and authorization"
  | "Audit logging and threat detection"
  | "Upgrading and application security practices";

/** What an Evidence reads. */
export type EvidenceSource = "terraform" | "manifests" | "workflows" | "files";

/** An executable check: it notes what it looked at, and what of it is wrong. */
export interface Evidence {
  on: EvidenceSource;
  check(subject: Subject, probe: Probe): void;
}

/** One way to break the requirement, as an edit of a generated repository. Something must turn red. */
export interface Mutant {
  /** What the edit does, in a few words. */
  title: string;
  /** The repository that is edited; absent: the default one. */
  of?: "default" | "bank" | "government" | "startup";
  edits: readonly Edit[];
}

/** Edits of one file. Each must find what it changes. */
export type Edit =
  | { file: string; replace: string | RegExp; with: string }
  | { file: string; append: string }
  | { file: string; create: string }
  | { file: string; remove: true };

interface ControlBase {
  /** `area.name`, as the file is called: `nodes.imds-token`. */
  id: string;
  /** What holds, as a sentence without a full stop. */
  title: string;
  /** The attack that it stops, or what is lost without it. */
  why: string;
  severity: Severity;
  mapping: Mapping;
}

/** A Control that is checked. */
export interface CheckedControl extends ControlBase {
  /** The feature that brings it; where that is off, the Control is not applicable. */
  feature?: string;
  /** Why the options make it not applicable; undefined where it applies. */
  notApplicable?(config: Config): string | undefined;
  /** Ids of exceptions (blueprint/exceptions.ts) that the options make of it, without the environment's name. */
  waivedBy?: readonly string[];
  evidence: readonly Evidence[];
  mutants: readonly Mutant[];
  /** How to mend it, where the finding does not say it better. */
  fix: string;
}

/** A requirement that AWS meets, and how. */
export interface ProvidersDuty extends ControlBase {
  duty: string;
}

/** A requirement that nothing in the repository can show: what a person has to look at. */
export interface ManualControl extends ControlBase {
  look: string;
}

export type Control = CheckedControl | ProvidersDuty | ManualControl;

export const isChecked = (control: Control): control is CheckedControl => "evidence" in control;
export const areaOf = ({ id }: Control): Area => id.slice(0, id.indexOf(".")) as Area;

/** Declares a Control; the type says what it needs. */
export const control = <T extends Control>(declared: T): T => declared;

export const terraform = (check: Evidence["check"]): Evidence => ({ on: "terraform", check });
export const manifests = (check: Evidence["check"]): Evidence => ({ on: "manifests", check });
export const workflows = (check: Evidence["check"]): Evidence => ({ on: "workflows", check });
export const files = (check: Evidence["check"]): Evidence => ({ on: "files", check });
