import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type FaultSwitches, isInScope, type Service } from './switches.ts';

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Faults below HTTP (hang, reset) are decided before the application sees the request. */
export function gateRequests(switches: FaultSwitches, service: Service, inner: RequestListener): RequestListener {
  return (request: IncomingMessage, response: ServerResponse) => {
    switch (connectionFault(switches, service, request)) {
      case 'reset':
        request.socket.resetAndDestroy();
        return;
      case 'hang':
        // The body is read so that the client sees an accepted request; no answer ever follows.
        request.resume();
        return;
      case 'none':
        inner(request, response);
    }
  };
}

export function gateUpgrades(switches: FaultSwitches, service: Service, inner: UpgradeListener): UpgradeListener {
  return (request, socket, head) => {
    switch (connectionFault(switches, service, request)) {
      case 'reset':
        request.socket.resetAndDestroy();
        return;
      case 'hang':
        return;
      case 'none':
        inner(request, socket, head);
    }
  };
}

function connectionFault(
  switches: FaultSwitches,
  service: Service,
  request: IncomingMessage,
): 'reset' | 'hang' | 'none' {
  const { connectionReset, hang } = switches.values;
  const target = { service, path: (request.url ?? '/').split('?', 1)[0] ?? '/' };
  if (connectionReset && isInScope(connectionReset, target, 'both')) return 'reset';
  if (hang && isInScope(hang, target, 'both')) return 'hang';
  return 'none';
}
