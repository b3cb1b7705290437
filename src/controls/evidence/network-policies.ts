/** What network policies let through, whichever of the three languages they are written in. */

import { contains } from "./cidr.ts";
import { type Data, data, groupOf, isData, items, ofKind, specOf, strings } from "./kubernetes.ts";
import { blueprintOf } from "./once.ts";
import type { Manifest, Overlay, Subject } from "./subject.ts";
import type { Place } from "./value.ts";

/** The other side of a rule. */
export type Peer =
  | { kind: "anyone" }
  | { kind: "range"; cidr: string; except: readonly string[] }
  /** `namespace`: the one that is named, absent where it is the policy's own or several. */
  | { kind: "pods"; everyNamespace: boolean; namespace?: string; isDns: boolean }
  | { kind: "entity"; name: string }
  /** The Kubernetes API by its Service, on the port of its endpoints. */
  | { kind: "api" }
  | { kind: "other" };

export interface Ports {
  protocol: string;
  from: number;
  to: number;
}

/** One peer that a policy lets pods talk to, or be talked to by. */
export interface Allow {
  policy: Manifest;
  direction: "in" | "out";
  peer: Peer;
  /** Absent: every port. A port that has a name only counts as any. */
  ports?: readonly Ports[];
  place: Place;
}

/** Both addresses of the instance metadata service. */
export const METADATA = ["169.254.169.254/32", "fd00:ec2::254/128"] as const;
/** The Pod Identity agent. */
export const POD_IDENTITY_AGENT = ["169.254.170.23/32", "fd00:ec2::23/128"] as const;

const CALICO = ["projectcalico.org", "crd.projectcalico.org"];
const isCalico = (manifest: Manifest): boolean => CALICO.includes(groupOf(manifest));
const isCilium = (manifest: Manifest): boolean => groupOf(manifest) === "cilium.io";
/** Holds until it is enforced by hand. */
const isStaged = ({ kind }: Manifest): boolean => kind.startsWith("Staged");

/** What a policy, or a set of addresses that policies choose by label, lets through. */
export function allowsOf(manifest: Manifest): Allow[] {
  const { kind } = manifest;
  if (kind === "NetworkPolicy" && groupOf(manifest) === "networking.k8s.io")
    return ofKubernetes(manifest);
  if (isCalico(manifest)) {
    if (kind === "NetworkPolicy" || kind === "GlobalNetworkPolicy") return ofCalico(manifest);
    if (kind === "NetworkSet" || kind === "GlobalNetworkSet")
      return strings(specOf(manifest).nets).map((cidr, index) => ({
        policy: manifest,
        direction: "out",
        peer: { kind: "range", cidr, except: [] },
        place: manifest.placeOf("spec", "nets", index),
      }));
  }
  if (kind === "CiliumNetworkPolicy" || kind === "CiliumClusterwideNetworkPolicy")
    return ofCilium(manifest);
  return [];
}

/** Whether an object changes what traffic flows in a way that is not read here. */
export function isUnread(manifest: Manifest): boolean {
  const { kind } = manifest;
  if (isCalico(manifest)) {
    if (isStaged(manifest)) return false;
    if (kind === "NetworkSet" || kind === "GlobalNetworkSet") return false;
    if (kind !== "NetworkPolicy" && kind !== "GlobalNetworkPolicy") return true;
    // In another tier, before routing or without tracking, a policy holds for other traffic than it says.
    const { tier = "default", doNotTrack, preDNAT, applyOnForward } = specOf(manifest);
    return tier !== "default" || [doNotTrack, preDNAT, applyOnForward].includes(true);
  }
  if (isCilium(manifest))
    return kind !== "CiliumNetworkPolicy" && kind !== "CiliumClusterwideNetworkPolicy";
  return /NetworkPolicy$/.test(kind) && groupOf(manifest) !== "networking.k8s.io";
}

function ofKubernetes(policy: Manifest): Allow[] {
  const spec = specOf(policy);
  return (["ingress", "egress"] as const).flatMap((section) =>
    items(spec[section]).flatMap((entry, index) => {
      const rule = data(entry);
      const side = section === "egress" ? "to" : "from";
      const path = ["spec", section, index];
      const ports = items(rule.ports).map((port) => {
        const { protocol = "TCP", port: from, endPort } = data(port);
        return span(String(protocol), from, endPort);
      });
      const allow = (peer: Peer, place: Place): Allow => ({
        policy,
        direction: section === "egress" ? "out" : "in",
        peer,
        ...(ports.length === 0 ? {} : { ports }),
        place,
      });
      const peers = items(rule[side]);
      // No peer is every peer.
      if (peers.length === 0) return [allow({ kind: "anyone" }, policy.placeOf(...path))];
      return peers.flatMap((peer, at) =>
        kubernetesPeers(data(peer)).map((each) => allow(each, policy.placeOf(...path, side, at))),
      );
    }),
  );
}

const NAME_OF_NAMESPACE = "kubernetes.io/metadata.name";

function kubernetesPeers({ ipBlock, namespaceSelector, podSelector }: Data): Peer[] {
  if (isData(ipBlock))
    return [{ kind: "range", cidr: String(ipBlock.cidr), except: strings(ipBlock.except) }];
  if (namespaceSelector === undefined && podSelector === undefined) return [{ kind: "anyone" }];
  const selector = data(namespaceSelector);
  const pods = data(data(podSelector).matchLabels);
  const names = [
    ...strings([data(selector.matchLabels)[NAME_OF_NAMESPACE]]),
    ...items(selector.matchExpressions)
      .map(data)
      .filter(({ key, operator }) => key === NAME_OF_NAMESPACE && operator === "In")
      .flatMap(({ values }) => strings(values)),
  ];
  const everyNamespace = namespaceSelector !== undefined && !narrows(selector);
  if (names.length === 0) return [{ kind: "pods", everyNamespace, isDns: false }];
  return names.map((namespace) => ({
    kind: "pods",
    everyNamespace,
    namespace,
    isDns: namespace === "kube-system" && pods["k8s-app"] === "kube-dns",
  }));
}

/** Labels that one namespace has like every other. */
const COMMON = /^(pod-security\.kubernetes\.io|app\.kubernetes\.io)\//;

/** Whether a label selector names a value: not "exists", not "is none of", not what all of them have. */
const narrows = ({ matchLabels, matchExpressions }: Data): boolean =>
  Object.keys(data(matchLabels)).some((label) => !COMMON.test(label)) ||
  items(matchExpressions)
    .map(data)
    .some(({ key, operator }) => operator === "In" && !COMMON.test(String(key)));

function span(protocol: string, from: unknown, to?: unknown): Ports {
  const first = Number(from ?? Number.NaN);
  if (Number.isNaN(first)) return { protocol, from: 0, to: 65535 };
  return { protocol, from: first, to: to === undefined ? first : Number(to) };
}

function ofCalico(policy: Manifest): Allow[] {
  const spec = specOf(policy);
  const isGlobal = policy.kind === "GlobalNetworkPolicy";
  return (["ingress", "egress"] as const).flatMap((section) =>
    items(spec[section]).flatMap((entry, index) => {
      const rule = data(entry);
      // Pass hands over to the profile of the namespace, which allows everything.
      if (rule.action === "Deny" || rule.action === "Log") return [];
      const path = ["spec", section, index];
      const other = section === "egress" ? "destination" : "source";
      const protocol = rule.protocol === undefined ? undefined : String(rule.protocol);
      const listed = items(data(rule.destination).ports).map((port) => {
        const [from, to] = String(port).split(":");
        return span(protocol ?? "", from, to);
      });
      const ports =
        listed.length > 0 ? listed : protocol === undefined ? [] : [span(protocol, undefined)];
      return calicoPeers(data(rule[other]), isGlobal).map((peer) => ({
        policy,
        direction: section === "egress" ? ("out" as const) : ("in" as const),
        peer,
        ...(ports.length === 0 ? {} : { ports }),
        place: policy.placeOf(...path),
      }));
    }),
  );
}

function calicoPeers(side: Data, isGlobal: boolean): Peer[] {
  const nets = strings(side.nets);
  const except = strings(side.notNets);
  if (nets.length > 0) return nets.map((cidr) => ({ kind: "range", cidr, except }));
  if (isData(side.services)) {
    const { name, namespace } = side.services;
    return [{ kind: name === "kubernetes" && namespace === "default" ? "api" : "other" }];
  }
  const { selector, namespaceSelector } = side;
  if (selector === undefined && namespaceSelector === undefined && !isData(side.serviceAccounts))
    return except.length === 0
      ? [{ kind: "anyone" }]
      : ["0.0.0.0/0", "::/0"].map((cidr) => ({ kind: "range", cidr, except }));
  const spaces = typeof namespaceSelector === "string" ? namespaceSelector : undefined;
  const name =
    /^\s*(?:projectcalico\.org\/name|kubernetes\.io\/metadata\.name)\s*==\s*["']([^"']+)["']\s*$/.exec(
      spaces ?? "",
    )?.[1];
  return [
    {
      kind: "pods",
      everyNamespace: spaces === undefined ? isGlobal : !narrowsCalico(spaces),
      ...(name === undefined ? {} : { namespace: name }),
      isDns:
        name === "kube-system" &&
        /^\s*k8s-app\s*==\s*["']kube-dns["']\s*$/.test(String(selector ?? "")),
    },
  ];
}

const narrowsCalico = (selector: string): boolean =>
  /==|\bin\s*\{/.test(selector) && !/\|\||!|\bnot\s+in\b/.test(selector);

const SIDES = {
  ingress: ["fromEndpoints", "fromCIDR", "fromCIDRSet", "fromEntities", "fromNodes"],
  egress: ["toEndpoints", "toCIDR", "toCIDRSet", "toEntities", "toNodes"],
} as const;

/** `spec` and `specs` of a Cilium policy, with the path to each. */
export const ciliumSpecs = ({ object }: Manifest): { spec: Data; path: (string | number)[] }[] => [
  ...(isData(object.spec) ? [{ spec: object.spec, path: ["spec"] }] : []),
  ...items(object.specs).map((spec, index) => ({ spec: data(spec), path: ["specs", index] })),
];

function ofCilium(policy: Manifest): Allow[] {
  const isGlobal = policy.kind === "CiliumClusterwideNetworkPolicy";
  return ciliumSpecs(policy).flatMap(({ spec, path }) =>
    (["ingress", "egress"] as const).flatMap((section) =>
      items(spec[section]).flatMap((entry, index): Allow[] => {
        const rule = data(entry);
        // An empty rule allows nothing: it only turns default deny on.
        if (Object.keys(rule).length === 0) return [];
        const ports = items(rule.toPorts).flatMap((each) => {
          const listed = items(data(each).ports);
          return listed.length === 0
            ? [span("ANY", undefined)]
            : listed.map((port) => {
                const { protocol = "ANY", port: from, endPort } = data(port);
                return span(String(protocol), from, endPort);
              });
        });
        return ciliumPeers(rule, section, isGlobal).map((peer) => ({
          policy,
          direction: section === "egress" ? "out" : "in",
          peer,
          ...(ports.length === 0 ? {} : { ports }),
          place: policy.placeOf(...path, section, index),
        }));
      }),
    ),
  );
}

function ciliumPeers(rule: Data, section: "ingress" | "egress", isGlobal: boolean): Peer[] {
  const [endpoints, cidr, cidrSet, entities, nodes] = SIDES[section];
  const peers: Peer[] = [
    ...items(rule[endpoints]).map((selector) => ciliumPods(data(selector), isGlobal)),
    ...strings(rule[cidr]).map((range): Peer => ({ kind: "range", cidr: range, except: [] })),
    ...items(rule[cidrSet]).map((each): Peer => {
      const { cidr: range, except } = data(each);
      return typeof range === "string"
        ? { kind: "range", cidr: range, except: strings(except) }
        : { kind: "other" };
    }),
    ...strings(rule[entities]).map((name): Peer => ({ kind: "entity", name })),
    ...items(rule[nodes]).map((): Peer => ({ kind: "entity", name: "remote-node" })),
    ...items(rule.toFQDNs).map((each): Peer => {
      const { matchPattern } = data(each);
      return typeof matchPattern === "string" && /^[*.]+$/.test(matchPattern)
        ? { kind: "entity", name: "world" }
        : { kind: "other" };
    }),
    ...[...items(rule.toServices), ...items(rule.toGroups), ...items(rule.fromGroups)].map(
      (): Peer => ({ kind: "other" }),
    ),
  ];
  // Only ports are named: everyone, on these.
  return peers.length === 0 ? [{ kind: "anyone" }] : peers;
}

const NAMESPACE = "io.kubernetes.pod.namespace";
/** Labels without the source that Cilium writes before them. */
const plain = (label: string): string => label.replace(/^(k8s|any)[:.]/, "");

function ciliumPods({ matchLabels, matchExpressions }: Data, isGlobal: boolean): Peer {
  const labels = Object.entries(data(matchLabels)).map(
    ([label, value]) => [plain(label), String(value)] as const,
  );
  const reserved = labels.find(([label]) => label.startsWith("reserved"))?.[0];
  if (reserved !== undefined) return { kind: "entity", name: reserved.slice("reserved:".length) };
  const isSpace = (label: string): boolean =>
    label === NAMESPACE || label.startsWith("io.cilium.k8s.namespace.labels.");
  const expressions = items(matchExpressions).map(data);
  const about = expressions.filter(({ key }) => isSpace(plain(String(key))));
  const named =
    labels.some(([label]) => isSpace(label)) || about.some(({ operator }) => operator === "In");
  const name = labels.find(([label]) => label === NAMESPACE)?.[1];
  return {
    kind: "pods",
    everyNamespace: !named && (isGlobal || about.length > 0),
    ...(name === undefined ? {} : { namespace: name }),
    isDns:
      name === "kube-system" &&
      labels.some(([label, value]) => label === "k8s-app" && value === "kube-dns"),
  };
}

/** Whether a range that is allowed holds another, whole; what is taken out of it does not count. */
export const rangeHolds = (peer: Peer, range: string): boolean =>
  peer.kind === "range" &&
  contains(peer.cidr, range) &&
  !peer.except.some((cut) => contains(cut, range));

/** Whether a rule's ports hold this one. */
export const reaches = ({ ports }: Allow, port: number): boolean =>
  ports === undefined || ports.some(({ from, to }) => from <= port && port <= to);

/** Whether a rule is for exactly this port, on one of these protocols. */
export const isOnly = ({ ports }: Allow, port: number, ...protocols: readonly string[]): boolean =>
  ports?.every(
    ({ protocol, from, to }) => from === port && to === port && protocols.includes(protocol),
  ) === true;

/** Text of the ports for a message. */
export const portsText = ({ ports }: Allow): string =>
  ports === undefined
    ? "every port"
    : ports
        .map(({ protocol, from, to }) => `${protocol} ${from === to ? from : `${from}-${to}`}`)
        .join(", ");

/** Namespaces that the answers leave out of cluster-wide policies. */
export const systemNamespacesOf = ({ config }: Subject): readonly string[] | undefined =>
  config === undefined ? undefined : blueprintOf(config).platform.systemNamespaces;

export interface Flaw {
  message: string;
  place: Place;
}

/**
 * What is wrong with the cluster-wide policies of an overlay, of which one must be without flaw. It may have another
 * name than the generated one; where none is right, the one of that name is what to mend.
 */
export function clusterWideFlaws(
  overlay: Overlay,
  name: string,
  what: string,
  flawsOf: (policy: Manifest) => Flaw[],
): Flaw[] {
  const policies = ofKind(overlay, "GlobalNetworkPolicy", "CiliumClusterwideNetworkPolicy");
  if (policies.some((policy) => flawsOf(policy).length === 0)) return [];
  const named = policies.find((policy) => policy.name === name);
  if (named === undefined)
    return [
      { message: `${overlay.path} has no cluster-wide policy that ${what}`, place: overlay.place },
    ];
  return flawsOf(named).map(({ message, place }) => ({ message: `${name} ${message}`, place }));
}

/** Why a cluster-wide policy does not select every namespace but exactly those of the system. */
export function selectionFlaws(policy: Manifest, system: readonly string[]): Flaw[] {
  const [names, place] =
    policy.kind === "GlobalNetworkPolicy" ? leftOutByCalico(policy) : leftOutByCilium(policy);
  if (names === undefined)
    return [
      { message: "must select every namespace but those of the system, left out by name", place },
    ];
  const more = names.filter((name) => !system.includes(name));
  const less = system.filter((name) => !names.includes(name));
  return [
    ...(more.length > 0
      ? [{ message: `leaves out ${more.join(", ")}, which is not the system's`, place }]
      : []),
    ...(less.length > 0
      ? [{ message: `selects ${less.join(", ")}, which the system needs open`, place }]
      : []),
  ];
}

function leftOutByCalico(policy: Manifest): [string[] | undefined, Place] {
  const spec = specOf(policy);
  for (const key of ["selector", "serviceAccountSelector"])
    if (spec[key] !== undefined && spec[key] !== "" && spec[key] !== "all()")
      return [undefined, policy.placeOf("spec", key)];
  const text = String(spec.namespaceSelector ?? "")
    .replaceAll(/\s+/g, " ")
    .trim();
  const list =
    /^(?:has\(projectcalico\.org\/name\) ?&& ?)?projectcalico\.org\/name not in ?\{([^{}]*)\}$/.exec(
      text,
    )?.[1];
  return [
    list?.split(",").map((each) => each.trim().replace(/^(["'])(.*)\1$/, "$2")),
    policy.placeOf("spec", "namespaceSelector"),
  ];
}

function leftOutByCilium(policy: Manifest): [string[] | undefined, Place] {
  const [first, ...more] = ciliumSpecs(policy);
  const place = policy.placeOf("spec", "endpointSelector");
  const selector = data(first?.spec.endpointSelector);
  const [expression, ...others] = items(selector.matchExpressions).map(data);
  if (
    more.length > 0 ||
    others.length > 0 ||
    Object.keys(data(selector.matchLabels)).length > 0 ||
    expression?.operator !== "NotIn" ||
    plain(String(expression.key)) !== NAMESPACE
  )
    return [undefined, place];
  return [strings(expression.values), place];
}
