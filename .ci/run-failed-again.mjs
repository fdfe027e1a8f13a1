// Runs the tests that failed once more, alone: `node .ci/run-failed-again.mjs REPORT COMMAND…`, where REPORT is what vitest's json
// reporter wrote and COMMAND is the npm command that ran them. Ends with 0 if every one of them passes now. Each is named, so that a
// test that fails only on a busy machine is seen and can be mended. More than five failures are no accident: nothing is run again.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const MOST = 5;
const [report, ...command] = process.argv.slice(2);

/** The tests of a report: [{ file, name, status }], without a name where the file failed before its tests. */
function testsOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).testResults.flatMap(result => {
    const tests = result.assertionResults.map(({ ancestorTitles, title, status }) => ({
      file: result.name,
      name: [...ancestorTitles, title].join(' > '),
      status,
    }));
    const brokenFile = result.status === 'failed' && tests.every(({ status }) => status !== 'failed');
    return brokenFile ? [{ file: result.name, name: '', status: 'failed' }] : tests;
  });
}

const failed = testsOf(report).filter(({ status }) => status === 'failed');
const shown = ({ file, name }) => `${file.slice(process.cwd().length + 1)}${name ? ` > ${name}` : ''}`;
for (const test of failed) console.log(`failed: ${shown(test)}`);
if (failed.length === 0 || failed.length > MOST) process.exit(1);

console.log(`--- once more, alone: ${failed.length}`);
const escaped = text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const names = failed.every(({ name }) => name) ? ['-t', failed.map(({ name }) => `^${escaped(name)}$`).join('|')] : [];
const second = `${report}.again`;
const options = ['--reporter=default', '--reporter=json', `--outputFile.json=${second}`];
const files = [...new Set(failed.map(({ file }) => file))];
const { status } = spawnSync(command[0], [...command.slice(1), '--', ...files, ...names, ...options], { stdio: 'inherit' });

const passed = new Set(testsOf(second).filter(test => test.status === 'passed').map(shown));
const all = status === 0 && failed.every(test => (test.name ? passed.has(shown(test)) : passed.size > 0));
if (all) for (const test of failed) console.log(`UNSTABLE, passed alone: ${shown(test)}`);
process.exit(all ? 0 : 1);
