import { VERSION } from '../runtime/version.ts';
import type { CommandBody } from './command.ts';
import { EXIT } from './failure.ts';
import { print } from './output.ts';

/** `mayday version`. */
export const versionCommand: CommandBody = async ({ globals }) => {
  print({ version: VERSION, node: process.versions.node }, globals, () => `mayday ${VERSION}`);
  return EXIT.done;
};
