import type { FaultInput, FaultName, FaultScope, FaultValues } from './definitions.ts';
import { type FaultProblem, parseFaults } from './parse.ts';

export type Service = 'api' | 'frontend';

/** The state of all switches of one running demo. */
export class FaultSwitches {
  #values: FaultValues = {};

  get values(): FaultValues {
    return this.#values;
  }

  /** Applies all changes or, when one of them is wrong, none; returns what was wrong. */
  apply(input: unknown): readonly FaultProblem[] {
    const { changes, problems } = parseFaults(input);
    if (problems.length > 0) return problems;
    const next = new Map<string, unknown>(Object.entries(this.#values));
    for (const { name, value } of changes) {
      if (value === undefined) next.delete(name);
      else next.set(name, value);
    }
    this.#values = Object.freeze(Object.fromEntries(next)) as FaultValues;
    return [];
  }

  /** As `apply`, for code that knows its values: a wrong one is an error. */
  set(input: FaultInput): void {
    const problems = this.apply(input);
    if (problems.length > 0) throw new InvalidFaultsError(problems);
  }

  reset(name?: FaultName): void {
    if (name === undefined) this.#values = {};
    else this.apply({ [name]: null });
  }
}

export class InvalidFaultsError extends Error {
  readonly problems: readonly FaultProblem[];

  constructor(problems: readonly FaultProblem[]) {
    super(problems.map((problem) => [problem.message, problem.suggestion].filter(Boolean).join('; ')).join('\n'));
    this.name = 'InvalidFaultsError';
    this.problems = problems;
  }
}

export type FaultTarget = { readonly service: Service; readonly path: string };

/** The operator's own paths stay usable whatever is broken: else a fault could not be switched off or counted. */
function isOperatorPath({ service, path }: FaultTarget): boolean {
  return service === 'api' && (path === '/metrics' || path === '/admin' || path.startsWith('/admin/'));
}

/** Whether a scoped fault touches this request. */
export function isInScope(fault: FaultScope, request: FaultTarget, on: 'api' | 'both'): boolean {
  if (isOperatorPath(request)) return false;
  const service = fault.on ?? on;
  if (service !== 'both' && service !== request.service) return false;
  return (fault.routes ?? []).length === 0 || (fault.routes ?? []).some((route) => request.path.startsWith(route));
}
