import { firstFrame, keyToPaint } from './console.ts';
import { type Figure, printFigures } from './figure.ts';
import { machineLine } from './machine.ts';
import { scanAndRevert } from './revert.ts';
import { tenThousandPods } from './ten-thousand.ts';
import { ttlOvershoot } from './ttl.ts';
import { validateMany } from './validate.ts';

const BENCHES: Record<string, () => Promise<Figure[]>> = {
  'first-frame': firstFrame,
  'key-to-paint': keyToPaint,
  validate: validateMany,
  'ten-thousand': tenThousandPods,
  revert: scanAndRevert,
  ttl: ttlOvershoot,
};

// `npm run bench` runs all; `npm run bench -- validate` the named ones.
const wanted = process.argv.slice(2);
const unknown = wanted.filter(name => !(name in BENCHES));
if (unknown.length > 0) {
  process.stderr.write(`expected benchmarks of ${Object.keys(BENCHES).join(', ')}; found ${unknown.join(', ')}\n`);
  process.exit(2);
}
process.stdout.write(`${machineLine()}\n`);
const figures: Figure[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stderr.write(`measuring ${name}…\n`);
  figures.push(...(await bench()));
}
process.stdout.write(`${machineLine()}\n`);
printFigures(figures);
