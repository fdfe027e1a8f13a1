/** Lists, pages, selectors, watches. */
import { configMap, object, pod, podSpec } from '../objects.ts';
import { CORE, MAPS, METADATA_LIST, TABLE } from '../paths.ts';
import { get, merge, post, remove, scenario, watch } from '../requests.ts';

const SELECT = `${MAPS}?labelSelector=`;
const EVENTS = `${CORE}/events`;
const encoded = (text: string) => encodeURIComponent(text);

const names = ['a', 'b', 'c', 'd', 'e'];
const tokenFor = (token: object) => Buffer.from(JSON.stringify(token)).toString('base64url');

export const reads = [
  scenario('pages', [
    ...names.map(name =>
      post(`create-${name}`, MAPS, configMap(name, {}, { labels: { odd: String(names.indexOf(name) % 2 === 0) } })),
    ),
    get('first', `${MAPS}?limit=2`),
    get('second', `${MAPS}?limit=2&continue=<first.metadata.continue>`),
    get('last', `${MAPS}?limit=2&continue=<second.metadata.continue>`),
    get('exact', `${MAPS}?limit=6`),
    get('without-limit', `${MAPS}?continue=<first.metadata.continue>`),
    get('other-limit', `${MAPS}?limit=1&continue=<first.metadata.continue>`),
    get('selected', `${SELECT}odd%3Dtrue&limit=2`),
    get('selected-rest', `${SELECT}odd%3Dtrue&limit=2&continue=<selected.metadata.continue>`),
    get('by-name', `${MAPS}?fieldSelector=metadata.name%3Db&limit=1`),
    get('negative-limit', `${MAPS}?limit=-1`),
    get('bad-limit', `${MAPS}?limit=many`),
    get('continue-with-version', `${MAPS}?limit=2&continue=<first.metadata.continue>&resourceVersion=1`),
    get('continue-with-zero', `${MAPS}?limit=2&continue=<first.metadata.continue>&resourceVersion=0`),
    get('continue-not-base64', `${MAPS}?limit=2&continue=***`),
    get('continue-not-json', `${MAPS}?limit=2&continue=aGVsbG8`),
    get('continue-other-version', `${MAPS}?limit=2&continue=${tokenFor({ v: 'meta.k8s.io/v9', rv: 5, start: 'x' })}`),
    get('continue-no-start', `${MAPS}?limit=2&continue=${tokenFor({ v: 'meta.k8s.io/v1', rv: 5 })}`),
    get('table-page', `${MAPS}?limit=2`, { accept: TABLE }),
    get('metadata-page', `${MAPS}?limit=2`, { accept: METADATA_LIST }),
    get('limit-at-zero', `${MAPS}?resourceVersion=0&limit=2`),
    get('version-zero', `${MAPS}?resourceVersion=0&fieldSelector=metadata.name%3Da`),
    get(
      'not-older-than',
      `${MAPS}?resourceVersion=<create-e.metadata.resourceVersion>&resourceVersionMatch=NotOlderThan&fieldSelector=metadata.name%3De`,
    ),
    get('exact-version', `${MAPS}?resourceVersion=<create-b.metadata.resourceVersion>&resourceVersionMatch=Exact`),
    get('exact-version-limit', `${MAPS}?resourceVersion=<create-c.metadata.resourceVersion>&limit=2`),
    get('match-without-version', `${MAPS}?resourceVersionMatch=Exact`),
    get('match-zero-exact', `${MAPS}?resourceVersion=0&resourceVersionMatch=Exact`),
    get('unknown-match', `${MAPS}?resourceVersion=1&resourceVersionMatch=Roughly`),
    get('bad-version', `${MAPS}?resourceVersion=abc`),
    get('future-version', `${MAPS}?resourceVersion=99999999&timeoutSeconds=1`),
    get('future-get', `${MAPS}/a?resourceVersion=99999999`),
    get('get-at-version', `${MAPS}/a?resourceVersion=<create-a.metadata.resourceVersion>`),
    get('get-at-zero', `${MAPS}/a?resourceVersion=0`),
    get('get-bad-version', `${MAPS}/a?resourceVersion=x`),
    get('initial-events-without-watch', `${MAPS}?sendInitialEvents=true`),
    get('empty', `${CORE}/secrets?labelSelector=none`),
    get('unknown-parameter', `${MAPS}?colour=blue&fieldSelector=metadata.name%3Da`),
  ]),
  scenario('selectors', [
    post('create-a', MAPS, configMap('a', {}, { labels: { env: 'dev', tier: 'web', 'x.io/y': 'z' } })),
    post('create-b', MAPS, configMap('b', {}, { labels: { env: 'prod', tier: 'web', n: '5' } })),
    post('create-c', MAPS, configMap('c', {}, { labels: { env: 'test' } })),
    ...(
      [
        ['equal', 'env=dev'],
        ['double-equal', 'env==dev'],
        ['not-equal', 'env!=dev,env'],
        ['in', 'env in (dev, prod)'],
        ['not-in', 'env notin (dev,prod),env'],
        ['exists', 'tier'],
        ['not-exists', '!tier,env'],
        ['prefixed', 'x.io/y=z'],
        ['greater', 'n>4'],
        ['less', 'n<4'],
        ['greater-than-text', 'n>x'],
        ['empty-value', 'env='],
        ['in-nothing', 'env in ()'],
        ['unclosed', 'env in (a'],
        ['not-alone', '!'],
        ['comma-alone', ','],
        ['bad-key', 'a b=c'],
        ['bad-value', 'a=b c'],
        ['value-with-slash', 'a=b/c'],
        ['double-slash', 'a/b/c=d'],
      ] as const
    ).map(([name, selector]) =>
      get(name, `${SELECT}${encoded(selector)}`, {
        only: [
          'items.0.metadata.name',
          'items.1.metadata.name',
          'items.2.metadata.name',
          'message',
          'reason',
          'details',
          'code',
        ],
      }),
    ),
    get('by-name', `${MAPS}?fieldSelector=metadata.name%3Da`, {
      only: ['items.0.metadata.name', 'items.1.metadata.name'],
    }),
    get('by-not-name', `${MAPS}?fieldSelector=metadata.name!%3Da&labelSelector=env`, {
      only: ['items.0.metadata.name', 'items.1.metadata.name', 'items.2'],
    }),
    get('by-namespace', `/api/v1/configmaps?fieldSelector=${encoded('metadata.namespace=<ns>,metadata.name=a')}`, {
      only: ['items.0.metadata.name', 'items.1'],
    }),
    get('by-unknown', `${MAPS}?fieldSelector=data.a%3D1`),
    get('no-operator', `${MAPS}?fieldSelector=metadata.name`),
    get('both', `${MAPS}?fieldSelector=metadata.name%3Da&labelSelector=env%3Dprod`, { only: ['items'] }),
    post('pod', `${CORE}/pods`, pod('p', podSpec({ nodeSelector: { no: 'such' }, restartPolicy: 'Never' })), {
      only: ['kind'],
    }),
    ...(
      [
        ['phase', 'status.phase=Pending'],
        ['node', 'spec.nodeName='],
        ['restart', 'spec.restartPolicy=Never'],
        ['scheduler', 'spec.schedulerName=default-scheduler'],
        ['account', 'spec.serviceAccountName=default'],
        ['host-network', 'spec.hostNetwork=false'],
        ['address', 'status.podIP='],
        ['unknown-of-pod', 'spec.priority=0'],
        ['several', 'status.phase=Pending,spec.restartPolicy!=Always'],
      ] as const
    ).map(([name, selector]) =>
      get(`pod-by-${name}`, `${CORE}/pods?fieldSelector=${encoded(selector)}`, {
        only: ['items.0.metadata.name', 'message', 'reason', 'code'],
      }),
    ),
    get('deployments-by-name', `/apis/apps/v1/namespaces/<ns>/deployments?fieldSelector=metadata.name%3Dx`),
    get('deployments-by-other', `/apis/apps/v1/namespaces/<ns>/deployments?fieldSelector=spec.replicas%3D1`),
    get('nodes-by-unschedulable', `/api/v1/nodes?fieldSelector=spec.unschedulable%3Dtrue`, {
      only: ['items', 'message'],
    }),
    get('namespaces-by-phase', `/api/v1/namespaces?fieldSelector=status.phase%3DActive,metadata.name%3D<ns>`, {
      only: ['items.0.metadata.name', 'items.1', 'message'],
    }),
    get('jobs-by-successful', `/apis/batch/v1/namespaces/<ns>/jobs?fieldSelector=status.successful%3D1`, {
      only: ['items', 'message'],
    }),
    get('crds-by-name', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions?fieldSelector=metadata.name%3Dnone`, {
      only: ['items', 'message'],
    }),
  ]),
  scenario('watches', [
    post('create', MAPS, configMap('a', {}, { labels: { on: 'yes' } })),
    merge('change', `${MAPS}/a`, { data: { b: '2' } }),
    merge('unlabel', `${MAPS}/a`, { metadata: { labels: { on: 'no' } } }),
    merge('relabel', `${MAPS}/a`, { metadata: { labels: { on: 'yes' } } }),
    post('create-b', MAPS, configMap('b')),
    remove('delete', `${MAPS}/a`),
    watch('from-creation', `${MAPS}?resourceVersion=<create.metadata.resourceVersion>`, 5),
    watch('selected', `${MAPS}?resourceVersion=<create.metadata.resourceVersion>&labelSelector=on%3Dyes`, 4),
    watch('by-name', `${MAPS}?resourceVersion=<create.metadata.resourceVersion>&fieldSelector=metadata.name%3Db`, 1),
    watch('as-table', `${MAPS}?resourceVersion=<relabel.metadata.resourceVersion>`, 2, { accept: TABLE }),
    watch('as-metadata', `${MAPS}?resourceVersion=<relabel.metadata.resourceVersion>`, 2, {
      accept: METADATA_LIST.replace('List', ''),
    }),
    watch('initial', `${MAPS}?fieldSelector=metadata.name%3Db`, 1),
    watch('initial-at-zero', `${MAPS}?resourceVersion=0&fieldSelector=metadata.name%3Db`, 1),
    watch(
      'streamed-list',
      `${MAPS}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&fieldSelector=metadata.name%3Db`,
      2,
    ),
    watch('streamed-list-no-match', `${MAPS}?sendInitialEvents=true&allowWatchBookmarks=true`, 1),
    watch('match-without-initial', `${MAPS}?resourceVersionMatch=NotOlderThan&resourceVersion=1`, 1),
    watch(
      'no-initial',
      `${MAPS}?sendInitialEvents=false&resourceVersionMatch=NotOlderThan&resourceVersion=<relabel.metadata.resourceVersion>`,
      2,
    ),
    watch('old-path', `/api/v1/watch/namespaces/<ns>/configmaps?resourceVersion=<relabel.metadata.resourceVersion>`, 2),
    watch(
      'old-path-one',
      `/api/v1/watch/namespaces/<ns>/configmaps/b?resourceVersion=<relabel.metadata.resourceVersion>`,
      1,
    ),
    watch('bad-version', `${MAPS}?resourceVersion=abc`, 1),
    watch('bad-selector', `${MAPS}?labelSelector=%3D%3D`, 1),
    watch('unknown-field', `${MAPS}?fieldSelector=data.x%3D1`, 1),
    watch('continue', `${MAPS}?continue=abc`, 1),
    get('watch-true', `${MAPS}?watch=true&timeoutSeconds=1&resourceVersion=<relabel.metadata.resourceVersion>`, {
      events: 2,
    }),
    get('watch-nonsense', `${MAPS}?watch=maybe&fieldSelector=metadata.name%3Db`, { events: 1 }),
    watch('forbidden', `${MAPS}`, 1, { user: 'nobody' }),
    post('secret', `${CORE}/secrets`, object('v1', 'Secret', 's')),
    remove('all', `${MAPS}?fieldSelector=metadata.name%3Db`),
    watch('collection-seen', `${MAPS}?resourceVersion=<create-b.metadata.resourceVersion>`, 2),
  ]),
  scenario('events', [
    post(
      'create',
      EVENTS,
      object('v1', 'Event', 'e', {
        involvedObject: { kind: 'ConfigMap', namespace: '<ns>', name: 'c' },
        reason: 'Odd',
        message: 'is odd',
        type: 'Warning',
        count: 1,
        firstTimestamp: '2026-01-01T00:00:00Z',
        lastTimestamp: '2026-01-01T00:00:00Z',
        source: { component: 'x' },
      }),
    ),
    post(
      'other-namespace',
      EVENTS,
      object('v1', 'Event', 'e2', { involvedObject: { kind: 'ConfigMap', namespace: 'default', name: 'c' } }),
    ),
    post(
      'new-style',
      '/apis/events.k8s.io/v1/namespaces/<ns>/events',
      object('events.k8s.io/v1', 'Event', 'n', {
        eventTime: '2026-01-01T00:00:00.000000Z',
        reportingController: 'example.com/c',
        reportingInstance: 'i',
        action: 'Do',
        reason: 'Done',
        regarding: { kind: 'ConfigMap', namespace: '<ns>', name: 'c' },
        type: 'Normal',
        note: 'a note',
      }),
    ),
    post(
      'new-style-incomplete',
      '/apis/events.k8s.io/v1/namespaces/<ns>/events',
      object('events.k8s.io/v1', 'Event', 'n2', { regarding: { kind: 'ConfigMap', namespace: '<ns>', name: 'c' } }),
    ),
    get('old-as-new', '/apis/events.k8s.io/v1/namespaces/<ns>/events/e'),
    get('new-as-old', `${EVENTS}/n`),
    get('by-object', `${EVENTS}?fieldSelector=${encoded('involvedObject.name=c,type=Warning')}`),
    get('by-reason', `${EVENTS}?fieldSelector=reason%3DDone`, { only: ['items.0.metadata.name', 'message'] }),
    get('by-regarding', `/apis/events.k8s.io/v1/namespaces/<ns>/events?fieldSelector=regarding.name%3Dc`, {
      only: ['items.0.metadata.name', 'message'],
    }),
    merge('count', `${EVENTS}/e`, { count: 2, lastTimestamp: '2026-01-01T00:01:00Z' }),
    get('table', `${EVENTS}/e`, {
      accept: TABLE,
      only: ['columnDefinitions', 'rows.0.cells.1', 'rows.0.cells.2', 'rows.0.cells.3', 'rows.0.cells.4'],
    }),
    remove('delete', `${EVENTS}/e`),
  ]),
];
