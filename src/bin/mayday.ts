#!/usr/bin/env node
import { settleColour } from './colour.ts';
import { keepCompiledCode } from './compile-cache.ts';
import { isNewEnough, OLDEST_NODE } from './node-version.ts';
import { findNewerNode, hangUpWithParent, reexecute } from './reexec.ts';

if (isNewEnough(process.version)) {
  keepCompiledCode(process.env);
  hangUpWithParent();
  settleColour(process.argv, process.env);
  // Warnings of libraries would be printed over the screen, and users can do nothing about them.
  process.removeAllListeners('warning');
  // React's development build costs 2.5 times the CPU; the variable must be set before it is loaded.
  // (Through a variable: the bundler replaces the plain expression by a constant.)
  const { env } = process;
  env.NODE_ENV ??= 'production';
  const { main } = await import('../cli/main.ts');
  await main(process.argv.slice(2));
} else {
  const node = findNewerNode(process.env);
  if (node !== undefined) reexecute(node, process.argv.slice(1));
  else {
    process.stderr.write(
      `mayday: expected Node.js ${OLDEST_NODE} or newer, found ${process.version}; set MAYDAY_NODE to a newer one, or install one beside it: \`npm install node@24\`; in a clone \`npm ci\` does\n`,
    );
    process.exitCode = 1;
  }
}
