import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CORPUS } from './corpus/index.ts';
import { figureOf } from './figure.ts';
import { type Judged, judge } from './judge.ts';
import { LISTED } from './listed.ts';
import { readRecorded } from './recorded.ts';
import { type Server, startSandboxServer } from './servers.ts';
import { answersTo } from './session.ts';

describe('the sandbox against the recorded answers of a real API server', () => {
  const recorded = readRecorded();
  const all: Judged[] = [];
  let server: Server;
  beforeAll(async () => {
    server = await startSandboxServer();
  });
  afterAll(async () => {
    await server.stop();
    process.stdout.write(`conformance: ${figureOf(all).line}\n`);
  });

  for (const scenario of CORPUS)
    test(scenario.name, async () => {
      const { answers, stopped } = await answersTo(server.target, scenario);
      const truth = recorded.get(scenario.name);
      const judged = scenario.steps.map(({ name }) => judge(scenario.name, name, truth?.get(name), answers.get(name)));
      all.push(...judged);
      const lines = judged.flatMap(({ step, differs }) => differs.map(line => `${step}: ${line}`));
      expect([...(stopped ? [stopped] : []), ...lines, ...server.faults()]).toEqual([]);
    });

  test('every listed difference is one', () => {
    const differ = all.filter(({ listed }) => listed.length > 0).map(({ scenario, step }) => `${scenario}/${step}`);
    const isOne = (where: string) =>
      where.endsWith('/*') ? differ.some(step => step.startsWith(where.slice(0, -1))) : differ.includes(where);
    expect(LISTED.flatMap(({ where }) => where).filter(where => !isOne(where))).toEqual([]);
  });
});
