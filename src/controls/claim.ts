/** What the Controls claim, as data: the build keeps it apart from their Evidence. */
import type { Claim } from "./applies.ts";
import { controls } from "./catalogue.ts";
import { type CheckedControl, type Control, isChecked, type Mapping } from "./control.ts";
import { escapeMarkdown } from "./markdown.ts";

/** What a Control claims. */
function claimOf(control: Control): Claim {
  const { id, title, why, severity, mapping } = control;
  const checked = isChecked(control) ? control : undefined;
  return {
    id,
    title,
    severity,
    ...(mapping.cisEks === undefined ? {} : { cisEks: mapping.cisEks }),
    ...(escapeMarkdown(title) === title ? {} : { heading: escapeMarkdown(title) }),
    body: bodyOf(why, mapping),
    ...("duty" in control ? { duty: control.duty } : {}),
    ...("look" in control ? { look: control.look } : {}),
    ...applicability(checked),
  };
}

function bodyOf(why: string, mapping: Mapping): string {
  const frameworks = [
    ...(mapping.cisEks ?? []).map((each) => `CIS EKS ${each}`),
    ...(mapping.securityHub ?? []),
    ...(mapping.nsaCisa ?? []).map((chapter) => `NSA/CISA: ${chapter}`),
    ...(mapping.checkov ?? []),
    ...(mapping.trivy ?? []),
  ].join(", ");
  const asked = frameworks === "" ? "" : `\n\nAlso asked by ${escapeMarkdown(frameworks)}.`;
  return escapeMarkdown(why) + asked;
}

/** What says whether a Control applies. */
function applicability(
  control: CheckedControl | undefined,
): Pick<Claim, "feature" | "waivedBy" | "notApplicable"> {
  return {
    ...(control?.feature === undefined ? {} : { feature: control.feature }),
    ...(control?.waivedBy === undefined ? {} : { waivedBy: control.waivedBy }),
    ...(control?.notApplicable === undefined ? {} : { notApplicable: control.notApplicable }),
  };
}

/** Every claim, in the order of the catalogue. */
export const everyClaim: readonly Claim[] = controls.map(claimOf);

/** The same as data, for the build; `conditional` where code says whether it applies. */
export const allClaims = (): (Omit<Claim, "notApplicable"> & { conditional: boolean })[] =>
  everyClaim.map(({ notApplicable, ...claim }) => ({
    ...claim,
    conditional: notApplicable !== undefined,
  }));
