import { describe, expect, it } from 'vitest';
import { reflectedFeed } from '../../src/health/feed.ts';
import type { Api, Page } from '../../src/kube/client/api.ts';
import type { Outcome } from '../../src/kube/client/http/outcome.ts';
import { manualClock, settle } from '../support/manual-clock.ts';

/** Says which kinds were asked for; pods are answered once they may be. */
function server() {
  const asked: string[] = [];
  const pods = Promise.withResolvers<void>();
  const page: Outcome<Page> = { ok: true, status: 200, value: { items: [], resourceVersion: '1' } };
  const api: Pick<Api, 'list' | 'watch' | 'listAll' | 'discovery'> = {
    async list({ kind }) {
      asked.push(kind);
      if (kind === 'Pod') await pods.promise;
      return page;
    },
    listAll: async () => page,
    async *watch() {},
    async discovery() {
      asked.push('discovery');
      return { ok: false, reason: 'unreachable', status: 0, message: 'none' as never };
    },
  };
  return { api, asked, answerPods: () => pods.resolve() };
}

function follow({ api }: ReturnType<typeof server>, clock: ReturnType<typeof manualClock>) {
  const feed = reflectedFeed(api, clock, () => 0.5, { lead: 'Pod' });
  const begin = (kind: string) =>
    feed.follow(
      { apiVersion: 'v1', kind },
      () => undefined,
      () => undefined,
    );
  begin('Node');
  void feed.discovery?.();
  begin('Pod');
}

describe('a feed with a kind that leads', () => {
  it('asks for nothing else before the first objects of that kind are there', async () => {
    const one = server();
    follow(one, manualClock());
    await settle();
    expect(one.asked).toEqual(['Pod']);
    one.answerPods();
    await settle();
    expect(one.asked.toSorted()).toEqual(['Node', 'Pod', 'discovery']);
  });

  it('does not let the others wait for a kind that does not come', async () => {
    const one = server();
    const clock = manualClock();
    follow(one, clock);
    await settle();
    await clock.advance(250);
    expect(one.asked.toSorted()).toEqual(['Node', 'Pod', 'discovery']);
  });
});
