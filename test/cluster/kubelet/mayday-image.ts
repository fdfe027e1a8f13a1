import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Image } from './images.ts';

/** Where the pods of `mayday submit` have their files. */
const MOUNTS = ['/plans', '/tmp'];

/**
 * Mayday's own image for the pods of `mayday submit`: the same program in the same process, which takes paths of the pod's mounts from the
 * folder that plays them. `folder` keeps the program that does so.
 */
export function submittedImage(folder: string, [node, script]: readonly [string, string]): Image {
  const binary = join(folder, 'mayday-pod');
  const loader = join(folder, 'mayday-pod.mjs');
  writeFileSync(
    loader,
    `const root = process.argv.pop().slice('--root='.length);
const at = word => (${JSON.stringify(MOUNTS)}.some(mount => word === mount || word.startsWith(mount + '/')) ? root + word : word);
process.argv = [process.argv[0], ${JSON.stringify(script)}, ...process.argv.slice(2).map(at)];
for (const name of ['XDG_STATE_HOME', 'HOME']) process.env[name] = at(process.env[name] ?? '');
await import(${JSON.stringify(script)});
`,
  );
  writeFileSync(binary, `#!/bin/sh\nexec ${node} ${loader} "$@"\n`);
  chmodSync(binary, 0o755);
  return { name: 'mayday', command: '/mayday', binary, listens: [], arguments: ({ root }) => [`--root=${root}`] };
}
