/** Who may do what: roles, reviews, impersonation, escalation, tokens. */
import { binding, configMap, object, role, rule, user } from '../objects.ts';
import { CORE, inGroup, MAPS, TABLE } from '../paths.ts';
import { get, merge, post, put, remove, scenario } from '../requests.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';
const ROLES = inGroup(RBAC, 'roles');
const BINDINGS = inGroup(RBAC, 'rolebindings');
const CLUSTER = `/apis/${RBAC}`;
const REVIEW = '/apis/authorization.k8s.io/v1';
const AUTH = '/apis/authentication.k8s.io/v1';
const alice = { user: 'alice' };
const ACCOUNT = 'system:serviceaccount:<ns>:robot';

const asks = (kind: string, spec: object) => ({ apiVersion: 'authorization.k8s.io/v1', kind, spec });
const self = (resourceAttributes: object) => asks('SelfSubjectAccessReview', { resourceAttributes });
const maps = (verb: string, more: object = {}) => ({ namespace: '<ns>', verb, resource: 'configmaps', ...more });

export const access = [
  scenario('roles', [
    post('map', MAPS, configMap('m')),
    post('role', ROLES, role('reader', [rule(['get', 'list', 'watch'], ['configmaps'])])),
    post(
      'binding',
      BINDINGS,
      binding('reader', 'reader', [
        user('alice'),
        { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'team' },
        { kind: 'ServiceAccount', name: 'robot', namespace: '<ns>' },
      ]),
    ),
    get('alice-gets', `${MAPS}/m`, { ...alice, only: ['kind'], until: { kind: 'ConfigMap' } }),
    get('alice-lists', `${MAPS}?fieldSelector=metadata.name%3Dm`, { ...alice, only: ['kind'] }),
    post('alice-creates', MAPS, configMap('n'), alice),
    remove('alice-deletes', `${MAPS}/m`, undefined, alice),
    remove('alice-deletes-all', MAPS, undefined, alice),
    merge('alice-patches', `${MAPS}/m`, { data: {} }, alice),
    put('alice-puts', `${MAPS}/m`, configMap('m'), alice),
    get('alice-lists-everywhere', '/api/v1/configmaps', alice),
    get('alice-elsewhere', '/api/v1/namespaces/default/configmaps/x', alice),
    get('alice-secret', `${CORE}/secrets/s`, alice),
    get('alice-log', `${CORE}/pods/p/log`, alice),
    get('alice-nodes', '/api/v1/nodes', alice),
    get('alice-unknown-resource', `${CORE}/gadgets`, alice),
    get('alice-unknown-group', '/apis/none.example.com/v1/namespaces/<ns>/things', alice),
    get('alice-custom-path', '/metrics', alice),
    get('alice-version', '/version', { ...alice, only: [] }),
    get('bob-in-team', `${MAPS}/m`, { user: 'bob', groups: ['team'], only: ['kind'] }),
    get('bob', `${MAPS}/m`, { user: 'bob' }),
    get('robot', `${MAPS}/m`, { user: ACCOUNT, only: ['kind'] }),
    get('other-robot', `${MAPS}/m`, { user: 'system:serviceaccount:<ns>:other' }),
    get('anonymous', `${MAPS}/m`, { bearer: '' }),
    get('anonymous-version', '/version', { bearer: '', only: [] }),
    get('bad-token', `${MAPS}/m`, { bearer: 'nonsense' }),
    get('group-without-user', `${MAPS}/m`, { headers: { 'Impersonate-Group': 'team' } }),
    get('alice-impersonates', `${MAPS}/m`, {
      user: 'alice',
      headers: { 'Impersonate-Uid': 'u-1' },
      only: ['kind', 'message'],
    }),
    post(
      'named-role',
      ROLES,
      role('named', [rule(['update', 'patch'], ['configmaps'], [''], { resourceNames: ['m'] })]),
    ),
    post('named-binding', BINDINGS, binding('named', 'named', [user('alice')])),
    merge(
      'alice-patches-named',
      `${MAPS}/m`,
      { data: { z: '1' } },
      { ...alice, only: ['data'], until: { kind: 'ConfigMap' } },
    ),
    merge('alice-patches-other', `${MAPS}/other`, { data: { z: '1' } }, alice),
    post('alice-escalates', ROLES, role('more', [rule(['*'], ['*'], ['*'])]), alice),
    post('role-without-rules', ROLES, role('empty', [])),
    post('role-no-verbs', ROLES, role('bad-role-no-verbs', [{ apiGroups: [''], resources: ['pods'] }])),
    post('role-no-resources', ROLES, role('bad-role-no-resources', [{ apiGroups: [''], verbs: ['get'] }])),
    post('role-urls', ROLES, role('bad-role-urls', [{ verbs: ['get'], nonResourceURLs: ['/x'] }])),
    post(
      'binding-unknown-kind',
      BINDINGS,
      binding('bad-binding-unknown-kind', 'reader', [{ kind: 'Robot', name: 'x' }]),
    ),
    post(
      'binding-no-namespace',
      BINDINGS,
      binding('bad-binding-no-namespace', 'reader', [{ kind: 'ServiceAccount', name: 'x' }]),
    ),
    post('binding-no-name', BINDINGS, binding('bad-binding-no-name', 'reader', [user('')])),
    post('binding-no-role', BINDINGS, object(RBAC, 'RoleBinding', 'bad-binding-no-role', { subjects: [user('a')] })),
    post('binding-missing-role', BINDINGS, binding('dangling', 'none', [user('alice')])),
    merge('role-ref-changes', `${BINDINGS}/reader`, { roleRef: { name: 'named' } }),
    merge('subjects-removed', `${BINDINGS}/named`, { subjects: null }),
    merge('alice-patches-no-more', `${MAPS}/m`, { data: { z: '2' } }, { ...alice, until: { code: 403 } }),
    get('roles-table', ROLES, { accept: TABLE, only: ['columnDefinitions'] }),
    get('bindings-table', `${BINDINGS}/reader`, {
      accept: TABLE,
      only: ['rows.0.cells.0', 'rows.0.cells.1', 'columnDefinitions'],
    }),
    remove('role-deleted', `${ROLES}/reader`),
    get('alice-gets-no-more', `${MAPS}/m`, { ...alice, until: { code: 403 }, only: ['code', 'reason', 'details'] }),
  ]),
  scenario('escalation', [
    post(
      'creator',
      ROLES,
      role('creator', [
        rule(['create', 'update', 'patch', 'get'], ['roles', 'rolebindings'], ['rbac.authorization.k8s.io']),
        rule(['get'], ['pods']),
      ]),
    ),
    post('creator-bound', BINDINGS, binding('creator', 'creator', [user('alice')])),
    post('within-own-rights', ROLES, role('within', [rule(['get'], ['pods'])]), { ...alice, until: { kind: 'Role' } }),
    post('beyond-own-rights', ROLES, role('beyond', [rule(['get', 'delete'], ['pods', 'secrets'])]), alice),
    merge('patched-beyond', `${ROLES}/within`, { rules: [rule(['*'], ['pods'])] }, alice),
    merge(
      'patched-label',
      `${ROLES}/within`,
      { metadata: { labels: { a: 'b' } } },
      { ...alice, only: ['metadata.labels'] },
    ),
    post('bind-within', BINDINGS, binding('within', 'within', [user('bob')]), { ...alice, only: ['subjects'] }),
    post('bind-missing-role', BINDINGS, binding('missing', 'none', [user('bob')]), alice),
    post('bind-cluster-role', BINDINGS, binding('admin', 'cluster-admin', [user('bob')], 'ClusterRole'), alice),
    post(
      'binder',
      ROLES,
      role('binder', [rule(['bind'], ['clusterroles'], ['rbac.authorization.k8s.io'], { resourceNames: ['view'] })]),
    ),
    post('binder-bound', BINDINGS, binding('binder', 'binder', [user('alice')])),
    post('bind-allowed', BINDINGS, binding('view', 'view', [user('bob')], 'ClusterRole'), {
      ...alice,
      only: ['roleRef'],
      until: { kind: 'RoleBinding' },
    }),
    post('escalator', ROLES, role('escalator', [rule(['escalate'], ['roles'], ['rbac.authorization.k8s.io'])])),
    post('escalator-bound', BINDINGS, binding('escalator', 'escalator', [user('alice')])),
    post('escalation-allowed', ROLES, role('beyond', [rule(['*'], ['*'], ['*'])]), {
      ...alice,
      only: ['rules'],
      until: { kind: 'Role' },
    }),
    get('impersonate-forbidden', `${MAPS}`, { user: 'alice', headers: {} }),
    post('cluster-role', `${CLUSTER}/clusterroles`, {
      ...role('cf-urls', [{ verbs: ['get'], nonResourceURLs: ['/metrics', '/logs/*'] }], 'ClusterRole'),
    }),
    post(
      'cluster-role-mixed',
      `${CLUSTER}/clusterroles`,
      role(
        'cf-mixed',
        [{ verbs: ['get'], nonResourceURLs: ['/x'], resources: ['pods'], apiGroups: [''] }],
        'ClusterRole',
      ),
    ),
    post(
      'cluster-binding',
      `${CLUSTER}/clusterrolebindings`,
      binding('cf-urls', 'cf-urls', [user('carol')], 'cluster'),
    ),
    post(
      'carol-metrics',
      `${REVIEW}/selfsubjectaccessreviews`,
      asks('SelfSubjectAccessReview', { nonResourceAttributes: { path: '/metrics', verb: 'get' } }),
      { user: 'carol', until: { 'status.allowed': true } },
    ),
    post(
      'carol-logs',
      `${REVIEW}/selfsubjectaccessreviews`,
      asks('SelfSubjectAccessReview', { nonResourceAttributes: { path: '/logs/a/b', verb: 'get' } }),
      { user: 'carol' },
    ),
    post(
      'carol-other',
      `${REVIEW}/selfsubjectaccessreviews`,
      asks('SelfSubjectAccessReview', { nonResourceAttributes: { path: '/other', verb: 'get' } }),
      { user: 'carol' },
    ),
    remove('cluster-binding-gone', `${CLUSTER}/clusterrolebindings/cf-urls`),
    remove('cluster-role-gone', `${CLUSTER}/clusterroles/cf-urls`),
    post(
      'aggregate',
      `${CLUSTER}/clusterroles`,
      object(RBAC, 'ClusterRole', 'cf-sum', {
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'cf-part': 'yes' } }] },
        rules: [],
      }),
    ),
    post(
      'part',
      `${CLUSTER}/clusterroles`,
      object(RBAC, 'ClusterRole', 'cf-part', { rules: [rule(['get'], ['pods'])] }, { labels: { 'cf-part': 'yes' } }),
    ),
    get('aggregated', `${CLUSTER}/clusterroles/cf-sum`, {
      until: { 'rules.0.verbs': ['get'] },
      only: ['rules', 'aggregationRule'],
    }),
    remove('sum-gone', `${CLUSTER}/clusterroles/cf-sum`),
    remove('part-gone', `${CLUSTER}/clusterroles/cf-part`),
  ]),
  scenario('reviews', [
    post(
      'role',
      ROLES,
      role('r', [
        rule(['get', 'list'], ['configmaps']),
        rule(['*'], ['deployments', 'deployments/scale'], ['apps']),
        rule(['delete'], ['secrets'], [''], { resourceNames: ['one'] }),
      ]),
    ),
    post('binding', BINDINGS, binding('r', 'r', [user('alice')])),
    post('self-allowed', `${REVIEW}/selfsubjectaccessreviews`, self(maps('get')), {
      ...alice,
      until: { 'status.allowed': true },
    }),
    post('self-denied', `${REVIEW}/selfsubjectaccessreviews`, self(maps('delete')), alice),
    post(
      'self-scale',
      `${REVIEW}/selfsubjectaccessreviews`,
      self({ namespace: '<ns>', verb: 'patch', group: 'apps', resource: 'deployments', subresource: 'scale' }),
      { ...alice, only: ['status.resourceRules', 'status.incomplete'] },
    ),
    post(
      'self-status',
      `${REVIEW}/selfsubjectaccessreviews`,
      self({ namespace: '<ns>', verb: 'patch', group: 'apps', resource: 'deployments', subresource: 'status' }),
      alice,
    ),
    post(
      'self-named',
      `${REVIEW}/selfsubjectaccessreviews`,
      self({ namespace: '<ns>', verb: 'delete', resource: 'secrets', name: 'one' }),
      alice,
    ),
    post(
      'self-unnamed',
      `${REVIEW}/selfsubjectaccessreviews`,
      self({ namespace: '<ns>', verb: 'delete', resource: 'secrets' }),
      alice,
    ),
    post('self-everywhere', `${REVIEW}/selfsubjectaccessreviews`, self({ verb: 'get', resource: 'configmaps' }), alice),
    post('self-empty', `${REVIEW}/selfsubjectaccessreviews`, asks('SelfSubjectAccessReview', {}), alice),
    post(
      'self-no-spec',
      `${REVIEW}/selfsubjectaccessreviews`,
      { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' },
      alice,
    ),
    post(
      'self-both',
      `${REVIEW}/selfsubjectaccessreviews`,
      asks('SelfSubjectAccessReview', {
        resourceAttributes: maps('get'),
        nonResourceAttributes: { path: '/x', verb: 'get' },
      }),
      alice,
    ),
    post('self-admin', `${REVIEW}/selfsubjectaccessreviews`, self({ verb: '*', group: '*', resource: '*' }), {
      only: ['status.allowed', 'spec'],
    }),
    post(
      'subject',
      `${REVIEW}/subjectaccessreviews`,
      asks('SubjectAccessReview', { user: 'alice', resourceAttributes: maps('list') }),
    ),
    post(
      'subject-group',
      `${REVIEW}/subjectaccessreviews`,
      asks('SubjectAccessReview', { user: 'x', groups: ['system:masters'], resourceAttributes: maps('list') }),
    ),
    post(
      'subject-nobody',
      `${REVIEW}/subjectaccessreviews`,
      asks('SubjectAccessReview', { resourceAttributes: maps('list') }),
    ),
    post(
      'subject-by-alice',
      `${REVIEW}/subjectaccessreviews`,
      asks('SubjectAccessReview', { user: 'alice', resourceAttributes: maps('list') }),
      alice,
    ),
    post(
      'local',
      inGroup('authorization.k8s.io/v1', 'localsubjectaccessreviews'),
      asks('LocalSubjectAccessReview', { user: 'alice', resourceAttributes: maps('list') }),
    ),
    post(
      'local-other-namespace',
      inGroup('authorization.k8s.io/v1', 'localsubjectaccessreviews'),
      asks('LocalSubjectAccessReview', { user: 'alice', resourceAttributes: maps('list', { namespace: 'default' }) }),
    ),
    post('rules', `${REVIEW}/selfsubjectrulesreviews`, asks('SelfSubjectRulesReview', { namespace: '<ns>' }), {
      ...alice,
      only: ['status.resourceRules', 'status.incomplete'],
    }),
    post('rules-no-namespace', `${REVIEW}/selfsubjectrulesreviews`, asks('SelfSubjectRulesReview', {}), alice),
    post('rules-nobody', `${REVIEW}/selfsubjectrulesreviews`, asks('SelfSubjectRulesReview', { namespace: '<ns>' }), {
      only: ['status.resourceRules', 'status.incomplete'],
      user: 'nobody',
    }),
    post(
      'who',
      `${AUTH}/selfsubjectreviews`,
      { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      { user: 'alice', groups: ['a', 'b'], headers: { 'Impersonate-Extra-Scopes': 'view', 'Impersonate-Uid': 'u-1' } },
    ),
    post(
      'who-robot',
      `${AUTH}/selfsubjectreviews`,
      { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      { user: ACCOUNT },
    ),
    get('get-review', `${REVIEW}/selfsubjectaccessreviews`),
    post('review-dry-run', `${REVIEW}/selfsubjectaccessreviews?dryRun=All`, self(maps('get')), alice),
  ]),
  scenario('tokens', [
    post('account', `${CORE}/serviceaccounts`, object('v1', 'ServiceAccount', 'robot')),
    post('token', `${CORE}/serviceaccounts/robot/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 600 },
    }),
    post('token-default', `${CORE}/serviceaccounts/robot/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {},
    }),
    post('token-too-short', `${CORE}/serviceaccounts/robot/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 60 },
    }),
    post('token-too-long', `${CORE}/serviceaccounts/robot/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 8589934592 },
    }),
    post('token-missing', `${CORE}/serviceaccounts/none/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {},
    }),
    post('token-audience', `${CORE}/serviceaccounts/robot/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: ['elsewhere'] },
    }),
    get('use', `${MAPS}/x`, { bearer: '<token.status.token>' }),
    get('use-elsewhere', `${MAPS}/x`, { bearer: '<token-audience.status.token>' }),
    post(
      'who',
      `${AUTH}/selfsubjectreviews`,
      { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      {
        bearer: '<token.status.token>',
        only: ['status.userInfo.username', 'status.userInfo.groups', 'status.userInfo.uid'],
      },
    ),
    post(
      'review',
      `${AUTH}/tokenreviews`,
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: '<token.status.token>' } },
      { only: ['kind', 'status.authenticated', 'status.user.username', 'status.user.groups', 'status.audiences'] },
    ),
    post(
      'review-bad',
      `${AUTH}/tokenreviews`,
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: 'bad-review-bad' } },
      { only: ['status.user', 'status.authenticated'] },
    ),
    post('review-empty', `${AUTH}/tokenreviews`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: {},
    }),
    remove('account-gone', `${CORE}/serviceaccounts/robot`),
    get('use-after', `${MAPS}/x`, { bearer: '<token.status.token>' }),
    get('default-account', `${CORE}/serviceaccounts/default`),
    get('accounts-table', `${CORE}/serviceaccounts/default`, {
      accept: TABLE,
      only: ['columnDefinitions', 'rows.0.cells.0', 'rows.0.cells.1'],
    }),
  ]),
];
