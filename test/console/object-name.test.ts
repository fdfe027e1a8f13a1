import { describe, expect, it } from 'vitest';
import { namedColumns, namedIn } from '../../src/console/widgets/object-name.ts';
import { width } from '../../src/text/width.ts';

const hook = { kind: 'ValidatingWebhookConfiguration', name: 'chaos-webhook-latency-widgets' };
const deployment = { kind: 'Deployment', namespace: 'kserve', name: 'kserve-controller-manager' };

describe('what names an object in a narrow row', () => {
  it('shortens the kind, cuts it, drops it, then the namespace, and only then cuts the name', () => {
    expect(namedIn(hook, 60)).toBe('ValidatingWebhookConfiguration chaos-webhook-latency-widgets');
    expect(namedIn(hook, 50)).toBe('ValidatingWebhook chaos-webhook-latency-widgets');
    expect(namedIn(hook, 40)).toBe('Validatin… chaos-webhook-latency-widgets');
    expect(namedIn(deployment, 38)).toBe('Depl… kserve/kserve-controller-manager');
    expect(namedIn(deployment, 37)).toBe('kserve/kserve-controller-manager');
    expect(namedIn(deployment, 30)).toBe('kserve-controller-manager');
    expect(namedIn(deployment, 11)).toBe('kserv…nager');
  });

  it('is never wider than its room, and has the whole name wherever that fits', () => {
    for (const object of [hook, deployment])
      for (let room = 1; room <= 80; room += 1) {
        expect(width(namedIn(object, room))).toBeLessThanOrEqual(room);
        if (room >= width(object.name)) expect(namedIn(object, room)).toContain(object.name);
        if (room >= namedColumns(object)) expect(namedIn(object, room)).toContain(object.kind.slice(0, 1));
      }
  });
});
