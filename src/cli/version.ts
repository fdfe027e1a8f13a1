import { BUILD } from '../host/version.ts';
import type { CommandBody } from './command.ts';
import { EXIT } from './failure.ts';
import { print } from './output.ts';

/** `mayday version`; as JSON with the commit it was built from. */
export const versionCommand: CommandBody = async ({ globals }) => {
  const facts = { ...BUILD, node: process.versions.node, platform: `${process.platform}-${process.arch}` };
  print(facts, globals, () => `mayday ${BUILD.version}`);
  return EXIT.done;
};
