import { describe, expect, it } from 'vitest';
import { claimPending } from '../../../../src/triage/rules/storage/claim.ts';
import { volumeTrouble } from '../../../../src/triage/rules/storage/volume.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';
import { pod, warning } from '../objects.ts';

const claim = (
  spec: Record<string, unknown> = {},
  metadata: Record<string, unknown> = {},
  status: Record<string, unknown> = { phase: 'Pending' },
): Literal => ({
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'shop', creationTimestamp: ago(9), ...metadata },
  spec: {
    storageClassName: 'standard',
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '10Gi' } },
    ...spec,
  },
  status,
});
const storageClass = (
  name: string,
  more: Record<string, unknown> = {},
  annotations: Record<string, string> = {},
): Literal => ({
  kind: 'StorageClass',
  metadata: { name, annotations },
  provisioner: 'ebs.csi.aws.com',
  volumeBindingMode: 'Immediate',
  ...more,
});
const driver: Literal = { kind: 'CSIDriver', metadata: { name: 'ebs.csi.aws.com' }, spec: {} };
const user = pod('web-1', { spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] } });

describe('storage/claim-pending', () => {
  it('names the storage class that exists, and the pods that wait', () => {
    const [found] = findings(claimPending, [claim({ storageClassName: 'standrad' }), storageClass('standard'), user]);
    expect(found).toMatchObject({ severity: 'high', object: { kind: 'PersistentVolumeClaim', name: 'data' } });
    expect(found?.summary).toBe('PVC pending: storage class standrad not found; standard exists; 1 pod waits for it');
    expect(found?.fixes[0]?.text).toContain('Use storage class standard.');
  });

  it('says that there is no default class', () => {
    const [found] = findings(claimPending, [claim({ storageClassName: undefined }), storageClass('standard')]);
    expect(found?.summary).toContain('the cluster has no default storage class');
    expect(found?.fixes[0]?.command).toContain(
      'annotate storageclass standard storageclass.kubernetes.io/is-default-class=true',
    );
  });

  it('passes on the words of the provisioner, and says when it is not there', () => {
    const event = warning(
      'PersistentVolumeClaim',
      'shop',
      'data',
      'ProvisioningFailed',
      'failed to provision volume with StorageClass "standard": rpc error: code = ResourceExhausted desc = quota exceeded',
    );
    expect(findings(claimPending, [claim(), storageClass('standard'), driver, event])[0]?.summary).toContain(
      'the provisioner fails: failed to provision volume',
    );
    const [gone] = findings(claimPending, [claim(), storageClass('standard')]);
    expect(gone?.summary).toContain('the provisioner ebs.csi.aws.com of storage class standard is not installed');
  });

  it('says why each volume does not fit where nothing makes volumes', () => {
    const volume = (name: string, spec: Record<string, unknown>, phase: string): Literal => ({
      kind: 'PersistentVolume',
      metadata: { name },
      spec: { storageClassName: 'manual', capacity: { storage: '20Gi' }, accessModes: ['ReadWriteOnce'], ...spec },
      status: { phase },
    });
    const [found] = findings(claimPending, [
      claim({ storageClassName: 'manual', accessModes: ['ReadWriteMany'] }),
      storageClass('manual', { provisioner: 'kubernetes.io/no-provisioner' }),
      volume('pv-1', {}, 'Available'),
      // What the controller writes for a class that makes no volumes.
      warning(
        'PersistentVolumeClaim',
        'shop',
        'data',
        'ProvisioningFailed',
        'no volume plugin matched name: kubernetes.io/no-provisioner',
      ),
      volume('pv-2', { claimRef: { namespace: 'shop', name: 'old' } }, 'Released'),
    ]);
    expect(found?.summary).toContain('pv-1: access mode ReadWriteMany required, it has ReadWriteOnce');
    expect(found?.summary).toContain('pv-2: Released, still reserved for shop/old');
  });

  it('lets a claim wait for its first pod, and a new one bind', () => {
    const waits = storageClass('standard', { volumeBindingMode: 'WaitForFirstConsumer' });
    expect(findings(claimPending, [claim(), waits, driver])).toEqual([]);
    expect(findings(claimPending, [claim({}, { creationTimestamp: ago(1) }), storageClass('standard')])).toEqual([]);
    const chosen = claim({}, { annotations: { 'volume.kubernetes.io/selected-node': 'node-1' } });
    expect(findings(claimPending, [chosen, waits, driver])[0]?.summary).toContain(
      'the provisioner ebs.csi.aws.com has not created a volume',
    );
  });
});

describe('storage/volume', () => {
  it('finds a claim that is deleted while pods use it, and one that is lost', () => {
    const leaving = claim(
      {},
      { deletionTimestamp: ago(5), finalizers: ['kubernetes.io/pvc-protection'] },
      { phase: 'Bound' },
    );
    expect(findings(volumeTrouble, [leaving, user])[0]).toMatchObject({
      severity: 'high',
      summary: 'terminating: the claim is being deleted while 1 pod uses it',
    });
    expect(findings(volumeTrouble, [claim({ volumeName: 'pv-1' }, {}, { phase: 'Lost' })])[0]?.summary).toContain(
      'lost its volume pv-1',
    );
    expect(findings(volumeTrouble, [claim({}, {}, { phase: 'Bound' }), user])).toEqual([]);
  });

  it('finds an attachment with an error and a volume that failed', () => {
    const attachment: Literal = {
      kind: 'VolumeAttachment',
      metadata: { name: 'csi-1' },
      spec: { attacher: 'ebs.csi.aws.com', nodeName: 'node-1', source: { persistentVolumeName: 'pv-1' } },
      status: { attached: false, attachError: { message: 'rpc error: volume is in use' } },
    };
    expect(findings(volumeTrouble, [attachment])[0]?.summary).toContain(
      'volume pv-1 cannot be attached to node node-1: rpc error',
    );
    const failed: Literal = {
      kind: 'PersistentVolume',
      metadata: { name: 'pv-1' },
      spec: {},
      status: { phase: 'Failed', message: 'error deleting' },
    };
    expect(findings(volumeTrouble, [failed])[0]?.summary).toContain('the volume has failed: error deleting');
  });
});
