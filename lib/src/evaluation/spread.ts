import { InputError } from "../common/index";

/**
 * The mean of some values, such as one metric over several seeds.
 * @throws InputError when there is none
 */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new InputError("no values to take the mean of; give some");
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Mean and range in words: `0.712 (0.705 to 0.720)`; a single value alone: `0.712`.
 * @param digits after the point
 * @throws InputError when there is none
 */
export function describeSpread(values: readonly number[], digits: number = 3): string {
  const middle = mean(values).toFixed(digits);
  if (values.length === 1) return middle;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `${middle} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}

/**
 * A line of means for `showPlot` of `mrl/notebook`, with the range of each as a bar where there are several values.
 * @param x      position of each point
 * @param values the values at each point, such as one a seed
 */
export function drawSpread(
  name: string,
  x: readonly (string | number)[],
  values: readonly (readonly number[])[],
): object {
  const y = values.map(mean);
  return {
    ...{ name, x, y, type: "scatter", mode: "lines+markers" },
    error_y: {
      ...{ type: "data", symmetric: false, visible: values.some((at) => at.length > 1) },
      array: values.map((at, i) => Math.max(...at) - y[i]),
      arrayminus: values.map((at, i) => y[i] - Math.min(...at)),
    },
  };
}
