import { describe, expect, it } from 'vitest';
import { exactJson, readGoYaml } from '../../../src/kube/connection/go-yaml.ts';

describe('YAML read as kubectl reads it', () => {
  // What stock kubectl handed to a credential plugin for the same lines.
  it.each([
    ['9007199254740993', '9007199254740993'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['18446744073709551615', '18446744073709551615'],
    ['184467440737095516150', '184467440737095500000'],
    ['0755', '493'],
    ['0xFF', '255'],
    ['1_000', '1000'],
    ['1.10', '1.1'],
    ['1.0', '1'],
    ['1e3', '1000'],
    ['yes', 'true'],
    ['Off', 'false'],
    ['~', 'null'],
    ['2001-12-14', '"2001-12-14"'],
    ['190:20:30', '"190:20:30"'],
    ['[1, {z: 1}]', '[1,{"z":1}]'],
  ])('%s is %s in JSON', (text, json) => {
    const { typed } = readGoYaml(`a: ${text}\n`);
    expect(exactJson(typed)).toBe(`{"a":${json}}`);
  });

  it('names that look like numbers or booleans stay the text that stands there; the booleans of a kubeconfig do not', () => {
    const text = 'contexts: [{name: on}, {name: 007}]\ncluster: {insecure-skip-tls-verify: yes}\nnothing: ~\n';
    expect(readGoYaml(text).asText).toEqual({
      contexts: [{ name: 'on' }, { name: '007' }],
      cluster: { 'insecure-skip-tls-verify': true },
      nothing: null,
    });
  });

  it('an alias and a merged map are what they stand for', () => {
    const text = 'a: &one {server: s, name: 1}\nb: *one\nc: {<<: *one, name: 2}\n';
    expect(readGoYaml(text).asText).toEqual({
      a: { server: 's', name: '1' },
      b: { server: 's', name: '1' },
      c: { server: 's', name: '2' },
    });
  });
});
