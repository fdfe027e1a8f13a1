import { parseArgs } from 'node:util';
import { controlplane } from '../e2e/providers/controlplane.ts';
import type { ProviderKind } from '../e2e/providers/provider.ts';
import { sandbox } from '../e2e/providers/sandbox.ts';
import { allAttacks } from './all.ts';
import { beCareless } from './careless.ts';
import { type Played, play } from './play.ts';

const USAGE = `usage: npm run attacks -- [--on sandbox|controlplane] [--said] [--careless] [words...]
  --on CLUSTER  only there; both unless told, the control plane where it can be built
  --said        print also what the attacked program said
  --careless    without the judgement of records: each attack by a record must gain, or it proves nothing
  words         only attacks whose name has one of them in it
`;

const KINDS = [sandbox, controlplane];

function options() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        on: { type: 'string' },
        said: { type: 'boolean', default: false },
        careless: { type: 'boolean', default: false },
      },
    });
    const kinds = KINDS.filter(({ name }) => values.on === undefined || name === values.on);
    if (kinds.length > 0) return { kinds, words: positionals, said: values.said, careless: values.careless };
  } catch {
    // What was asked for is no option of this; the usage says which are.
  }
  process.stderr.write(USAGE);
  process.exit(2);
}

const say = (line: string) => void process.stdout.write(`${line}\n`);
const { kinds, words, said, careless } = options();
if (careless) beCareless();
const attacks = (await allAttacks()).filter(
  ({ name, byRecord }) =>
    (words.length === 0 || words.some(word => name.includes(word))) && (byRecord === true || !careless),
);
const played: Played[] = [];

async function on(kind: ProviderKind): Promise<void> {
  const whyNot = kind.whyNot();
  if (whyNot !== undefined) return say(`skipped: ${whyNot}`);
  const provider = await kind.open();
  try {
    for (const attack of attacks) {
      const result = await play(provider, attack);
      played.push(result);
      process.stderr.write(`${kind.name} ${played.length}: ${attack.name}: ${outcome(result)}\n`);
      if (said) process.stderr.write(result.said);
    }
  } finally {
    await provider.close();
  }
}

const outcome = ({ gained, broken }: Played): string =>
  broken !== undefined ? `could not be tried: ${broken}` : gained === undefined ? 'nothing' : `GAINED ${gained}`;

for (const kind of kinds) await on(kind);
const width = Math.max(...attacks.map(({ name }) => name.length), 'ATTACK'.length);
const row = (attack: string, cluster: string, gained: string) =>
  `${attack.padEnd(width)}  ${cluster.padEnd(12)}  ${gained}`;
say(row('ATTACK', 'CLUSTER', 'GAINED'));
for (const one of played) say(row(one.attack, one.cluster, outcome(one)));
const [won, broken] = [played.filter(one => one.gained !== undefined), played.filter(one => one.broken !== undefined)];
say(`attacks ${attacks.length}   played ${played.length}`);
say(`could not be tried ${broken.length}   must be 0`);
say(`gained something   ${won.length}   must be ${careless ? played.length : 0}`);
const isAsItMust = careless ? won.length === played.length : won.length === 0;
process.exit(played.length > 0 && broken.length === 0 && isAsItMust ? 0 : 1);
