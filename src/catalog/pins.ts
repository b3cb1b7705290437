/** Pinned versions of what a repository installs. */
import actions from "./data/actions.json" with { type: "json" };
import addons from "./data/addon-pins.json" with { type: "json" };
import charts from "./data/charts.json" with { type: "json" };

export interface AddonPin {
  name: string;
  kubernetes: string;
  version: string;
  /** A: primary source, B: reliable secondary one, C: not verified. */
  confidence: "A" | "B" | "C";
}

/** The add-on version seen working with a Kubernetes version; nothing where none was seen. */
export function addonPin(name: string, kubernetes: string): AddonPin | undefined {
  return (addons.pins as AddonPin[]).find(
    (pin) => pin.name === name && pin.kubernetes === kubernetes,
  );
}

export interface ChartPin {
  name: string;
  repository: string;
  version: string;
  appVersion?: string;
}

/** Throws `RangeError` for a chart without a pin. */
export function chart(name: string): ChartPin {
  const pin = charts.charts.find((entry) => entry.name === name);
  if (pin === undefined) throw new RangeError(`no chart ${name}`);
  return pin;
}

export interface ActionPin {
  action: string;
  version: string;
  /** Full commit id. */
  sha: string;
}

/** Throws `RangeError` for an action without a pin. */
export function actionPin(action: string): ActionPin {
  const pin = (actions.pins as ActionPin[]).find((entry) => entry.action === action);
  if (pin === undefined) throw new RangeError(`no pin for the action ${action}`);
  return pin;
}
