/** What an Evidence notes while it checks. */
import { plannedAccounts } from "./account.ts";
import { isOpenWhether } from "./choices.ts";
import { perObject } from "./once.ts";
import type { Requirement } from "./require.ts";
import { shown } from "./require.ts";
import type { Overlay, Subject, TerraformRoot } from "./subject.ts";
import {
  blocksOf,
  type Place,
  placesOf,
  type Resource,
  Unknown,
  type Value,
  type ValueObject,
} from "./value.ts";

/** Something that is wrong, or cannot be told. */
export interface Observation {
  kind: "wrong" | "unresolved";
  message: string;
  place: Place;
  /** The root or overlay that it belongs to: `environments/prod`. */
  scope?: string;
  fix?: string;
}

export class Probe {
  readonly observations: Observation[] = [];
  /** How many things were looked at. */
  checked = 0;

  /** Something was looked at; where it is not in order, that is noted. */
  that(ok: boolean, place: Place, message: string, scope?: string, fix?: string): boolean {
    this.checked += 1;
    if (!ok) this.#note("wrong", place, message, scope, fix);
    return ok;
  }

  wrong(place: Place, message: string, scope?: string, fix?: string): void {
    this.that(false, place, message, scope, fix);
  }

  /** It could be right or wrong: the text does not say. It counts as not met. */
  unresolved(place: Place, message: string, scope?: string): void {
    this.checked += 1;
    this.#note("unresolved", place, message, scope);
  }

  #note(
    kind: Observation["kind"],
    place: Place,
    message: string,
    scope?: string,
    fix?: string,
  ): void {
    // One defect in a module is met once by each of its callers.
    if (
      this.observations.some(
        (known) =>
          known.message === message &&
          known.place.file === place.file &&
          known.place.line === place.line &&
          known.scope === scope,
      )
    )
      return;
    this.observations.push({
      kind,
      message,
      place,
      ...(scope === undefined ? {} : { scope }),
      ...(fix === undefined ? {} : { fix }),
    });
  }

  /**
   * What stands at a path of a resource must satisfy the requirement: `vpc_config.endpoint_public_access` goes through every
   * block of that name. A block that is missing is wrong.
   */
  expect(resource: Resource, path: string, requirement: Requirement): void {
    const [head = "", ...rest] = path.split(".");
    const place = resource.placeOf(head);
    this.#expect(resource, path, requirement, resource.get(head), place, rest, resource.maybe);
  }

  #expect(
    resource: Resource,
    path: string,
    requirement: Requirement,
    value: Value | undefined,
    place: Place,
    rest: readonly string[],
    maybe: Unknown | undefined,
  ): void {
    const [name, ...further] = rest;
    if (name === undefined) {
      this.#judge(resource, path, requirement, value, place, maybe);
      return;
    }
    const blocks = blocksOf(value);
    if (blocks.length === 0) {
      if (value instanceof Unknown)
        this.unresolved(
          place,
          `${resource.address}: ${path} is not known (${value.why})`,
          resource.root,
        );
      else this.#judge(resource, path, requirement, undefined, place, maybe);
    }
    for (const block of blocks)
      this.expectIn(resource, block, path, requirement, [name, ...further]);
  }

  /** The same for one nested block: `rest` is the path below it. */
  expectIn(
    resource: Resource,
    block: ValueObject,
    path: string,
    requirement: Requirement,
    [name = "", ...rest]: readonly string[] = [path.slice(path.lastIndexOf(".") + 1)],
  ): void {
    const known = placesOf(block);
    const place = known?.arguments.get(name) ?? known?.self ?? resource.place;
    const value = Object.hasOwn(block, name) ? block[name] : undefined;
    this.#expect(resource, path, requirement, value, place, rest, known?.maybe ?? resource.maybe);
  }

  #judge(
    resource: Resource,
    path: string,
    requirement: Requirement,
    value: Value | undefined,
    place: Place,
    maybe: Unknown | undefined,
  ): void {
    const verdict = requirement.test(value);
    if (verdict === true) {
      // It is right where it exists; whether it does is another question.
      if (maybe !== undefined && maybe !== resource.maybe)
        this.unresolved(place, `${resource.address}: ${doubt(path, maybe)}`, resource.root);
      else this.exists(resource, place);
      return;
    }
    const [head = ""] = path.split(".");
    const origin = path === head ? resource.origin(head) : undefined;
    const from =
      origin === undefined
        ? ""
        : ` (${origin.text}, set at ${origin.place.file}:${origin.place.line})`;
    if (verdict === undefined)
      this.unresolved(
        place,
        `${resource.address}: ${path} is ${shown(value)}, which cannot be resolved from the text${from}; it must ${requirement.words}`,
        resource.root,
      );
    else
      this.wrong(
        place,
        `${resource.address}: ${path} is ${shown(value)}${from}, it must ${requirement.words}`,
        resource.root,
        `${path} must ${requirement.words}`,
      );
  }

  /** Whether a resource is there for sure; where its `count` or `for_each` leaves that open, it is noted. */
  exists(resource: Resource, place: Place = resource.place): void {
    const { maybe, address, root } = resource;
    if (maybe === undefined || !isDoubtful(resource)) this.checked += 1;
    else this.unresolved(place, `${address}: ${doubt("it", maybe)}`, root);
  }

  /** Whether one of several resources is there for sure; where each may be missing, it is noted of the first. */
  oneExists(resources: readonly Resource[]): void {
    const [first] = resources;
    if (first !== undefined && resources.every(isDoubtful)) this.exists(first);
  }

  /** The resources of these types in a root; where there is none, or none for sure, that is noted. */
  some(root: TerraformRoot, what: string, ...types: readonly string[]): Resource[] {
    const found = ofType(root, ...types);
    if (found.length === 0)
      this.wrong(root.place, `${root.path} has no ${what} (${types.join(" or ")})`, root.path);
    this.oneExists(found);
    return found;
  }

  /** No resource of these types may be in a root; `why` says of each what is wrong with it. The root counts as looked at. */
  none(root: TerraformRoot, why: string, ...types: readonly string[]): void {
    this.checked += 1;
    for (const { place, address } of ofType(root, ...types))
      this.wrong(place, `${address}: ${why}`, root.path);
  }

  /** Resources that decide for a whole account: those of its own root, where one has to be, and those of any other root. */
  accountWide(subject: Subject, what: string, type: string): Resource[] {
    return [
      ...this.accounts(subject).flatMap((root) => this.some(root, what, type)),
      ...subject.roots
        .filter(({ kind }) => kind !== "account")
        .flatMap((root) => ofType(root, type)),
    ];
  }

  /** Roots of environments; where the answers name one that is not there, that is wrong. */
  environments(subject: Subject): TerraformRoot[] {
    return this.#roots(
      subject,
      "environment",
      Object.keys(subject.config?.environments ?? {}),
      "environments",
    );
  }

  /** Roots of accounts; where the answers make one that is not there, that is wrong. */
  accounts(subject: Subject): TerraformRoot[] {
    return this.#roots(
      subject,
      "account",
      plannedAccounts(subject).map(({ name }) => name),
      "accounts",
    );
  }

  /** Roots that bootstrap an account; each tfvars file is one more. */
  bootstraps(subject: Subject): TerraformRoot[] {
    return this.#roots(subject, "bootstrap", [], "bootstrap");
  }

  /** Overlays of environments; where the answers name one that is not there, or one cannot be followed, that is noted. */
  overlays(subject: Subject): Overlay[] {
    for (const name of Object.keys(subject.config?.environments ?? {}))
      if (!subject.overlays.some((overlay) => overlay.name === name))
        this.wrong(
          { file: "hardened-eks.yaml", line: 1 },
          `kubernetes/overlays/${name} is missing, though hardened-eks.yaml names ${name}`,
          name,
        );
    for (const overlay of subject.overlays)
      for (const { place, message } of overlay.unresolved)
        this.unresolved(place, message, overlay.path);
    return [...subject.overlays];
  }

  #roots(
    subject: Subject,
    kind: TerraformRoot["kind"],
    names: readonly string[],
    folder: string,
  ): TerraformRoot[] {
    const found = subject.roots.filter((root) => root.kind === kind);
    if (subject.from === "plan") return found;
    for (const name of names)
      if (!found.some((root) => root.name === name))
        this.wrong(
          { file: "hardened-eks.yaml", line: 1 },
          `${folder}/${name} is missing, though hardened-eks.yaml names ${name}`,
          `${folder}/${name}`,
        );
    return found;
  }
}

const doubt = (what: string, { name, why }: Unknown): string =>
  `whether ${what} exists is not known (${name}: ${why})`;

/** Whether it is open if a resource exists at all. */
export const isDoubtful: (resource: Resource) => boolean = perObject(
  (resource: Resource) =>
    resource.maybe !== undefined &&
    isOpenWhether(
      resource.maybe,
      resource
        .names()
        .filter((name) => name !== "for_each")
        .map((name) => resource.get(name)),
    ),
);

/** Managed resources of a root by type, each with its place in the root. */
const byType = perObject(({ resources }: Pick<TerraformRoot, "resources">) => {
  const found = new Map<string, { resource: Resource; at: number }[]>();
  resources.forEach((resource, at) => {
    if (resource.mode !== "managed") return;
    const list = found.get(resource.type);
    if (list === undefined) found.set(resource.type, [{ resource, at }]);
    else list.push({ resource, at });
  });
  return found;
});

/** Resources, without data sources, of these types, in the order of the root. */
export function ofType(
  root: Pick<TerraformRoot, "resources">,
  ...types: readonly string[]
): Resource[] {
  const index = byType(root);
  const found = types.flatMap((type) => index.get(type) ?? []);
  if (types.length > 1) found.sort((a, b) => a.at - b.at);
  return found.map(({ resource }) => resource);
}

/** All roots but those that hold nothing of AWS. */
export const allRoots = (subject: Subject): TerraformRoot[] => [...subject.roots];
