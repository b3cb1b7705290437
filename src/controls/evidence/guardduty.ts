/** GuardDuty of an account. */
import { ofType, type Probe } from "./probe.ts";
import { is, matches, oneOf, orAbsent } from "./require.ts";
import type { Subject, TerraformRoot } from "./subject.ts";
import { type Place, type Resource, textOf } from "./value.ts";

/** Exceptions that leave an account's GuardDuty to somebody else, or out. */
export const GUARDDUTY_ELSEWHERE = ["guardduty-delegated", "no-guardduty"] as const;

/** A detector of this repository, or the id of one that exists. */
const DETECTOR = matches(
  /^[0-9a-f]{32}$|^\$\{[^}]*aws_guardduty_detector\.[^}]*\.id\}$|^\$\{var\.[a-z_]*detector_id\}$/,
  "be the account's detector",
);

/** The resources that set a feature of each account's detector; each must be switched as wanted. */
export function expectFeature(
  probe: Probe,
  subject: Subject,
  name: string,
  status: "ENABLED" | "DISABLED" = "ENABLED",
): { root: TerraformRoot; feature: Resource }[] {
  return probe.accounts(subject).flatMap((root) => {
    const found = ofType(root, "aws_guardduty_detector_feature").filter(
      (feature) => textOf(feature.get("name")) === name,
    );
    if (found.length === 0)
      probe.wrong(
        placeOfDetector(root),
        `${root.path}: no aws_guardduty_detector_feature sets ${name}`,
        root.path,
      );
    // Of other accounts, or of those to come.
    for (const other of ofType(
      root,
      "aws_guardduty_member_detector_feature",
      "aws_guardduty_organization_configuration_feature",
    ).filter((each) => textOf(each.get("name")) === name)) {
      probe.expect(other, "status", orAbsent(is(status)));
      if (status === "ENABLED") probe.expect(other, "auto_enable", orAbsent(oneOf("ALL", "NEW")));
    }
    return found.map((feature) => {
      probe.expect(feature, "status", is(status));
      probe.expect(feature, "detector_id", DETECTOR);
      return { root, feature };
    });
  });
}

/** Where somebody who looks for a missing part would begin: the call, or the detector itself. */
export const placeOfDetector = (root: TerraformRoot): Place =>
  root.settings.find(({ mode, address }) => mode === "module" && /guardduty/.test(address))
    ?.place ??
  ofType(root, "aws_guardduty_detector")[0]?.place ??
  root.place;
