/** `yo hardened-eks:add efs-csi`: more add-ons, as `create-hardened-eks add`. */
import { UpdatingGenerator } from "../updating.ts";

export default class Add extends UpdatingGenerator {
  // biome-ignore lint/suspicious/noExplicitAny: the base class asks for it
  constructor(args: any, options: any, features?: any) {
    super(args, options, features);
    this.argument("what", {
      type: Array,
      required: true,
      description: "Add-ons, or environments.NAME, namespaces.NAME, nodes.groups.NAME",
    });
  }

  async writing(): Promise<void> {
    const { add } = await import("../../../src/cli/commands/change.ts");
    const { what } = this.options as unknown as { what: string[] };
    await this.runCommand((flags, terminal) =>
      add(what, { ...flags, directory: this.destinationRoot() }, terminal),
    );
  }
}
