import data from "./data/actions.json" with { type: "json" };

export interface ActionPin {
  action: string;
  version: string;
  /** Full commit SHA: a tag can be moved, as in the attacks of March 2025 and March 2026. */
  sha: string;
}

const pins = new Map<string, ActionPin>(data.pins.map((pin) => [pin.action, pin]));

/** The pin of a GitHub action. Throws `RangeError` for one without a pin seen in two unrelated repositories. */
export function actionPin(action: string): ActionPin {
  const found = pins.get(action);
  if (found === undefined) throw new RangeError(`no pin for ${action} in the catalog`);
  return { ...found };
}

/** Every pinned action. */
export const actionNames: readonly string[] = [...pins.keys()];
