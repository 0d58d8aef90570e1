import { statfsSync } from 'node:fs';

/** Magic numbers of `statfs(2)` on Linux. */
const NETWORK = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x01021997, '9p'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x47504653, 'GPFS'],
  [0x0bd00bd0, 'Lustre'],
]);
/** May be a local disk as well as a network (sshfs, virtiofs): worth a warning. */
const DOUBTFUL = new Map([[0x65735546, 'FUSE']]);

export type FileSystemJudgement =
  | { readonly fit: 'good' }
  | { readonly fit: 'doubtful' | 'network'; readonly name: string };

/** Whether SQLite can rely on locks, shared memory and fsync in a folder. Only Linux tells; elsewhere it is taken as good. */
export function judgeFileSystem(folder: string): FileSystemJudgement {
  return process.platform === 'linux' ? judgeType(statfsSync(folder).type) : { fit: 'good' };
}

/** By type number as `statfs` gives it: a signed or unsigned 32-bit number, by architecture. */
export function judgeType(type: number): FileSystemJudgement {
  const unsigned = type >>> 0;
  const network = NETWORK.get(unsigned);
  if (network !== undefined) return { fit: 'network', name: network };
  const doubtful = DOUBTFUL.get(unsigned);
  return doubtful === undefined ? { fit: 'good' } : { fit: 'doubtful', name: doubtful };
}
