import { part } from '../defaults/fill.ts';
import { created, list, spec, status, text } from './cells.ts';
import type { Cells } from './shape.ts';

const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

const accessModes = (modes: unknown): string =>
  list(modes)
    .map(mode => MODES[String(mode)] ?? String(mode))
    .join(',');

/** Rows of ConfigMaps, Secrets and storage kinds. */
export const STORAGE_CELLS: Readonly<Record<string, Cells>> = {
  configmaps: (o, now) => [
    o.metadata.name,
    Object.keys(part(o, 'data') ?? {}).length + Object.keys(part(o, 'binaryData') ?? {}).length,
    created(o, now),
  ],
  secrets: (o, now) => [o.metadata.name, text(o.type, ''), Object.keys(part(o, 'data') ?? {}).length, created(o, now)],
  persistentvolumeclaims: (o, now) => [
    o.metadata.name,
    o.metadata.deletionTimestamp ? 'Terminating' : text(status(o).phase, ''),
    text(spec(o).volumeName, ''),
    text(part(status(o), 'capacity')?.storage, ''),
    accessModes(status(o).accessModes),
    text(spec(o).storageClassName, ''),
    text(spec(o).volumeAttributesClassName, '<unset>'),
    created(o, now),
    text(spec(o).volumeMode, '<unset>'),
  ],
  persistentvolumes: (o, now) => {
    const claim = part(o, 'spec', 'claimRef');
    return [
      o.metadata.name,
      text(part(o, 'spec', 'capacity')?.storage, ''),
      accessModes(spec(o).accessModes),
      text(spec(o).persistentVolumeReclaimPolicy, ''),
      o.metadata.deletionTimestamp ? 'Terminating' : text(status(o).phase, ''),
      claim ? `${claim.namespace}/${claim.name}` : '',
      text(spec(o).storageClassName, ''),
      text(spec(o).volumeAttributesClassName, '<unset>'),
      text(status(o).reason, ''),
      created(o, now),
      text(spec(o).volumeMode, '<unset>'),
    ];
  },
  'storageclasses.storage.k8s.io': (o, now) => {
    const isDefault = o.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';
    return [
      isDefault ? `${o.metadata.name} (default)` : o.metadata.name,
      text(o.provisioner, ''),
      text(o.reclaimPolicy, 'Delete'),
      text(o.volumeBindingMode, 'Immediate'),
      o.allowVolumeExpansion === true,
      created(o, now),
    ];
  },
};
