/** Overlays as they are built, and what of them cannot be followed. */
import { describe, expect, it } from "vitest";
import { overlayBuilder } from "../../src/proof/audit/kustomize.ts";
import type { YamlProblem } from "../../src/proof/audit/yaml.ts";

const POLICY =
  "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: deny\nspec:\n  podSelector: {}\n";
const NAMESPACE =
  "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n    level: restricted\n";

function build(files: Record<string, string>) {
  const problems: YamlProblem[] = [];
  const overlay = overlayBuilder((path) => files[path], problems)("o/prod");
  return { overlay, problems };
}

const base = {
  "o/prod/kustomization.yaml": "namespace: shop\nresources:\n  - ../../base\n  - extra.yaml\n",
  "o/prod/extra.yaml": `${POLICY}---\n${POLICY.replace("name: deny", "name: other")}`,
  "base/kustomization.yaml": "resources:\n  - namespace.yaml\n  - deny.yaml\n",
  "base/namespace.yaml": NAMESPACE,
  "base/deny.yaml": POLICY,
};

it("follows resources, and puts what has a namespace into it", () => {
  const { overlay, problems } = build(base);
  expect(problems).toEqual([]);
  expect(overlay?.unresolved).toEqual([]);
  expect(overlay?.manifests.map(({ kind, name, namespace }) => [kind, name, namespace])).toEqual([
    ["Namespace", "shop", undefined],
    ["NetworkPolicy", "deny", "shop"],
    ["NetworkPolicy", "deny", "shop"],
    ["NetworkPolicy", "other", "shop"],
  ]);
  const second = overlay?.manifests.at(-1);
  expect(second?.place).toEqual({ file: "o/prod/extra.yaml", line: 8, column: 1 });
  expect(second?.placeOf("spec", "podSelector").line).toBe(13);
});

describe("patches", () => {
  const patched = (patch: string) =>
    build({ ...base, "o/prod/kustomization.yaml": `resources:\n  - ../../base\n${patch}` }).overlay;

  it("merges a strategic one", () => {
    const overlay = patched(
      "patches:\n  - patch: |-\n      apiVersion: v1\n      kind: Namespace\n      metadata:\n        name: shop\n        labels:\n          level: privileged\n",
    );
    const [namespace] = overlay?.manifests ?? [];
    expect(namespace?.object.metadata).toEqual({ name: "shop", labels: { level: "privileged" } });
    // What a patch set is shown where the patch is.
    expect(namespace?.placeOf("metadata").file).toBe("o/prod/kustomization.yaml");
  });

  it("applies one of RFC 6902 to its target", () => {
    const overlay = patched(
      "patches:\n  - target:\n      kind: Namespace\n    patch: |-\n      - op: remove\n        path: /metadata/labels/level\n",
    );
    expect(overlay?.manifests[0]?.object.metadata).toEqual({ name: "shop", labels: {} });
  });

  it("deletes", () => {
    const overlay = patched(
      "patches:\n  - patch: |-\n      $patch: delete\n      apiVersion: networking.k8s.io/v1\n      kind: NetworkPolicy\n      metadata:\n        name: deny\n",
    );
    expect(overlay?.manifests.map(({ kind }) => kind)).toEqual(["Namespace"]);
  });

  it("says where one fits nothing", () => {
    const overlay = patched(
      "patches:\n  - target:\n      kind: Pod\n    patch: |-\n      - op: remove\n        path: /spec\n",
    );
    expect(overlay?.unresolved.map(({ message }) => message)).toEqual(["a patch fits nothing"]);
  });
});

describe("what it does not follow, it says", () => {
  it.each([
    ["a remote resource", "resources:\n  - https://example.com/x.yaml\n", /comes from outside/],
    ["a repository", "resources:\n  - github.com/acme/base?ref=v1\n", /comes from outside/],
    ["a path that leaves", "resources:\n  - ../../../../etc\n", /comes from outside/],
    ["a file that is not there", "resources:\n  - gone.yaml\n", /is not there/],
    [
      "a generator that changes",
      "secretGenerator:\n  - name: x\n    behavior: merge\n",
      /generator that changes/,
    ],
    [
      "labels in other fields",
      "labels:\n  - pairs:\n      a: b\n    fields:\n      - path: spec/podSelector\n",
      /other fields/,
    ],
    ["a chart", "helmCharts:\n  - name: x\n", /helmCharts is not followed/],
    ["itself", "resources:\n  - ../prod\n", /include one another/],
  ])("%s", (_, text, expected) => {
    const { overlay } = build({ "o/prod/kustomization.yaml": text });
    expect(overlay?.unresolved[0]?.message).toMatch(expected);
    expect(overlay?.unresolved[0]?.place.file).toBe("o/prod/kustomization.yaml");
  });
});

it("names file and line of what is no YAML", () => {
  const { problems } = build({ ...base, "base/deny.yaml": "kind: [\n" });
  expect(problems[0]?.place.file).toBe("base/deny.yaml");
});

describe("as kubectl kustomize prints it", () => {
  const files = {
    "o/prod/d.yaml":
      "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shop\n  labels:\n    level: plain\nspec:\n  template:\n    spec:\n      containers:\n        - name: shop\n          image: registry.example/shop:1.0.0\n          ports:\n            - containerPort: 8080\n              hostPort: 80\n---\napiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata:\n  name: shop\nspec:\n  template:\n    spec:\n      containers:\n        - name: shop\n          image: registry.example/shop:1.0.0\n          securityContext:\n            privileged: false\n",
    "o/prod/app.env": "MODE=fast\n",
    "o/prod/kustomization.yaml":
      "resources:\n  - d.yaml\nlabels:\n  - pairs:\n      level: labelled\npatchesJson6902:\n  - target:\n      kind: Deployment\n      name: shop\n    patch: |-\n      - op: replace\n        path: /metadata/labels/level\n        value: patched\npatches:\n  - patch: |-\n      apiVersion: apps/v1\n      kind: Deployment\n      metadata:\n        name: shop\n      spec:\n        template:\n          spec:\n            containers:\n              - name: shop\n                ports:\n                  - containerPort: 9090\n  - patch: |-\n      apiVersion: argoproj.io/v1alpha1\n      kind: Rollout\n      metadata:\n        name: shop\n      spec:\n        template:\n          spec:\n            containers:\n              - name: shop\n                image: registry.example/other:1.0.0\nimages:\n  - name: registry.example/shop\n    newTag: 2.0.0\nconfigMapGenerator:\n  - name: settings\n    literals:\n      - LOG_LEVEL=info\n    envs:\n      - app.env\n",
  };
  const { overlay } = build(files);
  const one = (kind: string) => overlay?.manifests.find((each) => each.kind === kind)?.object;

  it("merges ports by their number, and patches by RFC 6902 after the labels", () => {
    expect(overlay?.unresolved).toEqual([]);
    expect(one("Deployment")).toMatchObject({
      metadata: { labels: { level: "patched" } },
      spec: {
        template: {
          spec: {
            containers: [
              {
                image: "registry.example/shop:2.0.0",
                ports: [{ containerPort: 8080, hostPort: 80 }, { containerPort: 9090 }],
              },
            ],
          },
        },
      },
    });
  });

  it("replaces lists of kinds that Kubernetes does not know", () => {
    expect(one("Rollout")).toMatchObject({
      spec: {
        template: {
          spec: { containers: [{ name: "shop", image: "registry.example/other:1.0.0" }] },
        },
      },
    });
    expect(JSON.stringify(one("Rollout"))).not.toContain("privileged");
  });

  it("makes what generators make", () => {
    expect(one("ConfigMap")).toMatchObject({
      metadata: { name: "settings" },
      data: { LOG_LEVEL: "info", MODE: "fast" },
    });
  });

  it("changes kind and group where a patch by RFC 6902 says so", () => {
    const { overlay: other } = build({
      ...base,
      "o/prod/kustomization.yaml":
        "resources:\n  - ../../base\npatches:\n  - target:\n      kind: NetworkPolicy\n    patch: |-\n      - op: replace\n        path: /kind\n        value: ConfigMap\n",
    });
    expect(other?.manifests.map(({ kind }) => kind)).toEqual(["Namespace", "ConfigMap"]);
  });

  it("says where a patch may change the kind", () => {
    const { overlay: other } = build({
      ...base,
      "o/prod/kustomization.yaml":
        "resources:\n  - ../../base\npatches:\n  - target:\n      kind: NetworkPolicy\n    options:\n      allowKindChange: true\n    patch: |-\n      kind: ConfigMap\n",
    });
    expect(other?.unresolved[0]?.message).toMatch(/may change kind/);
  });
});
