import { CUT_MARK } from '../core/cut.ts';
export type CappedOutput = {
  readonly add: (chunk: Buffer) => void;
  readonly finish: () => { readonly text: string; readonly truncated: boolean };
};

/**
 * Keeps the beginning and the end of an output within a cap, because a tool says what it is at the start and what
 * went wrong at the end. What lies between is replaced by a notice.
 */
export function capOutput(capBytes: number): CappedOutput {
  const head = Buffer.allocUnsafe(Math.floor(capBytes / 2));
  // The tail is a ring: a flood overwrites its oldest bytes, so memory never grows past the cap.
  const ring = Buffer.allocUnsafe(capBytes - head.length);
  let headBytes = 0;
  let ringTotal = 0;
  const addToRing = (bytes: Buffer): void => {
    const useful = bytes.subarray(Math.max(0, bytes.length - ring.length));
    const at = (ringTotal + bytes.length - useful.length) % Math.max(1, ring.length);
    const firstPart = useful.copy(ring, at);
    useful.copy(ring, 0, firstPart);
    ringTotal += bytes.length;
  };
  return {
    add: (chunk) => {
      const taken = chunk.copy(head, headBytes);
      headBytes += taken;
      if (taken < chunk.length) addToRing(chunk.subarray(taken));
    },
    finish: () => {
      const start = head.subarray(0, headBytes);
      const droppedBytes = Math.max(0, ringTotal - ring.length);
      const turn = droppedBytes === 0 ? 0 : ringTotal % ring.length;
      const end = Buffer.concat([ring.subarray(turn, Math.min(ringTotal, ring.length)), ring.subarray(0, turn)]);
      if (droppedBytes === 0) return { text: Buffer.concat([start, end]).toString('utf8'), truncated: false };
      const notice = `${CUT_MARK}\n[vigie: ${droppedBytes} bytes of output dropped here, the cap is ${capBytes} bytes]\n${CUT_MARK}`;
      return { text: start.toString('utf8') + notice + end.toString('utf8'), truncated: true };
    },
  };
}
