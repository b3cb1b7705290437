/** User data of a launch template as settings, each with its place. */
import { isData, strings } from "./kubernetes.ts";
import type { Subject } from "./subject.ts";
import { readToml } from "./toml.ts";
import { type Place, type Resource, showValue, unknownsOf, type Value } from "./value.ts";

export interface Setting {
  /** `settings.kernel.lockdown` of Bottlerocket; of a NodeConfig `spec.kubelet.config.readOnlyPort`, `spec.kubelet.flags.read-only-port`. */
  path: string;
  value: unknown;
  place: Place;
}

export interface UserData {
  settings: readonly Setting[];
  /** Parts that the node runs instead of reading them. */
  programs: readonly { what: string; place: Place }[];
  /** Parts that could not be read, so nothing is known about them. */
  unread: readonly { why: string; place: Place }[];
  /** Where it is written as a whole. */
  place: Place;
}

/** Reads the user data of a launch template. */
export function userDataOf(subject: Subject, template: Resource): UserData {
  const value = template.get("user_data");
  const place = template.placeOf("user_data");
  const nothing = { settings: [], programs: [], unread: [], place };
  if (value === undefined || value === null || value === "") return nothing;
  const text = decode(value);
  if (text === undefined) {
    const [unknown] = unknownsOf(value);
    const why = `user_data is ${showValue(value).split("\n", 1)[0]?.slice(0, 80)}, which cannot be read${unknown === undefined ? "" : ` (${unknown.why})`}`;
    return { ...nothing, unread: [{ why, place }] };
  }
  const at = placesIn(subject, text, place);
  return isMime(text) || /^#!|^#cloud|^#include|^\s*(---|apiVersion:|\{)/.test(text)
    ? fromMime(subject, text.replaceAll("\r\n", "\n"), at)
    : fromToml(text, at);
}

/** Base64 as text; undefined for what is not known, or no text. */
function decode(value: Value): string | undefined {
  if (typeof value !== "string") return undefined;
  try {
    const text = atob(value.replaceAll(/\s/g, ""));
    const bytes = new Uint8Array(text.length);
    // To go through a text by its characters takes ten times as long.
    for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Lines of the text: in the file that holds it, where there is one beside the template. */
function placesIn(subject: Subject, text: string, place: Place): (line: number) => Place {
  const folder = place.file.slice(0, place.file.lastIndexOf("/") + 1);
  const path = subject.paths.find(
    (each) => each.startsWith(folder) && subject.file(each)?.text === text,
  );
  return path === undefined ? () => place : (line) => ({ file: path, line });
}

function fromToml(text: string, at: (line: number) => Place): UserData {
  const place = at(1);
  const read = readToml(text);
  if ("unread" in read)
    return {
      settings: [],
      programs: [],
      unread: [
        { why: "this line of the user data is no TOML that is understood", place: at(read.unread) },
      ],
      place,
    };
  return {
    settings: read.entries.map(({ path, value, line }) => ({
      path: path.join("."),
      value,
      place: at(line),
    })),
    programs: [],
    unread: [],
    place,
  };
}

const isMime = (text: string): boolean =>
  /^(content-type|mime-version):/im.test(text.slice(0, 400));

interface Part {
  type: string;
  body: string;
  /** Lines before the body. */
  offset: number;
}

function fromMime(subject: Subject, text: string, at: (line: number) => Place): UserData {
  const settings: Setting[] = [];
  const programs: { what: string; place: Place }[] = [];
  const unread: { why: string; place: Place }[] = [];
  for (const { type, body, offset } of partsOf(text, 0)) {
    if (type !== "application/node.eks.aws") {
      programs.push({ what: type, place: at(offset + 1) });
      continue;
    }
    const documents = subject.yaml(body);
    if (documents === undefined) {
      unread.push({ why: "this part of the user data is no YAML", place: at(offset + 1) });
      continue;
    }
    for (const { data, placeOf } of documents)
      flatten(data, [], (path, value) => {
        const place = at(offset + placeOf(...path).line);
        if (path.join(".") === "spec.kubelet.flags")
          for (const flag of strings(value)) settings.push({ ...fromFlag(flag), place });
        else settings.push({ path: path.join("."), value, place });
      });
  }
  return { settings, programs, unread, place: at(1) };
}

/** The parts of a MIME text, those of parts too; one that has no head is of the type that its first line says. */
function partsOf(text: string, offset: number): Part[] {
  const lines = text.split("\n");
  if (!isMime(text))
    return text.trim() === "" ? [] : [{ type: typeByContent(text), body: text, offset }];
  const blank = lines.findIndex((line) => line.trim() === "");
  const head = lines
    .slice(0, blank)
    .join("\n")
    .replaceAll(/\r?\n[ \t]+/g, " ");
  const type = /^content-type:\s*([^;\s]+)/im.exec(head)?.[1]?.toLowerCase() ?? "text/plain";
  const body = lines.slice(blank + 1);
  const start = offset + blank + 1;
  const boundary = /boundary="?([^";\s]+)"?/i.exec(head)?.[1];
  if (!type.startsWith("multipart/") || boundary === undefined) {
    const encoding = /^content-transfer-encoding:\s*(\S+)/im.exec(head)?.[1]?.toLowerCase();
    const plain = body.join("\n");
    const known = encoding === "base64" ? decode(plain) : plain;
    return known === undefined || !["base64", "7bit", "8bit", undefined].includes(encoding)
      ? [{ type: `${type} that is encoded`, body: "", offset: start }]
      : [{ type, body: known, offset: start }];
  }
  const marks = body.flatMap((line, index) =>
    line.trim().startsWith(`--${boundary}`) ? [index] : [],
  );
  return marks.flatMap((mark, index) => {
    if (body[mark]?.trim() === `--${boundary}--`) return [];
    const inner = body.slice(mark + 1, marks[index + 1]);
    return partsOf(inner.join("\n"), start + mark + 1);
  });
}

const typeByContent = (text: string): string =>
  text.startsWith("#!")
    ? "text/x-shellscript"
    : text.startsWith("#cloud-config")
      ? "text/cloud-config"
      : /^\s*(---|apiVersion:|\{)/.test(text)
        ? "application/node.eks.aws"
        : "text/plain";

/** Each value that is no map, with its path. */
function flatten(
  value: unknown,
  path: string[],
  found: (path: string[], value: unknown) => void,
): void {
  if (isData(value))
    for (const [key, each] of Object.entries(value)) flatten(each, [...path, key], found);
  else found(path, value);
}

function fromFlag(flag: string): { path: string; value: unknown } {
  const [, name = flag, value = "true"] = /^\s*--?([\w.-]+)(?:[=\s]\s*(.*?))?\s*$/.exec(flag) ?? [];
  return { path: `spec.kubelet.flags.${name}`, value };
}
