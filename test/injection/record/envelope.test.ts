import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maydayFacts, readEnvelope, sha256, writeEnvelope } from '../../../src/injection/record/envelope.ts';
import { type GoValue, goJson, RawNumber } from '../../../src/injection/record/go-json.ts';
import type { Json } from '../../../src/k8s/object.ts';
import { testFacts } from '../../support/facts.ts';

const GOLDEN = readFileSync(new URL('../../fixtures/envelopes.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n');

/** The same data with numbers as their own text, since 12345678901234567000 must keep its digits. */
const OWN: Record<number, GoValue> = {
  3: {
    apiVersion: 'v1',
    kind: 'X',
    originalValue: {
      a: [1.5, new RawNumber('1e+21'), new RawNumber('12345678901234567000'), '<x>&\u2028\u0007\b\f'],
      b: 1,
    },
    path: 'spec.a',
  },
};

describe('undo records', () => {
  it('has all sixteen recorded vectors', () => expect(GOLDEN).toHaveLength(16));

  it.each(GOLDEN.map((text, index) => [index, text] as const))('reads recorded vector %i', (_index, text) => {
    const reading = readEnvelope(text);
    expect(reading.ok).toBe(true);
    expect(reading.ok && JSON.stringify(reading.data)).toBe(JSON.stringify(JSON.parse(text).data));
  });

  it.each(GOLDEN.map((text, index) => [index, text] as const))(
    'writes recorded vector %i byte for byte',
    (index, text) => {
      const data = OWN[index] ?? (JSON.parse(text) as { data: GoValue }).data;
      const written = writeEnvelope(data, undefined, Array.isArray(data) ? 'as-given' : 'sorted');
      // One vector was written before Go learnt the short forms of \b and \f; newer Go, and we, use them.
      if (index === 3) {
        expect(written).toContain(String.raw`\u003cx\u003e\u0026\u2028\u0007\b\f`);
        expect(readEnvelope(written)).toMatchObject({ ok: true });
      } else {
        expect(written).toBe(text);
      }
    },
  );

  it('carries our facts beside the data without touching the checksum', () => {
    const facts = maydayFacts(testFacts(), { managedBy: 'Helm', injected: 'x' });
    const text = writeEnvelope({ finalizer: 'f' }, facts);
    const reading = readEnvelope(text);
    expect(reading).toMatchObject({ ok: true, data: { finalizer: 'f' }, mayday: facts });
    expect((JSON.parse(text) as { checksum: string }).checksum).toBe(sha256('{"finalizer":"f"}'));
  });

  const data = '{"a": 1}';
  const good = sha256(data);
  it.each([
    ['members in the other order', `{"checksum":"${good}","data":${data}}`],
    ['member names in any case', `{"DATA":${data},"Checksum":"${good}"}`],
    ['names folded as Unicode folds them', `{"data":${data},"chec\u212a\u017fum":"${good}"}`],
    ['names with escapes', `{"d\\u0061ta":${data},"checksum":"${good}"}`],
    ['unknown members', `{"x":[1,{"data":2},"}"],"data":${data},"checksum":"${good}"}`],
    ['white space around members', ` {\n "data" :\t${data} ,\r\n"checksum": "${good}" } `],
    ['the last of duplicates', `{"data":{},"checksum":"0","data":${data},"checksum":"${good}"}`],
  ])('accepts %s', (_what, text) => expect(readEnvelope(text)).toMatchObject({ ok: true, raw: data }));

  it.each([
    ['upper-case hex', `{"data":${data},"checksum":"${good.toUpperCase()}"}`, /mismatch/],
    ['other white space inside the data', `{"data":{"a":1},"checksum":"${good}"}`, /mismatch/],
    ['no checksum', `{"data":${data}}`, /"data" and "checksum", found "data"/],
    ['no data', `{"checksum":"${good}"}`, /found "checksum"/],
    ['a checksum that is no text', `{"data":${data},"checksum":5}`, /as text, found 5/],
    ['a list', '[]', /JSON object/],
    ['text after the end', `{"data":${data},"checksum":"${good}"} x`, /not JSON/],
    ['nothing', '', /not JSON/],
  ])('refuses %s', (_what, text, reason) => {
    const reading = readEnvelope(text);
    expect(reading.ok ? '' : reading.reason).toMatch(reason);
  });

  it('reads what it writes, whatever the data, and never a changed byte of it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), (value, at) => {
        const written = writeEnvelope(value as GoValue);
        const reading = readEnvelope(written);
        expect(reading).toMatchObject({ ok: true });
        expect(reading.ok && (reading.data as Json)).toEqual(JSON.parse(goJson(value as GoValue)));
        const start = written.indexOf(':') + 1;
        const position = start + (at % goJson(value as GoValue).length);
        const flipped = `${written.slice(0, position)}${written[position] === '7' ? '8' : '7'}${written.slice(position + 1)}`;
        expect(readEnvelope(flipped).ok).toBe(false);
      }),
    );
  });

  it('ignores facts of another version or shape', () => {
    const raw = '{}';
    for (const facts of ['{"v":2}', '[]', '{"v":1,"id":3}', 'null']) {
      expect(readEnvelope(`{"data":${raw},"checksum":"${sha256(raw)}","mayday":${facts}}`)).toEqual({
        ok: true,
        data: {},
        raw,
      });
    }
  });
});
