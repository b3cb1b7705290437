/** `yo hardened-eks:upgrade`: renders anew and merges, as `create-hardened-eks upgrade`. */
import { UpdatingGenerator } from "../updating.ts";

export default class Upgrade extends UpdatingGenerator {
  async writing(): Promise<void> {
    const { upgrade } = await import("../../../src/cli/commands/upgrade.ts");
    await this.runCommand((flags, terminal) => upgrade(this.destinationRoot(), flags, terminal));
  }
}
