/** Watches that objects enter and leave, that end, and that stream a list first. */
import { configMap, object, pod, podSpec } from '../objects.ts';
import { CORE, MAPS, METADATA, PODS, TABLE } from '../paths.ts';
import { apply, get, merge, post, remove, scenario, watch } from '../requests.ts';

const encoded = (text: string) => encodeURIComponent(text);
const SINCE = 'resourceVersion=<create.metadata.resourceVersion>';
const STREAM = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
const waiting = podSpec({ nodeSelector: { no: 'such' } });

export const watching = [
  scenario('watch-fields', [
    post('create', MAPS, configMap('start')),
    post('pod', PODS, pod('p', waiting, { labels: { app: 'p' } }), { only: ['kind'] }),
    get('seen-by-scheduler', `${PODS}/p`, { until: { 'status.conditions.0.type': 'PodScheduled' }, only: ['kind'] }),
    merge('failed', `${PODS}/p/status`, { status: { phase: 'Failed' } }, { only: ['status.phase'] }),
    merge('relabelled', `${PODS}/p`, { metadata: { labels: { app: 'q' } } }, { only: ['metadata.labels'] }),
    remove('deleted', `${PODS}/p`, undefined, { only: ['kind', 'metadata.name'] }),
    watch('left-by-phase', `${PODS}?${SINCE}&fieldSelector=${encoded('status.phase=Pending')}`, 3, {
      only: ['0.type', '1.type', '2.type', '2.object.status.phase', '3.type'],
    }),
    watch('came-by-phase', `${PODS}?${SINCE}&fieldSelector=${encoded('status.phase=Failed')}`, 3, {
      only: ['0.type', '1.type', '2.type', '3.type', '0.object.status.phase'],
    }),
    watch('left-by-label', `${PODS}?${SINCE}&labelSelector=app%3Dp`, 4, {
      only: ['0.type', '1.type', '2.type', '3.type', '3.object.metadata.labels', '4.type'],
    }),
    watch('both', `${PODS}?${SINCE}&labelSelector=app%3Dq&fieldSelector=${encoded('status.phase=Failed')}`, 2, {
      only: ['0.type', '1.type', '2.type'],
    }),
    get('by-absent-node', `${PODS}?watch=1&timeoutSeconds=1&${SINCE}&fieldSelector=${encoded('spec.nodeName=none')}`),
    get('not-by-name', `${MAPS}?watch=1&timeoutSeconds=1&${SINCE}&fieldSelector=${encoded('metadata.name!=start')}`),
    watch('everywhere', `/api/v1/pods?${SINCE}&fieldSelector=${encoded('metadata.namespace=<ns>')}`, 5, {
      only: ['0.type', '1.type', '4.type', '4.object.metadata.name'],
    }),
    watch('one-pod', `${PODS}?${SINCE}&fieldSelector=${encoded('metadata.name=p')}`, 5, {
      accept: METADATA,
      only: ['0.type', '0.object.kind', '4.type', '4.object.metadata.labels'],
    }),
    watch('unknown-of-pod', `${PODS}?fieldSelector=${encoded('spec.priority=1')}`, 1),
  ]),
  scenario('watch-ends', [
    post('create', MAPS, configMap('a')),
    get('ends', `${MAPS}?watch=1&timeoutSeconds=1&${SINCE}`),
    get('ends-table', `${MAPS}?watch=1&timeoutSeconds=1&${SINCE}`, { accept: TABLE }),
    get('future', `${MAPS}?watch=1&timeoutSeconds=1&resourceVersion=99999999`),
    get('empty-selection', `${MAPS}?watch=1&timeoutSeconds=1&labelSelector=none`),
    get('negative-timeout', `${MAPS}?watch=1&timeoutSeconds=x`),
    get('negative-version', `${MAPS}?watch=1&timeoutSeconds=1&resourceVersion=-1`),
    get('bad-label-selector', `${MAPS}?watch=1&timeoutSeconds=1&labelSelector=a%20b`),
    get('in-no-namespace', '/api/v1/namespaces/cf-none/configmaps?watch=1&timeoutSeconds=1'),
    get('unwatchable', '/api/v1/componentstatuses?watch=1&timeoutSeconds=1'),
    get('watch-reviews', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews?watch=1&timeoutSeconds=1'),
    get('watch-html', `${MAPS}?watch=1&timeoutSeconds=1`, { accept: 'text/html' }),
    get('watch-yaml', `${MAPS}?watch=1&timeoutSeconds=1`, { accept: 'application/yaml' }),
    get('old-watch-missing', '/api/v1/watch/namespaces/<ns>/gadgets'),
    get('old-watch-namespaces', '/api/v1/watch/namespaces/<ns>?timeoutSeconds=1', {
      events: 1,
      only: ['0.type', '0.object.kind', '0.object.metadata.name'],
    }),
  ]),
  scenario('watch-streams', [
    post('create', MAPS, configMap('a', {}, { labels: { on: 'yes' } })),
    post('create-b', MAPS, configMap('b', {}, { labels: { on: 'yes' } })),
    watch('list-then-events', `${MAPS}?${STREAM}&labelSelector=on%3Dyes`, 3),
    watch('nothing-to-list', `${MAPS}?${STREAM}&labelSelector=none`, 1),
    watch('as-table', `${MAPS}?${STREAM}&labelSelector=on%3Dyes`, 3, { accept: TABLE }),
    watch('as-metadata', `${MAPS}?${STREAM}&labelSelector=on%3Dyes`, 3, { accept: METADATA }),
    watch(
      'at-version',
      `${MAPS}?${STREAM}&labelSelector=on%3Dyes&resourceVersion=<create-b.metadata.resourceVersion>`,
      3,
    ),
    watch('at-zero', `${MAPS}?${STREAM}&labelSelector=on%3Dyes&resourceVersion=0`, 3),
    watch('no-bookmarks', `${MAPS}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&labelSelector=on%3Dyes`, 2),
    watch('exact', `${MAPS}?sendInitialEvents=true&resourceVersionMatch=Exact&allowWatchBookmarks=true`, 1),
    watch('not-initial', `${MAPS}?sendInitialEvents=false&labelSelector=on%3Dyes`, 1),
    watch('odd-initial', `${MAPS}?sendInitialEvents=maybe&labelSelector=on%3Dyes`, 1),
    get('list-initial', `${MAPS}?sendInitialEvents=false`),
    apply('applied', `${MAPS}/b?fieldManager=w`, configMap('b', { x: 'y' })),
    remove('gone', `${MAPS}/a`),
    watch('since', `${MAPS}?resourceVersion=<create-b.metadata.resourceVersion>&labelSelector=on%3Dyes`, 2),
    watch(
      'stream-since',
      `${MAPS}?sendInitialEvents=false&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&resourceVersion=<create-b.metadata.resourceVersion>&labelSelector=on%3Dyes`,
      2,
    ),
    post('secret', `${CORE}/secrets`, object('v1', 'Secret', 's', { type: 'example.com/odd' }), { only: ['type'] }),
    watch('secret-by-type', `${CORE}/secrets?fieldSelector=${encoded('type=example.com/odd')}`, 1, {
      only: ['0.type', '0.object.metadata.name', '1'],
    }),
    watch('secret-by-other-type', `${CORE}/secrets?${STREAM}&fieldSelector=${encoded('type=Opaque')}`, 1, {
      only: ['0.type', '0.object.metadata.annotations', '1'],
    }),
  ]),
];
