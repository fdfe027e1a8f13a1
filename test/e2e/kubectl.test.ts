import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { definition, gizmo, listOfMaps, manifest, twoVersions, widget } from '../sandbox/kubectl/manifests.ts';
import { hasKubectl, type Kubectl, startKubectl } from '../sandbox/kubectl/run.ts';

const SPEED = 20;
/** Each step is a process; a busy machine takes its time. */
const LONGEST_MS = 90_000;

/** A command, and what must be in what it writes. `!` before a command: it must fail, and say so on standard error. */
type Step = [command: string, expected: RegExp, input?: string];

describe.skipIf(!hasKubectl())('stock kubectl (skipped where kubectl is not installed)', () => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await startKubectl(SPEED);
  });
  afterAll(() => kubectl.stop());

  const steps = (name: string, list: readonly Step[]) =>
    test(name, { timeout: LONGEST_MS }, async () => {
      for (const [command, expected, input] of list) {
        const fails = command.startsWith('!');
        const { code, out, err } = await kubectl.run(command.replace(/^!/, ''), input);
        expect({ command, failed: code !== 0, text: fails ? err : out + err }).toEqual({
          command,
          failed: fails,
          text: expect.stringMatching(expected),
        });
      }
    });

  steps('create', [
    ['create configmap cm --from-literal=a=1 --from-literal=b=2', /^configmap\/cm created/],
    ['create secret generic sec --from-literal=p=q', /^secret\/sec created/],
    ['create sa robot', /^serviceaccount\/robot created/],
    ['create token robot', /^[\w-]+\.[\w-]+\.[\w-]+\s*$/],
    ['create deployment web --image=example.com/web:1 --replicas=2 --port=8080', /^deployment.apps\/web created/],
    ['create job j --image=example.com/j:1', /^job.batch\/j created/],
    ['create deployment dry --image=x:1 --dry-run=server', /created \(server dry run\)/],
    ['!get deployment dry', /deployments.apps "dry" not found/],
    ['!create configmap cm', /configmaps "cm" already exists/],
    [
      '!create -f - ',
      /strict decoding error: unknown field "dta"/,
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"dta":{}}',
    ],
  ]);

  steps('rollout, get in every form, expose', [
    ['rollout status deployment/web --timeout=20s', /successfully rolled out/],
    ['get pods -l app=web', /^NAME +READY +STATUS +RESTARTS +AGE\nweb-\S+ +1\/1 +Running/],
    ['get deploy web -o wide', /CONTAINERS +IMAGES +SELECTOR\nweb +2\/2 .* example.com\/web:1 +app=web/],
    ['get pods -l app=web -o name', /^pod\/web-/],
    ['get deploy web -o jsonpath={.status.readyReplicas}', /^2$/],
    ['get cm cm -o custom-columns=N:.metadata.name,A:.data.a', /^N +A\ncm +1/],
    ['get cm cm -o yaml', /^apiVersion: v1\ndata:\n {2}a: "1"\n {2}b: "2"\nkind: ConfigMap\nmetadata:/],
    ['get cm cm -o json', /"kind": "ConfigMap"/],
    ['expose deployment web --port=80 --target-port=8080', /^service\/web exposed/],
    ['get svc web', /ClusterIP +10\.96\.\d+\.\d+ +<none> +80\/TCP/],
    [
      'describe deployment web',
      /Conditions:\n[\s\S]*Available +True +MinimumReplicasAvailable[\s\S]*ScalingReplicaSet/,
    ],
    ['describe svc web', /Endpoints: +10\.244\.\d+\.\d+:8080,10\.244/],
    ['set image deployment/web web=example.com/web:2', /image updated/],
    ['rollout status deployment/web --timeout=20s', /successfully rolled out/],
    ['rollout history deployment/web', /1 +<none>\n2 +<none>/],
    // As on a real server: each takes a ReplicaSet that is there up again, under a new revision.
    ['rollout undo deployment/web', /rolled back/],
    ['rollout status deployment/web --timeout=20s', /successfully rolled out/],
    ['rollout history deployment/web', /CHANGE-CAUSE\n2 +<none>\n3 +<none>\n/],
    ['rollout undo deployment/web', /rolled back/],
    ['rollout status deployment/web --timeout=20s', /successfully rolled out/],
    ['rollout history deployment/web', /CHANGE-CAUSE\n3 +<none>\n4 +<none>\n/],
    ['get rs -l app=web -o name', /^replicaset\S+\nreplicaset\S+\n$/],
    ['get deployment web -o jsonpath={.spec.template.metadata}', /^\{"labels":\{"app":"web"\}\}$/],
    ['rollout restart deployment/web', /restarted/],
    ['scale deployment/web --replicas=3', /scaled/],
    ['!scale deployment/web --replicas=1 --current-replicas=9', /Expected replicas to be 9, was 3/],
    ['wait --for=jsonpath={.status.readyReplicas}=3 deployment/web --timeout=20s', /condition met/],
  ]);

  steps('change', [
    ['label cm cm x=y', /labeled/],
    ['!label cm cm x=z', /'x' already has a value \(y\)/],
    ['annotate cm cm note=hi', /annotated/],
    [`patch cm cm -p '{"data":{"a":"9"}}'`, /patched/],
    [`patch cm cm --type merge -p '{"data":{"b":null}}'`, /patched/],
    [`patch cm cm --type json -p '[{"op":"add","path":"/data/c","value":"3"}]'`, /patched/],
    [`!patch cm cm --type json -p '[{"op":"test","path":"/data/c","value":"4"}]'`, /the server rejected our request/],
    ['get cm cm -o jsonpath={.data}', /^\{"a":"9","c":"3"\}$/],
  ]);

  steps('apply, diff, server-side apply', [
    ['apply -f -', /configmap\/ap created\ndeployment.apps\/ap created/, manifest('v1', 'example.com/a:1')],
    ['apply -f -', /configmap\/ap unchanged\ndeployment.apps\/ap unchanged/, manifest('v1', 'example.com/a:1')],
    ['!diff -f -', /^$|exit status 1/, manifest('v2', 'example.com/a:1')],
    ['apply -f -', /configmap\/ap configured\ndeployment.apps\/ap configured/, manifest('v2', 'example.com/a:2')],
    ['apply --server-side -f -', /configmap\/ap serverside-applied/, manifest('v3', 'example.com/a:2')],
    ['apply view-last-applied cm ap', /k: v3\n[\s\S]*metadata:\n {2}name: ap/],
    [
      '!apply --server-side --field-manager other -f -',
      /conflict with "kubectl": .data.k/,
      manifest('v4', 'example.com/a:2'),
    ],
    [
      'apply --server-side --field-manager other --force-conflicts -f -',
      /serverside-applied/,
      manifest('v4', 'example.com/a:2'),
    ],
  ]);

  steps('custom kinds', [
    ['create -f -', /widgets.try.example.com created/, definition],
    ['wait --for=condition=Established crd/widgets.try.example.com --timeout=10s', /condition met/],
    ['apply -f -', /widget.try.example.com\/w created/, widget('fast')],
    ['get wd', /^NAME +MODE\nw +fast/],
    ['!apply -f -', /spec.mode: Unsupported value: "wild": supported values: "fast", "safe"/, widget('wild')],
    ['explain widget.spec', /FIELDS:\n {2}mode\t<string> -required-\n {2}enum: fast, safe/],
    ['delete crd widgets.try.example.com', /deleted/],
    ['!get wd', /the server (could not find the requested resource|doesn't have a resource type)/],
  ]);

  steps('who may do what', [
    ['create role r --verb=get,list --resource=pods', /created/],
    ['create rolebinding rb --role=r --serviceaccount=default:robot', /created/],
    ['auth can-i list pods --as system:serviceaccount:default:robot', /^yes/],
    ['!auth can-i delete pods --as system:serviceaccount:default:robot', /^$/],
    ['auth can-i --list --as system:serviceaccount:default:robot', /pods +\[\] +\[\] +\[get list\]/],
    ['auth whoami --as bob --as-group dev', /Username +bob\nGroups +\[dev system:authenticated\]/],
    ['!get secrets --as bob', /User "bob" cannot list resource "secrets" in API group "" in the namespace "default"/],
  ]);

  steps('look around', [
    ['api-versions', /^admissionregistration.k8s.io\/v1\n/],
    ['api-resources --api-group=apps', /deployments +deploy +apps\/v1 +true +Deployment/],
    [
      'explain deployment.spec.strategy',
      /GROUP: +apps\nKIND: +Deployment\nVERSION: +v1\n[\s\S]*rollingUpdate\t<RollingUpdateDeployment>/,
    ],
    ['events --for deployment/web', /ScalingReplicaSet/],
    ['get events', /LAST SEEN +TYPE +REASON +OBJECT +MESSAGE/],
    ['logs deploy/web --tail=1', /\S/],
    ['get nodes', /node-1 +Ready/],
    ['version', /Server Version: v1\.36\.3/],
  ]);

  steps('delete', [
    ['delete deploy ap --cascade=orphan', /deleted/],
    ['get rs -l app=ap', /ap-/],
    ['delete rs -l app=ap --cascade=foreground', /deleted/],
    ['delete pod -l app=web --now --wait=false', /deleted/],
    ['delete deploy web --grace-period=0 --force', /force deleted/],
    ['!delete ns kube-system', /this namespace may not be deleted/],
    ['cordon node-1', /cordoned/],
    ['drain node-1 --ignore-daemonsets --force --delete-emptydir-data --dry-run=server', /drained \(server dry run\)/],
    ['uncordon node-1', /uncordoned/],
    ['delete cm cm', /configmap "cm" deleted/],
    ['!get cm cm', /configmaps "cm" not found/],
  ]);

  steps('objects of kind List, validated by the OpenAPI of version 2', [
    ['create -f -', /configmap\/l1 created\nconfigmap\/l2 created/, listOfMaps('data')],
    ['apply -f -', /configmap\/l1 configured\nconfigmap\/l2 configured/, listOfMaps('data')],
    ['apply -f -', /configmap\/l1 unchanged\nconfigmap\/l2 unchanged/, listOfMaps('data')],
    ['!apply -f -', /unknown field "dta" in io.k8s.api.core.v1.ConfigMap/, listOfMaps('dta')],
    ['get --raw /openapi/v2', /^\{"swagger":"2.0"/],
  ]);

  steps('a custom resource patched through a served version that is not the stored one', [
    ['create -f -', /gizmos.try.example.com created/, twoVersions],
    ['wait --for=condition=Established crd/gizmos.try.example.com', /condition met/],
    ['create -f -', /gizmo.try.example.com\/g created/, gizmo('v1', 1)],
    [`patch gizmos.v1beta1.try.example.com g --type=merge -p {"spec":{"size":2}}`, /patched/],
    ['get gizmos.v1.try.example.com g -o jsonpath={.apiVersion}={.spec.size}', /^try.example.com\/v1=2$/],
    [
      `patch gizmos.v1beta1.try.example.com g --type=json -p [{"op":"replace","path":"/spec/size","value":3}]`,
      /patched/,
    ],
    ['get gizmos.v1beta1.try.example.com g -o jsonpath={.apiVersion}={.spec.size}', /^try.example.com\/v1beta1=3$/],
    ['apply --server-side --force-conflicts -f -', /serverside-applied/, gizmo('v1beta1', 4)],
    ['get gizmos.v1.try.example.com g -o jsonpath={.spec.size}', /^4$/],
  ]);

  test('watches', { timeout: LONGEST_MS }, async () => {
    const watching = kubectl.until('get cm -w --watch-only', 3);
    // kubectl needs a moment to open its watch; the change is repeated until it has been seen.
    let seen: string[] | undefined;
    void watching.then(lines => {
      seen = lines;
    });
    for (let n = 0; !seen; n++) await kubectl.run(`create configmap seen-${n}`);
    expect(seen[0]).toMatch(/^NAME +DATA +AGE/);
    expect(seen[1]).toMatch(/^seen-\d+ +0 /);
  });
});
