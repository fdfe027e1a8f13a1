import type { DeletedRestore } from '../../injection/restore/deletion-restore.ts';
import { format } from './plan.ts';

export const deleted: DeletedRestore = { format };
