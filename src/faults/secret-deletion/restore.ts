import type { DeletedRestore } from '../../injection/deletion-restore.ts';
import { format } from './plan.ts';

export const deleted: DeletedRestore = { format };
