import { VERSION } from '../runtime/version.ts';
import type { CommandBody } from './command.ts';
import { EXIT } from './failure.ts';
import { render } from './output.ts';

/** `mayday version`. */
export const versionCommand: CommandBody = async ({ globals }) => {
  process.stdout.write(
    render({ version: VERSION, node: process.versions.node }, globals.output, () => `mayday ${VERSION}`),
  );
  return EXIT.done;
};
