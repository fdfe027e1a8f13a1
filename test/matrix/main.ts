import { parseArgs } from 'node:util';
import { CHARACTERS } from './characters.ts';
import { ROWS } from './faults.ts';
import { type Cell, matrix } from './matrix.ts';

const USAGE = `usage: npm run matrix -- [--type TYPE] [--character NAME] [--speed N] [--width N]
  --type TYPE       only this injection type
  --character NAME  only this operator: ${CHARACTERS.map(({ name }) => name).join(', ')}
  --speed N         how much faster than life (8); lower it where the machine is busy
  --width N         runs side by side (8)
`;

function options() {
  try {
    const { values } = parseArgs({
      options: {
        type: { type: 'string' },
        character: { type: 'string' },
        speed: { type: 'string', default: '8' },
        width: { type: 'string', default: '8' },
      },
    });
    const [speed, width] = [Number(values.speed), Number(values.width)];
    const rows = ROWS.filter(({ type }) => values.type === undefined || type === values.type);
    const characters = CHARACTERS.filter(({ name }) => values.character === undefined || name === values.character);
    if (speed > 0 && width >= 1 && rows.length > 0 && characters.length > 0) return { rows, characters, speed, width };
  } catch {
    // What was asked for is no option of this; the usage says which are.
  }
  process.stderr.write(USAGE);
  process.exit(2);
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

const { rows, characters, speed, width } = options();
const pairs = rows.flatMap(row => characters.map(character => [row, character] as const));
let done = 0;
const cells = await matrix(pairs, {
  speed,
  width,
  tell: ({ row, character }) => {
    done += 1;
    process.stderr.write(`${done} of ${pairs.length}: ${row.type}, ${character.name}\n`);
  },
});
const at = (cell: Cell | undefined) =>
  cell === undefined ? '-' : `${cell.verdict}${cell.wrong.length > 0 ? ' ✗' : ''}`;
const table = [
  ['', ...characters.map(({ name }) => name)],
  ...rows.map(row => [
    row.type,
    ...characters.map(one => at(cells.find(cell => cell.row === row && cell.character === one))),
  ]),
];
for (const line of table)
  say(
    line
      .map((text, column) => text.padEnd(column === 0 ? 22 : 14))
      .join('')
      .trimEnd(),
  );
const wrong = cells.filter(cell => cell.wrong.length > 0);
for (const { row, character, wrong: lines } of wrong) say(`✗ ${row.type}, ${character.name}: ${lines.join('; ')}`);
say(`runs ${cells.length}, types ${rows.length}   verdicts that are false ${wrong.length}   must be 0`);
process.exit(wrong.length === 0 ? 0 : 1);
