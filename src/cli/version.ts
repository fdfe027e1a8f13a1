import { BUILD } from '../host/version.ts';
import type { CommandBody } from './command.ts';
import { EXIT } from './failure.ts';
import { print } from './output/output.ts';

/** `mayday version`; with -o json also the commit that it was built from. */
export const versionCommand: CommandBody = async ({ globals }) => {
  const facts = { ...BUILD, node: process.versions.node, platform: `${process.platform}-${process.arch}` };
  print(facts, globals, () => `mayday ${BUILD.version}`);
  return EXIT.done;
};
