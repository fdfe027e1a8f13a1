import { parseArgs } from 'node:util';
import { CLUSTERS, type OpenCluster } from './clusters.ts';
import { firstFrame, keyToPaint } from './console.ts';
import { type Figure, printFigures } from './figure.ts';
import { scanFleet } from './fleet.ts';
import { appendToDay } from './gameday.ts';
import { machineLine } from './machine.ts';
import { reportMany } from './report.ts';
import { scanAndRevert } from './revert.ts';
import { suiteOfAll } from './suite.ts';
import { tenThousandPods } from './ten-thousand.ts';
import { triageGates } from './triage.ts';
import { ttlOvershoot } from './ttl.ts';
import { validateMany } from './validate.ts';
import { clusterView } from './view.ts';

const BENCHES: Record<string, (open: OpenCluster) => Promise<Figure[]>> = {
  'first-frame': firstFrame,
  'key-to-paint': keyToPaint,
  validate: validateMany,
  report: reportMany,
  gameday: appendToDay,
  suite: suiteOfAll,
  'ten-thousand': tenThousandPods,
  view: clusterView,
  triage: triageGates,
  revert: scanAndRevert,
  ttl: ttlOvershoot,
  fleet: scanFleet,
};

// `npm run bench` runs all on the sandbox; `npm run bench -- --on controlplane revert ttl` the named ones on a real API server.
const { values, positionals: wanted } = parseArgs({
  options: { on: { type: 'string', default: 'sandbox' } },
  allowPositionals: true,
});
const open = CLUSTERS[values.on as keyof typeof CLUSTERS];
const unknown = wanted.filter(name => !(name in BENCHES));
if (open === undefined || unknown.length > 0) {
  const found = open === undefined ? `--on ${values.on}` : unknown.join(', ');
  const clusters = Object.keys(CLUSTERS).join(' or ');
  process.stderr.write(`expected benchmarks of ${Object.keys(BENCHES).join(', ')}, --on ${clusters}; found ${found}\n`);
  process.exit(2);
}
process.stdout.write(`${machineLine()}\n`);
const figures: Figure[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stderr.write(`measuring ${name} on ${values.on}…\n`);
  figures.push(...(await bench(open)));
}
process.stdout.write(`${machineLine()}\n`);
printFigures(figures);
