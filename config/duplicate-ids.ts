import type { Diagnostic } from '../core/errors.ts';

/** A problem for each id that stands in a list twice. */
export function duplicateIds(list: string, ids: readonly string[]): readonly Diagnostic[] {
  return ids.flatMap((id, index) => {
    const first = ids.indexOf(id);
    return first === index
      ? []
      : [
          {
            path: `${list}[${index}]`,
            message: `the id '${id}' is taken by ${list}[${first}]`,
            hint: 'ids must be unique: history and incidents follow them',
          },
        ];
  });
}
