import { parseArgs } from 'node:util';
import { aligned } from '../torture/report.ts';
import { CHARACTERS } from './characters.ts';
import { ROWS, type Row, TURNED } from './faults.ts';
import { onControlPlane, onSandbox } from './ground.ts';
import { type Cell, matrix, type Pair } from './matrix.ts';

const USAGE = `usage: npm run matrix -- [--type TYPE] [--character NAME] [--speed N] [--width N] [--turned] [--controlplane]
  --type TYPE       only this injection type
  --character NAME  only this operator: ${CHARACTERS.map(({ name }) => name).join(', ')}
  --turned          each fault asked to be met in the other way: survived where it usually is to be healed, and so on
  --speed N         how much faster than life the sandbox runs (6); lower it where the machine is busy
  --width N         runs side by side (24)
  --controlplane    on a real control plane rather than the sandbox, as fast as life
`;

function options() {
  try {
    const { values } = parseArgs({
      options: {
        type: { type: 'string' },
        character: { type: 'string' },
        turned: { type: 'boolean', default: false },
        speed: { type: 'string', default: '6' },
        width: { type: 'string', default: '24' },
        controlplane: { type: 'boolean', default: false },
      },
    });
    const [speed, width] = [Number(values.speed), Number(values.width)];
    const rows = (values.turned ? TURNED : ROWS).filter(
      ({ type }) => values.type === undefined || type === values.type,
    );
    const characters = CHARACTERS.filter(({ name }) => values.character === undefined || name === values.character);
    if (speed > 0 && width >= 1 && rows.length > 0 && characters.length > 0)
      return { rows, characters, speed, width, isReal: values.controlplane };
  } catch {
    // What was asked for is no option of this; the usage says which are.
  }
  process.stderr.write(USAGE);
  process.exit(2);
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

const { rows, characters, speed, width, isReal } = options();
const pairs = rows.flatMap(row => characters.map((character): Pair => [row, character]));
let done = 0;
const tell = ({ row, character, wrong }: Cell) => {
  done += 1;
  const mark = wrong.length > 0 ? ', to be looked at again' : '';
  process.stderr.write(`${done} of ${pairs.length}: ${row.type}, ${character.name}${mark}\n`);
};
const ground = await (isReal ? onControlPlane() : onSandbox(speed));
const { cells, again } = await matrix(pairs, ground, { width, tell });
await ground.stop();

const at = (cell: Cell | undefined) =>
  cell === undefined ? '-' : `${cell.verdict}${cell.wrong.length > 0 ? ' ✗' : ''}`;
const lineOf = (row: Row) => [
  row.type,
  ...characters.map(one => at(cells.find(cell => cell.row === row && cell.character === one))),
];
for (const line of aligned([['', ...characters.map(({ name }) => name)], ...rows.map(lineOf)])) say(line);
const wrong = cells.filter(cell => cell.wrong.length > 0);
for (const { row, character, wrong: lines } of wrong) say(`✗ ${row.type}, ${character.name}: ${lines.join('; ')}`);
say(`runs ${cells.length}, types ${rows.length}, run again alone ${again}`);
say(`verdicts that are false ${wrong.length}   must be 0`);
process.exit(wrong.length === 0 ? 0 : 1);
