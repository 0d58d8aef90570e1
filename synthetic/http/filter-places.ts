import { type JSONPathQuery, jsonpath } from 'json-p3';

const { FilterQuery, FunctionExtension, InfixExpression, LogicalExpression, PrefixExpression } = jsonpath.expressions;
type Expression = InstanceType<typeof jsonpath.expressions.FilterExpression>;

/** Whether a filter of the query compares two values of the body with each other. */
export function comparesPlaces({ segments }: JSONPathQuery): boolean {
  return segments.some(({ selectors }) =>
    selectors.some((selector) => selector instanceof jsonpath.selectors.FilterSelector && isMixed(selector.expression)),
  );
}

function isMixed(expression: Expression): boolean {
  if (expression instanceof InfixExpression) {
    const sides = [expression.left, expression.right];
    return (!expression.logical && sides.every(isOfBody)) || sides.some(isMixed);
  }
  if (expression instanceof PrefixExpression) return isMixed(expression.right);
  if (expression instanceof LogicalExpression) return isMixed(expression.expression);
  if (expression instanceof FunctionExtension) return expression.args.some(isMixed);
  return expression instanceof FilterQuery && comparesPlaces(expression.path);
}

function isOfBody(expression: Expression): boolean {
  return expression instanceof FilterQuery || expression instanceof FunctionExtension;
}
